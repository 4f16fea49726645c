namespace Coniunctum.Ledger.Internal;

/// <summary>What a stored head says of a block: all of it but its transactions.</summary>
/// <param name="Header">The header.</param>
/// <param name="Seal">The witness beside it.</param>
/// <param name="Certificate">The proof that the block is final; <c>null</c> where it has none, or where none is kept.</param>
public sealed record BlockHead(BlockHeader Header, ReadOnlyMemory<byte> Seal, ReadOnlyMemory<byte>? Certificate);
