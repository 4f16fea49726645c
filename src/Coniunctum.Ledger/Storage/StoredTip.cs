namespace Coniunctum.Ledger.Storage;

/// <summary>The last block of the best chain in a store.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Height">Its height.</param>
public readonly record struct StoredTip(BlockId Id, ulong Height);
