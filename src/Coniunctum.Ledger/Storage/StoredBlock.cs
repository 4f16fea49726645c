namespace Coniunctum.Ledger.Storage;

/// <summary>A block that becomes part of the best chain, as it is written.</summary>
/// <param name="Head">What is kept for ever.</param>
/// <param name="Encoded">The block's canonical encoding.</param>
/// <param name="Undo">What undoes it.</param>
public sealed record StoredBlock(StoredHead Head, ReadOnlyMemory<byte> Encoded, ReadOnlyMemory<byte> Undo);
