using System.Collections.Immutable;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.TestKit.Files;

/// <summary>Passes every call on to a store; tests override what they are about.</summary>
/// <param name="inner">The store, which is disposed with this one.</param>
internal class PassingStore(IChainStore inner) : IChainStore
{
    public StoredTip? Tip => inner.Tip;

    public StoredTip? Checkpoint => inner.Checkpoint;

    public virtual void Commit(params ReadOnlySpan<StoreBatch> batches) => inner.Commit(batches);

    public BlockId? IdAt(ulong height) => inner.IdAt(height);

    public StoredHead? FindHead(BlockId id) => inner.FindHead(id);

    public ImmutableArray<StoredHead> ReadHeads(ulong from, int count) => inner.ReadHeads(from, count);

    public ReadOnlyMemory<byte>? ReadSummits(ulong height) => inner.ReadSummits(height);

    public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to) => inner.ReadSides(from, to);

    public virtual ReadOnlyMemory<byte>? ReadBlock(BlockId id) => inner.ReadBlock(id);

    public ReadOnlyMemory<byte>? ReadUndo(BlockId id) => inner.ReadUndo(id);

    public ReadOnlyMemory<byte>? ReadRecord(string key) => inner.ReadRecord(key);

    public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint() => inner.ReadCheckpoint();

    public void Dispose()
    {
        inner.Dispose();
        Close();
    }

    /// <summary>Releases what a test's store has beside the other one.</summary>
    protected virtual void Close()
    {
    }
}
