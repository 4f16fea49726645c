using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Node.Dev;

/// <summary>What was asked of a development chain.</summary>
internal sealed record DevOptions
{
    /// <summary>The profile whose format and economy the chain has: one of <see cref="DevProfile.Bases"/>.</summary>
    public required ChainProfile Base { get; init; }

    /// <summary>The height at which the chain ends, or <c>null</c> to go on until it is stopped.</summary>
    public ulong? Blocks { get; init; }

    /// <summary>Transfers a second; 0 for none.</summary>
    public int Traffic { get; init; }

    /// <summary>Threads that mine.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The mean time between blocks.</summary>
    public TimeSpan BlockTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the accounts and the traffic follow from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What each account owns at the start, in base units.</summary>
    public required ulong Grant { get; init; }

    /// <summary>Who gets the rewards; the first account, unless somebody else is named.</summary>
    public Address? RewardTo { get; init; }

    /// <summary>Whether the output is one JSON object a line.</summary>
    public bool Json { get; init; }
}
