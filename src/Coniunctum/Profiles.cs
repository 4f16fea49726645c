using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum;

/// <summary>Profiles to start from; change what should differ with a <c>with</c> expression.</summary>
/// <example>
/// <code>
/// ChainProfile profile = Profiles.Development with { Name = "my-game", BlockInterval = TimeSpan.FromSeconds(1) };
/// </code>
/// </example>
public static class Profiles
{
    private static readonly ISignatureScheme s_scheme = new Secp256k1Scheme<Sha3_256>();

    // 2026-01-01T00:00:00Z, when the public profiles begin.
    private static readonly Timestamp s_epoch = new(1_767_225_600_000);

    /// <summary>
    /// Tests, games and first steps: the standard format, a chain of its own for every new ledger, blocks on demand by a
    /// single authority or mined at a trivial target.
    /// </summary>
    public static ChainProfile Development { get; } = new()
    {
        Name = "development",
        Format = StandardFormat.Instance,
        Signatures = s_scheme,
        Genesis = new GenesisSpec { Timestamp = s_epoch, IsDrawn = true },
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(1 << 12)),
        Subsidy = new SubsidySchedule.Constant(50),
        RewardMaturity = 1,
        BlockInterval = TimeSpan.FromSeconds(1),
        TagWindow = 86_400,
        AddressPrefix = "dev",
    };

    /// <summary>
    /// What users build on: the standard format, proof-of-work whose target follows the hash rate (ASERT), the chain of most
    /// work, a subsidy that halves.
    /// </summary>
    public static ChainProfile Standard { get; } = new()
    {
        Name = "standard",
        Format = StandardFormat.Instance,
        Signatures = s_scheme,
        Genesis = new GenesisSpec { Timestamp = s_epoch },
        // Two hours are 720 blocks: smooth, and clocks may differ by five minutes.
        Consensus = new ProofOfWork(Target.ForHashes(1 << 24), new Asert(TimeSpan.FromSeconds(10), TimeSpan.FromHours(2))),
        Subsidy = new SubsidySchedule.Halving(5_000_000_000, 3_153_600),
        RewardMaturity = 100,
        BlockInterval = TimeSpan.FromSeconds(10),
        TagWindow = 8_640,
        AddressPrefix = "con",
    };

    /// <summary>
    /// The first paper, working: its formats, a constant target, a reward of 50 for ever. For closed groups: a constant target
    /// protects little history.
    /// </summary>
    public static ChainProfile Int32Coin { get; } = new()
    {
        Name = "int32coin",
        Format = Int32CoinFormat.Instance,
        Signatures = s_scheme,
        Genesis = new GenesisSpec { Timestamp = default },
        Consensus = new ProofOfWork(ProofOfWork.TargetFor(1 << 24)),
        Subsidy = new SubsidySchedule.Constant(50),
        RewardMaturity = 0,
        BlockInterval = TimeSpan.FromSeconds(10),
        AddressPrefix = "int",
    };

    /// <summary>
    /// The second paper, working: its puzzle, bound to the block, addresses of SHA-256, a reward of 10 for ever, and a target
    /// that begins with five zeros (16⁵⁹) and keeps blocks ten minutes apart.
    /// </summary>
    public static ChainProfile ConiunctumPaper { get; } = new()
    {
        Name = "coniunctum",
        Format = StandardFormat.Instance,
        Signatures = new Secp256k1Scheme<Sha256>(),
        Genesis = new GenesisSpec { Timestamp = s_epoch },
        // Five hexadecimal zeros take 16⁵ hashes. The half-life is Bitcoin Cash's.
        Consensus = new ProofOfWork(
            Target.ForHashes(1 << 20), new Asert(TimeSpan.FromMinutes(10), TimeSpan.FromDays(2)), puzzle: SquareSum.Bound),
        Subsidy = new SubsidySchedule.Constant(10),
        RewardMaturity = 100,
        BlockInterval = TimeSpan.FromMinutes(10),
        TagWindow = 144,
        AddressPrefix = "conp",
    };

    /// <summary>Every profile of a ledger, in the order in which help lists them.</summary>
    public static IReadOnlyList<ChainProfile> All { get; } = [Development, Standard, Int32Coin, ConiunctumPaper];
}
