using System.Collections.Immutable;

namespace Coniunctum.Ledger.Storage;

/// <summary>What one commit writes.</summary>
public sealed record StoreBatch
{
    /// <summary>
    /// The height at which the best chain is cut off before the batch's blocks join it, or <c>null</c>: what stood above leaves
    /// the best chain, but can still be found. At most the tip's.
    /// </summary>
    public ulong? CutAbove { get; init; }

    /// <summary>
    /// Blocks that become part of the best chain, in rising height; the last one is its new tip. What stood at these heights
    /// and above leaves the best chain, but can still be found. May be empty.
    /// </summary>
    public ImmutableArray<StoredBlock> Connected { get; init; } = [];

    /// <summary>Records that are set, by key.</summary>
    public ImmutableArray<Record> Records { get; init; } = [];

    /// <summary>A piece of a checkpoint, or <c>null</c>.</summary>
    public CheckpointSlice? Slice { get; init; }

    /// <summary>
    /// The height below which what undoes blocks is deleted, or <c>null</c>; at most the newest whole checkpoint's, whose block must
    /// be part of the best chain. A chain with finality keeps what undoes blocks that are not final.
    /// </summary>
    public ulong? PruneUndoBelow { get; init; }

    /// <summary>The height below which bodies are deleted, or <c>null</c>; genesis stays. At most as for undo.</summary>
    public ulong? PruneBodiesBelow { get; init; }

    /// <summary>Blocks beside the best chain that are kept, each in the place of what was kept of it before.</summary>
    public ImmutableArray<StoredSide> Sides { get; init; } = [];

    /// <summary>Blocks that were kept as <see cref="Sides"/> and no longer are. What is not there is passed over.</summary>
    public ImmutableArray<SideKey> RemovedSides { get; init; } = [];

    /// <summary>The height below which no <see cref="Sides"/> are kept any more, or <c>null</c>.</summary>
    public ulong? PruneSidesBelow { get; init; }

    /// <summary>How many bytes the batch writes, but for the store's own.</summary>
    public long Size
    {
        get
        {
            long size = Slice?.Content.Length ?? 0;
            foreach (StoredBlock block in Connected)
                size += block.Encoded.Length + block.Undo.Length + block.Head.Size;
            foreach (Record record in Records) size += record.Value.Length;
            foreach (StoredSide side in Sides) size += side.Header.Length;
            return size;
        }
    }

    /// <summary>A block beside the best chain.</summary>
    /// <param name="Id">Its identity.</param>
    /// <param name="Height">Its height.</param>
    public readonly record struct SideKey(BlockId Id, ulong Height);

    /// <summary>A record of the node or of its consensus rule.</summary>
    /// <param name="Key">Its key.</param>
    /// <param name="Value">Its bytes.</param>
    public readonly record struct Record(string Key, ReadOnlyMemory<byte> Value);
}
