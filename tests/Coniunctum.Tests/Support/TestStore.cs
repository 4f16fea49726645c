using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Tests.Support;

/// <summary>A store in memory whose commits fail and whose reads are damaged as a test wants.</summary>
internal sealed class TestStore(MemoryChainStore? memory = null) : IChainStore
{
    private readonly MemoryChainStore _memory = memory ?? new MemoryChainStore();

    /// <summary>Runs before every commit that holds blocks above genesis.</summary>
    public Action<StoreBatch> OnCommit { get; set; } = _ => { };

    /// <summary>Runs before every commit above genesis, with the number of its blocks.</summary>
    public Action<int> OnCommits { get; set; } = _ => { };

    /// <summary>Runs before every batch that writes records and no block.</summary>
    public Action<StoreBatch> OnRecords { get; set; } = _ => { };

    public Func<BlockId, ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> OnReadBlock { get; init; } = (_, block) => block;

    public Func<string, ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> OnReadRecord { get; init; } = (_, record) => record;

    public Func<BlockId, ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> OnReadUndo { get; init; } = (_, undo) => undo;

    public Func<int, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> OnReadSlice { get; init; } = (_, slice) => slice;

    public bool IsDisposed { get; private set; }

    public StoredTip? Tip => _memory.Tip;

    public StoredTip? Checkpoint => _memory.Checkpoint;

    public void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        foreach (StoreBatch batch in batches)
        {
            if (batch.Connected.Any(block => block.Head.Height > 0)) OnCommit(batch);
            if (!batch.Connected.Any() && batch.Records.Any()) OnRecords(batch);
        }

        int blocks = 0;
        foreach (StoreBatch batch in batches) blocks += batch.Connected.Count(block => block.Head.Height > 0);
        if (blocks > 0) OnCommits(blocks);

        _memory.Commit(batches);
    }

    public StoredHead? FindHead(BlockId id) => _memory.FindHead(id);

    public ImmutableArray<StoredHead> ReadHeads(ulong from, int count) => _memory.ReadHeads(from, count);

    public ReadOnlyMemory<byte>? ReadSummits(ulong height) => _memory.ReadSummits(height);

    public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to) => _memory.ReadSides(from, to);

    public ReadOnlyMemory<byte>? ReadUndo(BlockId id) => OnReadUndo(id, _memory.ReadUndo(id));

    public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint() => _memory.ReadCheckpoint().Select((slice, index) => OnReadSlice(index, slice));

    public BlockId? IdAt(ulong height) => _memory.IdAt(height);

    public ReadOnlyMemory<byte>? ReadBlock(BlockId id) => OnReadBlock(id, _memory.ReadBlock(id));

    public ReadOnlyMemory<byte>? ReadRecord(string key) => _memory.ReadRecord(key) is { } record ? OnReadRecord(key, record) : null;

    public void Dispose() => IsDisposed = true;
}
