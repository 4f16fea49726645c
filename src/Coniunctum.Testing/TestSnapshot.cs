namespace Coniunctum.Testing;

/// <summary>A moment of a test ledger to which <see cref="TestLedger.RevertAsync"/> goes back. Immutable.</summary>
/// <param name="Ledger">The ledger's part.</param>
/// <param name="Time">What its clock showed.</param>
/// <param name="AutoMine">Whether it mined by itself.</param>
public sealed record TestSnapshot(LedgerSnapshot Ledger, DateTimeOffset Time, bool AutoMine);
