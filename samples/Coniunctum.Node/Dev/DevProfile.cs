using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Node.Data;

namespace Coniunctum.Node.Dev;

/// <summary>The profile of a development chain: a public profile's format and economy, on a scale that one can watch; what differs is said at the start.</summary>
internal static class DevProfile
{
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

    public static ChainProfile Create(DevSettings settings, IEnumerable<DevAccount> accounts)
    {
        ChainProfile rules = settings.Base;
        ChainProfile profile = rules with
        {
            Consensus = new ProofOfWork(settings.Target),
            // Drawn: signatures of one run are worth nothing in another one, although the keys are the same.
            Genesis = rules.Genesis with
            {
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
