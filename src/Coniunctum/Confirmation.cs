using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>A transaction in the best chain.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Block">The block that holds it.</param>
/// <param name="Height">That block's height.</param>
/// <param name="Depth">How many blocks confirm it: 1 for the block itself, and one for each block on top.</param>
/// <param name="IsFinal">Whether its block can no longer change, so that more blocks on top would say nothing more.</param>
public sealed record Confirmation(TransactionId Transaction, BlockId Block, ulong Height, ulong Depth, bool IsFinal)
{
    /// <summary>
    /// Why the application refused the call, which has paid its fee and changed nothing else; <c>null</c> when it was done, and for
    /// plain payments.
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>
    /// A chain of a ruleset that this software does not know, which branches off below the block: others may follow that one, where
    /// this confirmation says nothing. <c>null</c> when none is known.
    /// </summary>
    public UnknownRuleset? UnknownRuleset { get; init; }
}
