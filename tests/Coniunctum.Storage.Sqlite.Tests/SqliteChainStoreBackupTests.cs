using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests;

public sealed class SqliteChainStoreBackupTests
{
    private TestFolder _folder = null!;

    private string Copy => _folder.File("copy.db");

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void Backup_WhileBlocksAreCommitted_IsAWholeLedgerThatHoldsThem()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        for (ulong height = 0; height < 400; height += 20) store.Commit(TestBlocks.Batch(height, 20, bytes: 60_000));
        ulong next = 400;
        int steps = 0;
        store.Backup(Copy, new Told(progress =>
        {
            steps++;
            if (progress.Done == progress.Total) return;
            store.Commit(new StoreBatch { CutAbove = next - 2 }, TestBlocks.Batch(next - 1, 2, salt: (uint)steps));
            next++;
        }));
        Assert.That(steps, Is.AtLeast(5), "it was copied in steps");
        Assert.That(next, Is.GreaterThan(400));
        store.Commit(TestBlocks.Batch(next, 1));

        Assert.That(_folder.Names, Is.EqualTo(new[] { "copy.db", "ledger.db", "ledger.db-owner", "ledger.db-wal" }));
        using var copy = SqliteChainStore.Open(Copy);
        Assert.That(copy.Tip!.Value.Height, Is.EqualTo(next - 1), "all that was committed before the last step, and nothing of later");
        for (ulong height = 0; height < next; height++)
        {
            Assert.That(copy.IdAt(height), Is.EqualTo(store.IdAt(height)));
            Assert.That(copy.ReadBlock(copy.IdAt(height)!.Value)!.Value.ToArray(), Is.EqualTo(store.ReadBlock(store.IdAt(height)!.Value)!.Value.ToArray()));
        }

        copy.Commit(TestBlocks.Batch(next, 3, salt: 9));
        Assert.That((copy.Tip!.Value.Height, store.Tip!.Value.Height), Is.EqualTo((next + 2, next)), "each goes its own way");
    }

    [Test]
    public void Backup_BesideTheWalOfItsOrigin_IsRefusedInsteadOfMixed()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            store.Commit(TestBlocks.Batch(0, 5));
            store.Backup(Copy);
            store.Commit(TestBlocks.Batch(5, 5));
            File.Copy(_folder.Ledger + "-wal", Copy + "-wal");
        }

        Assert.That(() => SqliteChainStore.Open(Copy), Throws.TypeOf<LedgerFileException>().With.Property(nameof(LedgerFileException.Fault)).EqualTo(LedgerFileFault.ForeignPart));
    }

    [Test]
    public void Backup_OfAFileThatIsOnlyRead_IsTheSameLedger()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 30));
        using (var store = SqliteChainStore.OpenToRead(_folder.Ledger)) store.Backup(Copy);
        using var copy = SqliteChainStore.Open(Copy);
        Assert.That(copy.Tip, Is.EqualTo(new StoredTip(TestBlocks.Id(29), 29)));
    }

    [Test]
    public void Backup_ToANameThatIsTaken_IsRefused_AndLeavesWhatIsThere()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 3));
        File.WriteAllText(Copy, "mine");
        Assert.That(() => store.Backup(Copy), Throws.TypeOf<LedgerFileException>().With.Message.Contains("is there already"));
        Assert.That(() => store.Backup(_folder.Ledger), Throws.TypeOf<LedgerFileException>());
        Assert.That(
            () => store.Backup(_folder.File("nowhere/copy.db")),
            Throws.TypeOf<LedgerFileException>().With.Property(nameof(LedgerFileException.Fault)).EqualTo(LedgerFileFault.CannotOpen).And.Message.Contains("its folder is not there"));
        Assert.That(File.ReadAllText(Copy), Is.EqualTo("mine"));

        // Taken while it was being copied.
        string late = _folder.File("late.db");
        Assert.That(() => store.Backup(late, new Told(_ => File.WriteAllText(late, "mine"))), Throws.TypeOf<LedgerFileException>().With.Message.Contains("is there already"));
        Assert.That(File.ReadAllText(late), Is.EqualTo("mine"));
        Assert.That(_folder.Names, Has.Length.EqualTo(5), "nothing is left of the copy");
    }

    [Test]
    public void Backup_ThatIsStopped_LeavesNothing_AndTheStoreGoesOn()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        for (ulong height = 0; height < 200; height += 20) store.Commit(TestBlocks.Batch(height, 20, bytes: 60_000));
        using var stop = new CancellationTokenSource();
        Assert.That(() => store.Backup(Copy, new Told(_ => stop.Cancel()), stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_folder.Names, Is.EqualTo(new[] { "ledger.db", "ledger.db-owner", "ledger.db-wal" }));

        Assert.That(() => store.Backup(Copy, new Told(_ => throw new IOException("the pipe is closed"))), Throws.TypeOf<IOException>().With.Message.EqualTo("the pipe is closed"));
        store.Commit(TestBlocks.Batch(200, 1));
        Assert.That(() => store.Backup(Copy, new Told(_ => store.Dispose())), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(_folder.Names, Is.EqualTo(new[] { "ledger.db" }));
        using var again = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(again.Tip!.Value.Height, Is.EqualTo(200));
    }

    [Test]
    public async Task Backup_WhileAnotherThreadCommits_IsOneMoment()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 300, bytes: 60_000));
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            for (ulong height = 300; !enough.IsCancellationRequested; height += 2) store.Commit(TestBlocks.Batch(height, 2));
        });
        string[] copies = [.. Enumerable.Range(0, 3).Select(i => _folder.File(Invariant($"copy{i}.db")))];
        foreach (string copy in copies) store.Backup(copy);
        await enough.CancelAsync();
        await writing;
        foreach (string path in copies)
        {
            using var copy = SqliteChainStore.OpenToRead(path);
            ulong height = copy.Tip!.Value.Height;
            Assert.That(height % 2, Is.EqualTo(1), "whole commits");
            Assert.That(copy.IdAt(height), Is.EqualTo(TestBlocks.Id(height)));
        }
    }

    private sealed class Told(Action<StoreProgress> tell) : IProgress<StoreProgress>
    {
        public void Report(StoreProgress value) => tell(value);
    }
}
