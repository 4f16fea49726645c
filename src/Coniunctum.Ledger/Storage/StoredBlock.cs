namespace Coniunctum.Ledger.Storage;

/// <summary>A block that becomes part of the best chain, as it is written.</summary>
/// <param name="Head">What is kept for ever.</param>
/// <param name="Encoded">The block's canonical encoding; empty where only the head is at hand, as below a state that was taken in.</param>
/// <param name="Undo">What undoes it; empty for nothing.</param>
public sealed record StoredBlock(StoredHead Head, ReadOnlyMemory<byte> Encoded, ReadOnlyMemory<byte> Undo);
