using System.Collections.Immutable;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Storage;

/// <summary>A store that lives as long as the process: for tests, simulations and ledgers that no one needs to keep.</summary>
public sealed class MemoryChainStore : IChainStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BlockId, StoredBlock> _blocks = [];
    private readonly List<BlockId> _best = [];
    private readonly List<ReadOnlyMemory<byte>> _bestSummits = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<BlockId, StoredSide> _sides = [];
    private HistorySummits _summits = HistorySummits.None;
    private List<CheckpointSlice> _unfinished = [];
    private List<CheckpointSlice> _checkpoint = [];

    /// <inheritdoc/>
    public StoredTip? Tip
    {
        get
        {
            lock (_gate) return _best.Count == 0 ? null : new StoredTip(_best[^1], (ulong)_best.Count - 1);
        }
    }

    /// <inheritdoc/>
    public StoredTip? Checkpoint
    {
        get
        {
            lock (_gate) return _checkpoint is [var slice, ..] ? new StoredTip(slice.Block, slice.Height) : null;
        }
    }

    /// <inheritdoc/>
    public void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        lock (_gate)
        {
            foreach (StoreBatch batch in batches) Write(batch);
        }
    }

    /// <inheritdoc/>
    public BlockId? IdAt(ulong height)
    {
        lock (_gate) return height < (ulong)_best.Count ? _best[(int)height] : null;
    }

    /// <inheritdoc/>
    public StoredHead? FindHead(BlockId id)
    {
        lock (_gate) return _blocks.GetValueOrDefault(id)?.Head;
    }

    /// <inheritdoc/>
    public ImmutableArray<StoredHead> ReadHeads(ulong from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var heads = ImmutableArray.CreateBuilder<StoredHead>();
        long bytes = 0;
        lock (_gate)
        {
            for (ulong height = from; height < (ulong)_best.Count && heads.Count < Math.Min(count, IChainReader.MaxHeads) && bytes < IChainReader.MaxHeadsBytes; height++)
            {
                StoredHead head = _blocks[_best[(int)height]].Head;
                heads.Add(head);
                bytes += head.Size;
            }
        }

        return heads.DrainToImmutable();
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadSummits(ulong height)
    {
        lock (_gate) return height < (ulong)_best.Count ? _bestSummits[(int)height] : default(ReadOnlyMemory<byte>?);
    }

    /// <inheritdoc/>
    public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to)
    {
        lock (_gate) return [.. _sides.Values.Where(side => side.Height >= from && side.Height <= to).OrderBy(side => side.Height).ThenBy(side => side.Arrival)];
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadBlock(BlockId id)
    {
        lock (_gate) return _blocks.GetValueOrDefault(id) is { Encoded.IsEmpty: false } block ? block.Encoded : default(ReadOnlyMemory<byte>?);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadUndo(BlockId id)
    {
        lock (_gate) return _blocks.GetValueOrDefault(id) is { Undo.IsEmpty: false } block ? block.Undo : default(ReadOnlyMemory<byte>?);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadRecord(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        lock (_gate) return _records.TryGetValue(key, out ReadOnlyMemory<byte> value) ? value : default(ReadOnlyMemory<byte>?);
    }

    /// <inheritdoc/>
    public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint()
    {
        lock (_gate)
        {
            return _checkpoint.Count > 0
                ? [.. _checkpoint.Select(slice => slice.Content)]
                : throw new InvalidOperationException("The store holds no whole checkpoint.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held outside of memory; a store may be opened again in the same process.
    }

    private void Write(StoreBatch batch)
    {
        if (batch.CutAbove is { } top)
        {
            if (top >= (ulong)_best.Count)
                throw new ArgumentException(Invariant($"The batch cuts above height {top}, the store ends at {_best.Count - 1}."), nameof(batch));
            CutFrom((int)top + 1);
        }

        if (batch.Connected is [{ Head.Height: var first }, ..])
        {
            if (first > (ulong)_best.Count)
                throw new ArgumentException($"The batch starts at height {first}, the store ends at {_best.Count}.", nameof(batch));
            CutFrom((int)first);
        }

        foreach (StoredBlock block in batch.Connected)
        {
            _blocks[block.Head.Id] = block;
            _best.Add(block.Head.Id);
            _summits = _summits.With(block.Head, out ReadOnlyMemory<byte> completed);
            _bestSummits.Add(completed);
        }

        foreach (StoreBatch.Record record in batch.Records) _records[record.Key] = record.Value.ToArray();
        WriteSides(batch);
        if (batch.Slice is { } slice) Write(slice);
        if (batch.PruneUndoBelow is { } undo) Replace(undo, block => block with { Undo = default });
        if (batch.PruneBodiesBelow is { } bodies) Replace(bodies, block => block.Head.Height == 0 ? block : block with { Encoded = default });
    }

    private void WriteSides(StoreBatch batch)
    {
        foreach (StoreBatch.SideKey removed in batch.RemovedSides) _sides.Remove(removed.Id);
        foreach (StoredSide side in batch.Sides) _sides[side.Id] = side;
        if (batch.PruneSidesBelow is not { } below) return;
        foreach (StoredSide side in _sides.Values.Where(side => side.Height < below).ToArray()) _sides.Remove(side.Id);
    }

    private void CutFrom(int height)
    {
        if (height == _best.Count) return;
        _best.RemoveRange(height, _best.Count - height);
        _bestSummits.RemoveRange(height, _bestSummits.Count - height);
        _summits = HistorySummits.After((ulong)height, ReadSummits, ReadHeads);
    }

    private void Write(CheckpointSlice slice)
    {
        if (slice.Index == 0) _unfinished = [];
        if (slice.Index != _unfinished.Count)
            throw new ArgumentException(Invariant($"Slice {slice.Index} does not follow {_unfinished.Count - 1}."), nameof(slice));
        _unfinished.Add(slice);
        if (slice.IsLast) (_checkpoint, _unfinished) = (_unfinished, []);
    }

    private void Replace(ulong below, Func<StoredBlock, StoredBlock> change)
    {
        // A checkpoint whose block has left the best chain is opened by undoing what no longer belongs to it.
        ulong limit = Checkpoint is { } checkpoint && IdAt(checkpoint.Height) == checkpoint.Id ? checkpoint.Height : 0;
        if (below > limit)
            throw new ArgumentException($"Nothing at or above the best chain's checkpoint at {limit} is pruned, but up to {below} was asked for.");
        foreach (StoredBlock block in _blocks.Values.Where(block => block.Head.Height < below).ToArray()) _blocks[block.Head.Id] = change(block);
    }
}
