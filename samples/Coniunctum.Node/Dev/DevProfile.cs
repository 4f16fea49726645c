using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Data;

namespace Coniunctum.Node.Dev;

/// <summary>The profile of a development chain: a public profile's format and economy, on a scale that one can watch; what differs is said at the start.</summary>
internal static class DevProfile
{
    // The easiest target: traffic must be able to show a proof that misses it.
    private const ulong LeastHashes = 16;

    // How many blocks the target follows: half a minute of them at the usual pace, so that one sees it follow.
    private const int Window = 30;

    // What a machine is taken to try in a second where none is measured: what one thread of a small machine tries.
    private const ulong UsualHashesPerSecond = 1 << 22;

    // Rewards ripen while one looks on, not after a hundred blocks.
    private const ulong RewardMaturity = 3;

    // More than 1, so that the rule about payments that open an account can be seen at work.
    private const ulong MinimumOpeningPayment = 1_000;

    public static IReadOnlyList<ChainProfile> Bases { get; } = [Profiles.Standard, Profiles.Int32Coin];

    /// <summary>The prefix of every development chain's addresses: one pasted into a public network is refused there.</summary>
    public static string AddressPrefix => Profiles.Development.AddressPrefix;

    /// <summary>What an account gets unless something else is asked for.</summary>
    public static ulong DefaultGrant(ChainProfile profile)
    {
        ulong grant = 100_000_000_000;
        while (grant > MostGrant(profile)) grant /= 10;
        return grant;
    }

    /// <summary>The least that lets every account pay for a while and still keep something.</summary>
    public static ulong LeastGrant => 100_000;

    /// <summary>The most: ten grants take up half of the largest amount, so that the rest has room for rewards.</summary>
    public static ulong MostGrant(ChainProfile profile) => profile.Format.Traits.MaxAmount / (2 * DevAccount.Count);

    /// <summary>
    /// Knows one ruleset more, which never comes into force. A block that follows it is refused; one of a ruleset that no one
    /// knows could be of those who have upgraded.
    /// </summary>
    public static ChainProfile WithKnownUpgrade(ChainProfile profile) =>
        profile.Format.Traits.HasExtendedHeader ? profile with { Upgrades = [new ChainProfile.Upgrade(ulong.MaxValue, 1)] } : profile;

    /// <summary>
    /// Hashes that the first blocks of a chain take whose seed was named: what is measured would be another genesis on every machine.
    /// </summary>
    public static ulong UsualHashes(TimeSpan blockTime) => Calibration.For(UsualHashesPerSecond, blockTime).ExpectedHashes;

    /// <summary>
    /// A new chain: it follows from its settings alone, whenever and wherever it begins. Its target keeps the block time, however
    /// fast this machine is or becomes, unless headers carry no time.
    /// </summary>
    public static ChainProfile Create(DevSettings settings, IEnumerable<DevAccount> accounts) => Create(settings, accounts, null);

    /// <summary>A new chain that begins with what the accounts of another own, beside its own.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="accounts">Its accounts.</param>
    /// <param name="from">What others own at its start; <c>null</c> for nothing.</param>
    /// <exception cref="BadInputException">What they own and the grants are too much together.</exception>
    public static ChainProfile Create(DevSettings settings, IEnumerable<DevAccount> accounts, ForeignState? from)
    {
        ChainProfile profile = Undrawn(settings, accounts);
        if (from is not null)
            profile = profile with { Genesis = profile.Genesis with { Allocations = from.Beside(profile.Genesis.Allocations, profile.Format.Traits.MaxAmount) } };
        Span<byte> salt = stackalloc byte[Hash256.Size];
        new SeededEntropy(settings.Seed, "genesis").Fill(salt);
        profile = profile with { Genesis = profile.Genesis with { Salt = new Hash256(salt) } };
        if (!profile.Format.Traits.HasExtendedHeader) return profile;
        // Not ASERT, which would make up for a night's pause, or a clock that is set forward, with hundreds of blocks at once.
        Target limit = Target.ForHashes(LeastHashes), first = Target.ForHashes(Math.Max(LeastHashes, settings.ExpectedHashes));
        return profile with { Consensus = new ProofOfWork(limit, new Lwma(settings.BlockTime, Window), first) };
    }

    /// <summary>A chain as it was begun before files kept their profile: its target stays, and its genesis is drawn when it first starts.</summary>
    public static ChainProfile Undrawn(DevSettings settings, IEnumerable<DevAccount> accounts)
    {
        ChainProfile rules = settings.Base;
        ChainProfile profile = rules with
        {
            Consensus = new ProofOfWork(settings.Target),
            Genesis = rules.Genesis with
            {
                // One's own, so that its blocks can be taken back.
                IsDrawn = true,
                Allocations = [.. accounts.Select(account => new GenesisSpec.Allocation(account.Address, settings.Grant))],
            },
            BlockInterval = settings.BlockTime,
            AddressPrefix = AddressPrefix,
        };

        // The first paper's rules know neither maturity nor a least payment nor windows: int32coin stays as it is.
        if (!profile.Format.Traits.HasExtendedHeader) return profile;
        return WithKnownUpgrade(profile) with
        {
            RewardMaturity = RewardMaturity,
            MinimumOpeningPayment = MinimumOpeningPayment,
            TagWindow = (ulong)Math.Ceiling(TimeSpan.FromHours(24) / settings.BlockTime),
        };
    }
}
