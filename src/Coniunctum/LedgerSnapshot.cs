using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>A moment to which a ledger of one's own can be reverted: the block that was its durable tip then.</summary>
/// <param name="Block">The block.</param>
/// <param name="Height">Its height.</param>
public readonly record struct LedgerSnapshot(BlockId Block, ulong Height);
