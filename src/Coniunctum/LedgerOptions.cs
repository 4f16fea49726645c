using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>
/// What a configuration says of a ledger: settable properties of simple types, so that a binder can fill them. What is not
/// data, such as a store, a key or a rule, is chosen on the builder that <see cref="LedgerBuilder.For(LedgerOptions)"/> gives.
/// </summary>
/// <example>
/// <code>
/// var options = new LedgerOptions { Profile = "standard", Pool = { MaxBytes = 8_000_000 } };
/// LedgerBuilder configured = LedgerBuilder.For(options).UseProofOfWork(own);
/// </code>
/// </example>
public sealed class LedgerOptions
{
    /// <summary>The name of the profile to start from: one of <see cref="Profiles.All"/>. Default: <c>development</c>.</summary>
    public string Profile { get; set; } = Profiles.Development.Name;

    /// <summary>Whether blocks come from elsewhere (<see cref="LedgerBuilder.FollowOthers"/>). Default: <c>false</c>.</summary>
    public bool FollowsOthers { get; set; }

    /// <summary>How much the pool keeps.</summary>
    public PoolOptions Pool { get; set; } = new();

    /// <summary>How much of the chain stays in memory.</summary>
    public ChainOptions Chain { get; set; } = new();

    /// <summary>How the ledger is connected with others, or <c>null</c>, the default, where it is not.</summary>
    public NetworkOptions? Network { get; set; }

    /// <summary>Returns what is wrong with the options: the name of each, what was found and what was expected. Empty when all are right.</summary>
    public IReadOnlyList<OptionFault> Validate() =>
    [
        .. OptionFault.Collect("", FindProfile(Profile) is null ? new OptionFault(nameof(Profile), $"'{Profile}'", string.Join(", ", Profiles.All.Select(profile => profile.Name))) : null),
        .. OptionFault.Collect(nameof(Pool), Pool.Validate()),
        .. OptionFault.Collect(nameof(Chain), Chain.Validate()),
        .. OptionFault.Collect(nameof(Network), Network?.Validate() ?? []),
    ];

    internal static ChainProfile? FindProfile(string? name) =>
        Profiles.All.FirstOrDefault(profile => string.Equals(profile.Name, name, StringComparison.Ordinal));
}
