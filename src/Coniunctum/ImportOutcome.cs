using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>What an import came to.</summary>
/// <param name="Known">How many blocks the ledger had already.</param>
/// <param name="Added">How many blocks are new in the tree; they form the best chain unless another one is better.</param>
/// <param name="Refused">The block at which the import ended, or <c>null</c> when all were taken.</param>
public sealed record ImportOutcome(long Known, long Added, ImportOutcome.Refusal? Refused)
{
    /// <summary>A block that was refused.</summary>
    /// <param name="Id">The identity that its source gave it.</param>
    /// <param name="Reason">What was wrong, and what was expected.</param>
    public sealed record Refusal(BlockId Id, string Reason);
}
