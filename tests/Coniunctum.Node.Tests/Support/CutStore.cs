using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Node.Tests.Support;

/// <summary>A store in memory that says when blocks are cut off, before that is done.</summary>
/// <param name="onCut">Hears of it, on the thread that commits.</param>
internal sealed class CutStore(Action onCut) : IChainStore
{
    private readonly MemoryChainStore _inner = new();

    public StoredTip? Tip => _inner.Tip;

    public StoredTip? Checkpoint => _inner.Checkpoint;

    public void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        foreach (StoreBatch batch in batches)
        {
            if (batch.CutAbove is not null) onCut();
        }

        _inner.Commit(batches);
    }

    public BlockId? IdAt(ulong height) => _inner.IdAt(height);

    public StoredHead? FindHead(BlockId id) => _inner.FindHead(id);

    public ImmutableArray<StoredHead> ReadHeads(ulong from, int count) => _inner.ReadHeads(from, count);

    public ReadOnlyMemory<byte>? ReadSummits(ulong height) => _inner.ReadSummits(height);

    public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to) => _inner.ReadSides(from, to);

    public ReadOnlyMemory<byte>? ReadBlock(BlockId id) => _inner.ReadBlock(id);

    public ReadOnlyMemory<byte>? ReadUndo(BlockId id) => _inner.ReadUndo(id);

    public ReadOnlyMemory<byte>? ReadRecord(string key) => _inner.ReadRecord(key);

    public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint() => _inner.ReadCheckpoint();

    public void Dispose() => _inner.Dispose();
}
