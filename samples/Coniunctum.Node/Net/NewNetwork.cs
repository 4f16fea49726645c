using System.Collections.Immutable;
using Coniunctum.Authority;
using Coniunctum.Bft;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Net;

/// <summary>What a new network is to be: the format and economy of the profile standard, with a rule, a pace and a genesis of its own.</summary>
internal sealed record NewNetwork
{
    /// <summary>What the creator owns at the start unless something else is said, in base units.</summary>
    public const ulong DefaultGrant = 1_000_000_000_000;

    // The easiest target that a block ever has.
    private const ulong LeastHashes = 16;

    // Long enough that a few lucky blocks do not move the target much, short enough that it follows the miners who come and go.
    private static readonly TimeSpan s_halfLife = TimeSpan.FromMinutes(10);

    public required string Name { get; init; }

    public RuleName Rule { get; init; } = RuleName.Work;

    /// <summary>Who seals or votes; under <see cref="RuleName.Authority"/> exactly one.</summary>
    public ImmutableArray<Address> Members { get; init; } = [];

    /// <summary>The time between blocks; <c>null</c> for what suits the rule.</summary>
    public TimeSpan? BlockTime { get; init; }

    /// <summary>Hashes that the first blocks take, where they take any.</summary>
    public ulong ExpectedHashes { get; init; } = LeastHashes;

    /// <summary>Who owns what at the start.</summary>
    public ImmutableArray<GenesisSpec.Allocation> Allocations { get; init; } = [];

    /// <summary>The time between blocks.</summary>
    public TimeSpan Spacing => BlockTime ?? (Rule is RuleName.Bft or RuleName.Authority ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(5));

    /// <summary>Draws the genesis: from here on it is one chain, which others start from its profile.</summary>
    /// <exception cref="BadInputException">No chain can be like that; the message says why.</exception>
    public ChainProfile Draw(IEntropySource entropy, Timestamp now)
    {
        Span<byte> salt = stackalloc byte[Hash256.Size];
        entropy.Fill(salt);
        try
        {
            ChainProfile profile = Profiles.Standard with
            {
                Name = Name,
                Genesis = new GenesisSpec { Timestamp = now, Salt = new Hash256(salt), Allocations = Allocations },
                Consensus = Consensus(),
                RewardMaturity = Rule switch { RuleName.Work => 100, RuleName.Clique => 10UL, _ => 1 },
                BlockInterval = Spacing,
                TagWindow = (ulong)Math.Ceiling(TimeSpan.FromHours(24) / Spacing),
            };
            profile.ThrowIfImpossible();
            return profile;
        }
        catch (ArgumentException impossible)
        {
            throw new BadInputException($"There can be no such network: {impossible.Message}");
        }
    }

    private ConsensusSpec Consensus() => Rule switch
    {
        RuleName.Work => new ProofOfWork(Target.ForHashes(LeastHashes), new Asert(Spacing, s_halfLife > 60 * Spacing ? s_halfLife : 60 * Spacing), Target.ForHashes(Math.Max(LeastHashes, ExpectedHashes))),
        RuleName.Authority => Members is [var only] ? new SingleAuthority(only) : throw new BadInputException(Invariant($"--member: under the rule authority there is one member, not {Members.Length}.")),
        RuleName.Clique => new ProofOfAuthority(Members, Spacing),
        _ => new BftConsensus(ValidatorSet.Of(Members), new BftTiming { Pause = Spacing }),
    };

    /// <summary>Measures how many hashes make a block of the wanted pace on this machine.</summary>
    public NewNetwork Calibrated(int threads, TimeProvider time) => Rule == RuleName.Work
        ? this with { ExpectedHashes = Calibration.Measure(Profiles.Standard.Format, threads, Spacing, time).ExpectedHashes }
        : this;
}
