using System.Text.Json.Serialization;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>
/// One look at a ledger. <see cref="Tip"/>, <see cref="Supply"/> and <see cref="FinalHeight"/> belong together, and are durable. The
/// rest changes without a block, and is as it was after the last step of the node before the look: a block that is being written
/// has left the pool and is not part of the chain yet.
/// </summary>
/// <param name="Tip">The last durable block.</param>
/// <param name="Supply">Base units in existence after it.</param>
/// <param name="PoolCount">How many transactions are ready for the next block.</param>
/// <param name="Production">Whether a block is being made here, and what it takes where none is.</param>
[JsonConverter(typeof(NoJsonConverter<LedgerStatus>))]
public readonly record struct LedgerStatus(HashedBlock Tip, ulong Supply, int PoolCount, ProductionStatus Production)
{
    /// <summary>The height up to which the chain with this tip can no longer change; at most the tip's.</summary>
    public ulong FinalHeight { get; init; }

    /// <summary>Why the ledger has stopped accepting, or <c>null</c> while it works.</summary>
    public HaltReason? Halted { get; init; }

    /// <summary>
    /// A chain that goes on by rules that this software does not know, or <c>null</c>: this ledger goes on beside it, and what is
    /// confirmed above <see cref="Consensus.Upgrades.UnknownRuleset.ForkHeight"/> may not stand there. The store remembers it.
    /// </summary>
    public UnknownRuleset? UnknownRuleset { get; init; }
}
