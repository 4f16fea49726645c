namespace Coniunctum;

/// <summary>The ledger has stopped accepting. What it acknowledged before stands.</summary>
/// <param name="reason">Why.</param>
public sealed class LedgerHaltedException(string reason) : Exception($"The ledger has stopped: {reason}");
