using Coniunctum.Crypto;
using Coniunctum.Node.Api;

namespace Coniunctum.Node.Dev;

/// <summary>What was asked of a run of a development chain.</summary>
internal sealed record DevOptions
{
    /// <summary>What the chain itself should be.</summary>
    public required RequestedSettings Requested { get; init; }

    /// <summary>The file that the chain is kept in, or <c>null</c> to keep it in memory only.</summary>
    public string? Data { get; init; }

    /// <summary>A file of another chain's state, whose accounts a new chain begins with beside its own; <c>null</c> for none.</summary>
    public string? From { get; init; }

    /// <summary>How many blocks the run lasts, or <c>null</c> to go on until it is stopped.</summary>
    public ulong? Blocks { get; init; }

    /// <summary>After how many blocks the balances are written, or <c>null</c> for the usual number.</summary>
    public long? CheckpointBlocks { get; init; }

    /// <summary>Transfers a second; 0 for none.</summary>
    public int Traffic { get; init; }

    /// <summary>Threads that mine.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The seed of a new chain that no one chose one for.</summary>
    public required ulong DrawnSeed { get; init; }

    /// <summary>Who gets the rewards; the first account, unless someone else is named.</summary>
    public Address? RewardTo { get; init; }

    /// <summary>Where a browser finds the chain; <c>null</c> for nowhere.</summary>
    public HttpListen? Http { get; init; }

    /// <summary>Whether the output is one JSON object a line.</summary>
    public bool Json { get; init; }
}
