using System.Buffers;
using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Tests.Support;

/// <summary>Passes calls on to a store, and fails one of them in a chosen way.</summary>
internal sealed class FailingStore(IChainStore inner, StoreFailure failure = StoreFailure.None, int failingCall = -1) : IChainStore
{
    /// <summary>How many commits were asked for.</summary>
    public int Commits { get; private set; }

    /// <summary>How many reads of rows were asked for.</summary>
    public int Reads { get; private set; }

    public StoredTip? Tip => inner.Tip;

    public StoredTip? Checkpoint => inner.Checkpoint;

    public void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        bool fails = Commits++ == failingCall && failure is not StoreFailure.None and not StoreFailure.Read;
        if (fails && failure == StoreFailure.BeforeCommit) throw new IOException("The commit fails before anything is written.");
        if (fails && failure == StoreFailure.DuringCommit)
        {
            inner.Commit([.. batches[..^1], BreakingAtItsEnd(batches[^1])]);
            throw new InvalidOperationException("The store has written what cannot be read.");
        }

        inner.Commit(batches);
        if (fails) throw new IOException("The commit is durable, but the answer is lost.");
    }

    public BlockId? IdAt(ulong height) => Read(() => inner.IdAt(height));

    public StoredHead? FindHead(BlockId id) => Read(() => inner.FindHead(id));

    public ImmutableArray<StoredHead> ReadHeads(ulong from, int count) => Read(() => inner.ReadHeads(from, count));

    public ReadOnlyMemory<byte>? ReadSummits(ulong height) => Read(() => inner.ReadSummits(height));

    public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to) => Read(() => inner.ReadSides(from, to));

    public ReadOnlyMemory<byte>? ReadBlock(BlockId id) => Read(() => inner.ReadBlock(id));

    public ReadOnlyMemory<byte>? ReadUndo(BlockId id) => Read(() => inner.ReadUndo(id));

    public ReadOnlyMemory<byte>? ReadRecord(string key) => Read(() => inner.ReadRecord(key));

    public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint() => inner.ReadCheckpoint();

    public void Dispose() => inner.Dispose();

    /// <summary>The same batch, whose last bytes cannot be had: all before them is written by then.</summary>
    private static StoreBatch BreakingAtItsEnd(StoreBatch batch)
    {
        if (batch.Slice is { } slice) return batch with { Slice = slice with { Content = new BrokenMemory(slice.Content).Memory } };
        if (batch.Records is [.., var record])
            return batch with { Records = batch.Records.SetItem(batch.Records.Length - 1, record with { Value = new BrokenMemory(record.Value).Memory }) };
        StoredBlock last = batch.Connected[^1];
        return batch with { Connected = batch.Connected.SetItem(batch.Connected.Length - 1, last with { Undo = new BrokenMemory(last.Undo).Memory }) };
    }

    private T Read<T>(Func<T> read) =>
        Reads++ == failingCall && failure == StoreFailure.Read ? throw new IOException("The disk cannot be read.") : read();

    /// <summary>Bytes whose length can be had, and nothing else.</summary>
    private sealed class BrokenMemory(ReadOnlyMemory<byte> bytes) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(bytes.Length);

        public override Span<byte> GetSpan() => throw new IOException("The disk is full.");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new IOException("The disk is full.");

        public override void Unpin()
        {
            // Nothing was pinned.
        }

        protected override void Dispose(bool disposing)
        {
            // Nothing is owned.
        }
    }
}
