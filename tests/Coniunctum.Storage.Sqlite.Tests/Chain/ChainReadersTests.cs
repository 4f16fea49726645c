using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests.Chain;

/// <summary>Those who read blocks while others write.</summary>
public sealed class ChainReadersTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public async Task Reads_WhileACommitIsUnderWay_ReturnWhatWasCommittedBefore()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("Elsewhere reads wait for the one connection.");
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 4));
        using var free = new ManualResetEventSlim();
        TaskCompletionSource isUnderWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
        StoredBlock last = TestBlocks.Block(4, salt: 1);
        var held = new HeldMemory(last.Undo, () =>
        {
            isUnderWay.SetResult();
            free.Wait();
        });

        // Blocks 2 and 3 leave the best chain with it.
        StoreBatch branch = TestBlocks.Batch(2, 2, salt: 1);
        Task commit = Task.Run(() => store.Commit(branch with { Connected = branch.Connected.Add(last with { Undo = held.Memory }) }));
        try
        {
            await isUnderWay.Task;
            await Task.Run(() => Parallel.For(0, 16, _ =>
            {
                Assert.That((store.Tip?.Id, store.IdAt(3), store.IdAt(4)), Is.EqualTo(((BlockId?)TestBlocks.Id(3), (BlockId?)TestBlocks.Id(3), (BlockId?)null)));
                Assert.That(store.ReadHeads(0, 10).Select(head => head.Id), Is.EqualTo(Enumerable.Range(0, 4).Select(height => TestBlocks.Id((ulong)height))));
                Assert.That((store.FindHead(TestBlocks.Id(2))?.Height, store.FindHead(TestBlocks.Id(2, salt: 1))), Is.EqualTo(((ulong?)2, (StoredHead?)null)));
                Assert.That((store.ReadBlock(TestBlocks.Id(3))?.Length, store.ReadUndo(TestBlocks.Id(3))?.Length), Is.EqualTo((200, 100)));
                Assert.That(store.ReadSummits(3)?.IsEmpty, Is.False);
            })).WaitAsync(TimeSpan.FromMinutes(2));
        }
        finally
        {
            free.Set();
        }

        await commit;
        Assert.That((store.IdAt(3), store.IdAt(4), store.FindHead(TestBlocks.Id(2, salt: 1))?.Height), Is.EqualTo(((BlockId?)TestBlocks.Id(3, salt: 1), (BlockId?)TestBlocks.Id(4, salt: 1), (ulong?)2)));
    }

    [Test]
    public void Reads_OnManyThreads_WhileTheWalIsMovedAgainAndAgain_FindEveryBlock()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger, ChainSchema.Kind, new FileTuning { MaxWalBytes = 1 });
        store.Commit(TestBlocks.Batch(0, 1));
        const ulong blocks = 300;
        Parallel.Invoke(Write, Read, Read, Read);
        Assert.That(Directory.GetFiles(_folder.Path, "*-shm"), Is.Empty);

        void Write()
        {
            for (ulong height = 1; height < blocks; height++) store.Commit(TestBlocks.Batch(height, 1));
        }

        void Read()
        {
            for (StoredTip tip = store.Tip!.Value; tip.Height < blocks - 1; tip = store.Tip!.Value)
            {
                if (store.IdAt(tip.Height) != tip.Id || store.ReadBlock(tip.Id)?.Length != 200) Assert.Fail(Invariant($"block {tip.Height} is not found"));
            }
        }
    }

    [Test]
    public void Reads_AfterDispose_AreRefused()
    {
        SqliteChainStore store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 2));
        Assert.That(store.IdAt(1), Is.EqualTo(TestBlocks.Id(1)));
        store.Dispose();
        Assert.That(() => store.IdAt(1), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => store.ReadRecord("a"), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(_folder.Names, Is.EqualTo(new[] { "ledger.db" }));
    }
}
