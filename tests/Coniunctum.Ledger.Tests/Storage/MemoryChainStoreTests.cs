using Coniunctum.Crypto;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Tests.Storage;

/// <summary>What every store must do, here for the one in memory.</summary>
[TestFixture]
internal sealed class MemoryChainStoreTests
{
    [Test]
    public void Commit_AnotherBranch_ReplacesFromItsFirstHeightAndStillFindsTheOld()
    {
        using var store = new MemoryChainStore();
        store.Commit(Blocks(0, 1, 2, 3));
        store.Commit(new StoreBatch { Connected = [Block(2, salt: 7)] });
        Assert.That(store.Tip, Is.EqualTo(new StoredTip(Id(2, 7), 2)));
        Assert.That(store.IdAt(3), Is.Null);
        Assert.That(store.FindHead(Id(3, 0))?.Height, Is.EqualTo(3));
        Assert.That(store.ReadUndo(Id(2, 7))?.ToArray(), Is.EqualTo(new byte[] { 2, 8 }));
    }

    [Test]
    public void ReadHeads_AfterAnotherBranch_AreTheBestChains()
    {
        using var store = new MemoryChainStore();
        Assert.That(store.ReadHeads(0, 3), Is.Empty);
        store.Commit(Blocks(0, 1, 2, 3));
        store.Commit(new StoreBatch { Connected = [Block(2, salt: 7)] });
        Assert.That(store.ReadHeads(1, 5).Select(head => head.Id), Is.EqualTo(new[] { Id(1, 0), Id(2, 7) }));
        Assert.That(store.ReadHeads(0, 2).Select(head => head.Height), Is.EqualTo(new[] { 0UL, 1UL }));
        Assert.That(store.ReadHeads(3, 1), Is.Empty);
        Assert.That(() => store.ReadHeads(0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Commit_SlicesOfACheckpoint_CountOnlyWhenTheLastIsWritten()
    {
        using var store = new MemoryChainStore();
        store.Commit(Blocks(0, 1));
        store.Commit(Slice(1, 0, isLast: false), Slice(1, 1, isLast: false));
        Assert.That(store.Checkpoint, Is.Null);
        Assert.That(() => store.ReadCheckpoint(), Throws.InvalidOperationException);
        store.Commit(Slice(1, 2, isLast: true));
        Assert.That(store.Checkpoint, Is.EqualTo(new StoredTip(Id(1, 0), 1)));
        Assert.That(store.ReadCheckpoint().Select(slice => slice.Span[0]), Is.EqualTo(new byte[] { 0, 1, 2 }));

        // The next one takes its place only when it is whole.
        store.Commit(Slice(0, 0, isLast: false));
        Assert.That(store.Checkpoint?.Height, Is.EqualTo(1));
        Assert.That(() => store.Commit(Slice(0, 2, isLast: false)), Throws.ArgumentException);
    }

    [Test]
    public void Commit_Prune_DeletesBelowTheHeightAndNeverAboveTheCheckpoint()
    {
        using var store = new MemoryChainStore();
        store.Commit(Blocks(0, 1, 2, 3));
        Assert.That(() => store.Commit(new StoreBatch { PruneBodiesBelow = 1 }), Throws.ArgumentException);
        store.Commit(Slice(2, 0, isLast: true), new StoreBatch { PruneUndoBelow = 2, PruneBodiesBelow = 2 });
        Assert.That(Enumerable.Range(0, 4).Select(height => store.ReadBlock(Id(height, 0)) is not null), Is.EqualTo(new[] { true, false, true, true }));
        Assert.That(Enumerable.Range(0, 4).Select(height => store.ReadUndo(Id(height, 0)) is not null), Is.EqualTo(new[] { false, false, true, true }));
        Assert.That(store.FindHead(Id(1, 0)), Is.Not.Null);
    }

    [Test]
    public void Commit_PruneWhenTheCheckpointsBlockHasLeftTheBestChain_IsRefused()
    {
        using var store = new MemoryChainStore();
        store.Commit(Blocks(0, 1, 2, 3), new StoreBatch { Slice = new CheckpointSlice(Id(2, 1), 2, 0, default, IsLast: true) });
        Assert.That(() => store.Commit(new StoreBatch { PruneUndoBelow = 1 }), Throws.ArgumentException);
    }

    [Test]
    public void Commit_BlocksAboveTheTip_IsRefused()
    {
        using var store = new MemoryChainStore();
        Assert.That(() => store.Commit(Blocks(1)), Throws.ArgumentException.With.Message.Contains("height 1"));
    }

    private static BlockId Id(int height, byte salt) => new(Sha3_256.Hash([(byte)height, salt]));

    private static StoredBlock Block(int height, byte salt = 0) =>
        new(new StoredHead(Id(height, salt), (ulong)height, new byte[] { 1 }, default, Work.From((ulong)height)), new byte[] { (byte)height }, new byte[] { (byte)height, (byte)(salt + 1) });

    private static StoreBatch Blocks(params int[] heights) => new() { Connected = [.. heights.Select(height => Block(height))] };

    private static StoreBatch Slice(int height, int index, bool isLast) =>
        new() { Slice = new CheckpointSlice(Id(height, 0), (ulong)height, index, new byte[] { (byte)index }, isLast) };
}
