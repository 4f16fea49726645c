using System.Text.Json.Serialization;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>One consistent look at a ledger.</summary>
/// <param name="Tip">
/// The block after which the rest is true. It may be on its way to the store still, so that <see cref="LedgerHost.Tip"/> and
/// <see cref="LedgerHost.EventsAsync"/> come to it a moment later.
/// </param>
/// <param name="Supply">Base units in existence.</param>
/// <param name="PoolCount">How many transactions wait for a block.</param>
/// <param name="Production">Whether a block is being made here, and what it takes where none is.</param>
[JsonConverter(typeof(NoJsonConverter<LedgerStatus>))]
public readonly record struct LedgerStatus(HashedBlock Tip, ulong Supply, int PoolCount, ProductionStatus Production)
{
    /// <summary>The height up to which the chain with this tip can no longer change.</summary>
    public ulong FinalHeight { get; init; }

    /// <summary>Why the ledger has stopped accepting, or <c>null</c> while it works.</summary>
    public HaltReason? Halted { get; init; }

    /// <summary>
    /// A chain that goes on by rules that this software does not know, or <c>null</c>: this ledger goes on beside it, and what is
    /// confirmed above <see cref="Consensus.Upgrades.UnknownRuleset.ForkHeight"/> may not stand there.
    /// </summary>
    public UnknownRuleset? UnknownRuleset { get; init; }
}
