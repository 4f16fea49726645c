using Coniunctum.Consensus;

namespace Coniunctum;

/// <summary>The ledger has stopped accepting. What it acknowledged before stands.</summary>
/// <param name="reason">Why.</param>
public sealed class LedgerHaltedException(HaltReason reason) : Exception($"The ledger has stopped: {reason}")
{
    /// <summary>Why: a code for programs, a line for people.</summary>
    public HaltReason Reason { get; } = reason;
}
