using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Tests.Support;
using Coniunctum.Storage.Sqlite.Verification;

namespace Coniunctum.Storage.Sqlite.Tests.Crashes;

/// <summary>Disks that are full or can only be read.</summary>
public sealed class DiskTests
{
    private const int Seed = 41;
    private const int LargeDisk = 64 << 20;

    [Test]
    public void Disk_ThatIsFull_LosesNothing_AndGoesOnWithMoreRoom([Values(80_000, 150_000, 700_000, 1_500_000)] int bytes, [Values(200_000, 16 << 20)] int maxWalBytes)
    {
        using var disk = new SmallDisk(bytes);
        var tuning = new FileTuning { MaxWalBytes = maxWalBytes };
        LedgerFileException failure = CommitUntilItFails(disk.Ledger, tuning, out TestRun run);
        Assert.That(failure.Fault, Is.EqualTo(LedgerFileFault.DiskFull), failure.Message);
        Assert.That(failure.Message, Does.Contain("the disk is full"));
        AssertReopens(disk.Ledger, run);

        disk.Resize(LargeDisk);
        AssertGoesOn(disk.Ledger, run);
    }

    [Test]
    public void File_ThatMayNotGrow_LosesNothing()
    {
        // What can be tried where nothing can be mounted.
        using var folder = new TestFolder();
        LedgerFileException failure = CommitUntilItFails(folder.Ledger, new FileTuning { MaxPages = 100 }, out TestRun run);
        Assert.That(failure.Fault, Is.EqualTo(LedgerFileFault.DiskFull), failure.Message);
        AssertReopens(folder.Ledger, run);
        AssertGoesOn(folder.Ledger, run);
    }

    [Test]
    public void Disk_ThatCanOnlyBeRead_IsRefused_AndLosesNothing()
    {
        using var disk = new SmallDisk(LargeDisk);
        var run = new TestRun(Seed);
        using (var store = SqliteChainStore.Open(disk.Ledger))
        {
            while (run.Commits < 30) store.Commit(run.Next());
        }

        disk.MakeReadOnly(isReadOnly: true);
        LedgerFileException refusal = Assert.Throws<LedgerFileException>(() => SqliteChainStore.Open(disk.Ledger));
        Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.ReadOnly), refusal.Message);
        refusal = Assert.Throws<LedgerFileException>(() => SqliteChainStore.Open(disk.Ledger + "2"));
        Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.CannotOpen), refusal.Message);
        AssertReads(disk.Ledger, run);

        disk.MakeReadOnly(isReadOnly: false);
        AssertReopens(disk.Ledger, run);
        AssertGoesOn(disk.Ledger, run);
    }

    [Test]
    public void Disk_ThatCanOnlyBeRead_WithALedgerThatWasNotClosed_SaysWhyReadingNeedsToWrite()
    {
        using var disk = new SmallDisk(LargeDisk);
        using var folder = new TestFolder();
        using (var store = SqliteChainStore.Open(folder.Ledger))
        {
            store.Commit(TestBlocks.Batch(0, 10));
            foreach (string part in (string[])["", "-wal"]) File.Copy(folder.Ledger + part, disk.Ledger + part);
        }

        disk.MakeReadOnly(isReadOnly: true);
        LedgerFileException refusal = Assert.Throws<LedgerFileException>(() => SqliteChainStore.OpenToRead(disk.Ledger));
        Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.ReadOnly), refusal.Message);
        Assert.That(refusal.Message, Does.Contain("was not closed cleanly").And.Contain("-wal"));
        disk.MakeReadOnly(isReadOnly: false);
    }

    [Test]
    public void Disk_ThatIsFull_IsRead()
    {
        using var disk = new SmallDisk(16 << 20);
        var run = new TestRun(Seed);
        using (var store = SqliteChainStore.Open(disk.Ledger))
        {
            while (run.Commits < 20) store.Commit(run.Next());
        }

        using (var filler = new FileStream(disk.Ledger + "-filler", FileMode.CreateNew))
        {
            byte[] block = new byte[4096];
            Assert.That(
                () =>
                {
                    while (true) filler.Write(block);
                },
                Throws.InstanceOf<IOException>());
        }

        AssertReads(disk.Ledger, run);
    }

    /// <summary>All that only reads works, and leaves no trace.</summary>
    private static void AssertReads(string path, TestRun run)
    {
        byte[] before = File.ReadAllBytes(path);
        string[] files = Directory.GetFiles(Path.GetDirectoryName(path)!);
        using (var store = SqliteChainStore.OpenToRead(path))
        {
            run.AssertHeldBy(store);
            Assert.That(store.Measure().FileBytes, Is.EqualTo(before.Length));
            Assert.That(() => store.Commit(new StoreBatch()), Throws.InvalidOperationException);
            Assert.That(() => store.Shrink(), Throws.InvalidOperationException);
        }

        Assert.That(StoreVerification.Run(path).IsValid, Is.True);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(before));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(path)!), Is.EqualTo(files));
    }

    /// <summary>Returns the failure, and the run as far as it was acknowledged.</summary>
    private static LedgerFileException CommitUntilItFails(string path, FileTuning tuning, out TestRun acknowledged)
    {
        using var store = SqliteChainStore.Open(path, ChainSchema.Kind, tuning);
        var run = new TestRun(Seed);
        acknowledged = new TestRun(Seed);
        while (true)
        {
            try
            {
                store.Commit(run.Next());
            }
            catch (LedgerFileException failure)
            {
                // Reading goes on, writing does not.
                acknowledged.SkipTo(run.Commits - 1);
                acknowledged.AssertHeldBy(store);
                LedgerFileException again = Assert.Throws<LedgerFileException>(() => store.Commit(run.Next()));
                Assert.That(again.Message, Does.Contain(failure.Message));
                return failure;
            }
        }
    }

    private static void AssertReopens(string path, TestRun run)
    {
        using var store = SqliteChainStore.Open(path);
        run.AssertHeldBy(store);
    }

    private static void AssertGoesOn(string path, TestRun run)
    {
        run.Reopen();
        using (var store = SqliteChainStore.Open(path))
        {
            for (int i = 0; i < 50; i++) store.Commit(run.Next());
            run.AssertHeldBy(store);
        }

        AssertReopens(path, run);
    }
}
