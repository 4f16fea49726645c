namespace Coniunctum.Ledger.Files;

/// <summary>A block in a file of blocks: whole as far as its checksum tells, and not yet decoded.</summary>
/// <param name="Id">The identity that the file says it has.</param>
/// <param name="Encoded">Its canonical encoding.</param>
public readonly record struct BlockRecord(BlockId Id, ReadOnlyMemory<byte> Encoded);
