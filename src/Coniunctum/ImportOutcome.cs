using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>What an import came to.</summary>
/// <param name="Known">How many blocks the ledger had already.</param>
/// <param name="Added">How many blocks are new in the tree; they form the best chain unless another one is better.</param>
/// <param name="Refused">The block at which the import ended, or <c>null</c> when all were taken.</param>
public sealed record ImportOutcome(long Known, long Added, ImportOutcome.Refusal? Refused)
{
    /// <summary>Whether every block was taken.</summary>
    public bool IsValid => Refused is null;

    /// <summary>One line that says how many blocks were taken, and why the import ended where it did.</summary>
    public string Message => Refused is { } refused
        ? Invariant($"{Added} blocks were added, {Known} were known; block {refused.Id} was refused: {refused.Reason}")
        : Invariant($"{Added} blocks were added, {Known} were known");

    /// <summary>Returns <see cref="Message"/>.</summary>
    public override string ToString() => Message;

    /// <summary>A block that was refused.</summary>
    /// <param name="Id">The identity that its source gave it.</param>
    /// <param name="Reason">What was wrong, and what was expected.</param>
    public sealed record Refusal(BlockId Id, string Reason);
}
