using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>A moment in a transaction's life.</summary>
/// <param name="Stage">Where it is.</param>
public sealed record TransactionUpdate(TransactionStage Stage)
{
    /// <summary>The block that holds it, or held it, when it is confirmed or disconnected.</summary>
    public BlockId? Block { get; init; }

    /// <summary>That block's height.</summary>
    public ulong Height { get; init; }

    /// <summary>How deep it lies: 1 in the tip, 0 when it is not confirmed.</summary>
    public ulong Confirmations { get; init; }

    /// <summary>Whether its block can no longer change.</summary>
    public bool IsFinal { get; init; }

    /// <summary>What it waits for, or why it was dropped.</summary>
    public Admission Reason { get; init; } = Admission.Accepted;

    /// <summary>The transaction that has taken its place, where that is the reason.</summary>
    public TransactionId? ReplacedBy { get; init; }
}
