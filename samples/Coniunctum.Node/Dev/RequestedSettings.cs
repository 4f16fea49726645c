using Coniunctum.Ledger;

namespace Coniunctum.Node.Dev;

/// <summary>What was said of a development chain's rules; what was not said follows from the file that it is kept in, or is a default.</summary>
internal sealed record RequestedSettings
{
    /// <summary>The profile whose format and economy the chain has: one of <see cref="DevProfile.Bases"/>.</summary>
    public ChainProfile? Base { get; init; }

    /// <summary>What the accounts and the traffic follow from.</summary>
    public ulong? Seed { get; init; }

    /// <summary>What each account owns at the start, in base units.</summary>
    public ulong? Grant { get; init; }

    /// <summary>The mean time between blocks.</summary>
    public TimeSpan? BlockTime { get; init; }
}
