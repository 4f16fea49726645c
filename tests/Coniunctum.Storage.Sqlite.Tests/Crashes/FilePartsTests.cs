using System.Buffers.Binary;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Tests.Support;
using Coniunctum.Storage.Sqlite.Verification;

namespace Coniunctum.Storage.Sqlite.Tests.Crashes;

/// <summary>Copies, backups and leftovers: files beside each other that are not the parts of one whole.</summary>
public sealed class FilePartsTests
{
    private const int Seed = 71;

    private TestFolder _folder = null!;

    private string Wal => _folder.Ledger + "-wal";

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void Open_ACopyWithoutItsWal_SaysSo_AndBeginsNothing()
    {
        byte[] file;
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            for (ulong height = 0; height < 30; height++) store.Commit(TestBlocks.Batch(height, 1));
            file = File.ReadAllBytes(_folder.Ledger);
        }

        string copy = _folder.File("copy.db");
        File.WriteAllBytes(copy, file);
        foreach (Action open in (Action[])
            [() => SqliteChainStore.Open(copy), () => SqliteChainStore.OpenToRead(copy), () => StoreVerification.Run(copy)])
        {
            LedgerFileException refusal = Assert.Throws<LedgerFileException>(() => open())!;
            Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.MissingPart));
            Assert.That(refusal.Message, Does.Contain("was not closed cleanly, and its -wal is missing"));
            Assert.That(File.ReadAllBytes(copy), Is.EqualTo(file));
            Assert.That(_folder.Names, Is.EqualTo(new[] { "copy.db", "ledger.db" }));
        }

        // Whoever has lost it for good can go on with the rest, when he says so.
        StoreReport report = StoreVerification.Run(copy, new StoreCheck { Repair = true });
        Assert.That((report.Damages.Single().Kind, report.IsRepaired), Is.EqualTo((RowKind.Mark, true)));
        Assert.That(StoreVerification.Run(copy).IsValid, Is.True);
    }

    [Test]
    public void Open_ACopyThatWasMadeBeforeTheFirstCommit_IsWhole()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 5));
        using (SqliteChainStore.Open(_folder.Ledger)) File.Copy(_folder.Ledger, _folder.File("copy.db"));
        using var copy = SqliteChainStore.Open(_folder.File("copy.db"));
        Assert.That(copy.Tip?.Height, Is.EqualTo(4));
    }

    [Test]
    public void Open_WhatAKilledProcessOfAnOlderVersionHasBegun_NeedsItsWal()
    {
        // One page in WAL mode: that was all of the file until the WAL was moved the first time.
        TestFolder.Execute(_folder.Ledger, "PRAGMA auto_vacuum = 2; PRAGMA journal_mode = WAL");
        Assert.That(new FileInfo(_folder.Ledger).Length, Is.EqualTo(4096));
        Assert.That(Refusal().Fault, Is.EqualTo(LedgerFileFault.MissingPart));

        // Killed before anything was committed, it is still empty.
        File.WriteAllBytes(Wal, []);
        using var store = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(store.Tip, Is.Null);
    }

    [Test]
    public void Open_AWalWithoutItsFile_IsRefused_AndTheWalStays([Values] bool isEmpty)
    {
        (byte[] _, byte[] wal) = Crash(_folder.Ledger, 10);
        File.Delete(_folder.Ledger);
        if (isEmpty) File.WriteAllBytes(_folder.Ledger, []);
        Assert.That(Refusal().Fault, Is.EqualTo(LedgerFileFault.MissingPart));
        Assert.That(File.ReadAllBytes(Wal), Is.EqualTo(wal));
    }

    [Test]
    public void Open_WithTheWalOfAnother_IsRefused_AndBothStay([Values] bool isClosed)
    {
        // Alike in every page number.
        (byte[] file, _) = Crash(_folder.Ledger, 10);
        (byte[] _, byte[] wal) = Crash(_folder.File("other.db"), 12);
        if (isClosed)
        {
            SqliteChainStore.Open(_folder.Ledger).Dispose();
            file = File.ReadAllBytes(_folder.Ledger);
        }

        File.WriteAllBytes(Wal, wal);
        AssertForeign(file, wal);
    }

    [Test]
    public void Open_AnOlderFileWithANewerWal_IsRefused_AndBothStay()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 10));
        byte[] backup = File.ReadAllBytes(_folder.Ledger);
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(10, 10));
        (byte[] _, byte[] wal) = Crash(_folder.Ledger, 10, from: 20);
        File.WriteAllBytes(_folder.Ledger, backup);
        File.WriteAllBytes(Wal, wal);
        AssertForeign(backup, wal);
    }

    [Test]
    public void Open_AFileAndAWalThatWereCopiedAroundAMove_IsRefused()
    {
        using var store = SqliteChainStore.Open(_folder.File("run.db"), ChainSchema.Kind, new FileTuning { MaxWalBytes = 100_000 });
        ulong height = 0;
        store.Commit(TestBlocks.Batch(height++, 1));
        byte[] file = File.ReadAllBytes(_folder.File("run.db"));
        for (int moves = 0; moves < 2; store.Commit(TestBlocks.Batch(height++, 1)))
        {
            if (new FileInfo(_folder.File("run.db-wal")).Length == 0) moves++;
        }

        byte[] wal = File.ReadAllBytes(_folder.File("run.db-wal"));
        Assert.That(wal, Is.Not.Empty);
        File.WriteAllBytes(_folder.Ledger, file);
        File.WriteAllBytes(Wal, wal);
        AssertForeign(file, wal);
    }

    [Test]
    public void Open_WithTheWalOfSomethingElse_IsRefused()
    {
        string other = _folder.File("other.db");
        TestFolder.Execute(other, "PRAGMA journal_mode = WAL; CREATE TABLE a (b)");
        using (var writer = new Tampering(other))
        {
            writer.Execute("PRAGMA locking_mode = EXCLUSIVE; INSERT INTO a VALUES (1)");
            File.Copy(other + "-wal", Wal);
        }

        byte[] wal = File.ReadAllBytes(Wal);
        using (var store = SqliteChainStore.Open(_folder.File("mine.db"))) store.Commit(TestBlocks.Batch(0, 10));
        File.Move(_folder.File("mine.db"), _folder.Ledger);
        AssertForeign(File.ReadAllBytes(_folder.Ledger), wal);
    }

    [Test]
    public void Open_AFileThatIsCutOff_SaysHowMuchIsMissing([Values(0, 1, 4096, 20_000)] int missing)
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 100));
        byte[] file = File.ReadAllBytes(_folder.Ledger);
        File.WriteAllBytes(_folder.Ledger, file[..^missing]);
        if (missing == 0)
        {
            SqliteChainStore.Open(_folder.Ledger).Dispose();
            return;
        }

        LedgerFileException refusal = Refusal();
        Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.Damaged));
        if (OperatingSystem.IsLinux()) Assert.That(refusal.Message, Does.Contain(Invariant($"it has {file.Length - missing} of {file.Length} bytes")));
    }

    [Test]
    public void Open_AfterACrashAtAnyMomentOfASession_HoldsWhatWasCommitted()
    {
        // The two files after each step, from a new one through two sessions: what a kill at that moment leaves.
        List<(byte[] File, byte[]? Wal, int Commits)> images = [];
        var run = new TestRun(Seed) { MaxBlockBytes = 2_000 };
        for (int session = 0; session < 3; session++)
        {
            using (var store = SqliteChainStore.Open(_folder.Ledger, ChainSchema.Kind, new FileTuning { MaxWalBytes = 60_000 }))
            {
                Take();
                for (int i = 0; i < 12; i++)
                {
                    store.Commit(run.Next());
                    Take();
                }
            }

            Take();
            run.Reopen();
        }

        foreach ((byte[] file, byte[]? wal, int commits) in images)
        {
            string path = _folder.File("image.db");
            File.WriteAllBytes(path, file);
            File.Delete(path + "-wal");
            if (wal is not null) File.WriteAllBytes(path + "-wal", wal);
            using (var reader = SqliteChainStore.OpenToRead(path)) Assert.That(run.CommitOf(reader), Is.EqualTo(commits - 1));
            using var store = SqliteChainStore.Open(path);
            Assert.That(run.CommitOf(store), Is.EqualTo(commits - 1));
        }

        void Take() => images.Add((File.ReadAllBytes(_folder.Ledger), File.Exists(Wal) ? File.ReadAllBytes(Wal) : null, run.Commits));
    }

    [Test]
    public void Open_AFileOfTheVersionBefore_ClosedOrKilled_GoesOn([Values] bool isKilled)
    {
        MakeOldFile(isKilled);
        using (var reader = SqliteChainStore.OpenToRead(_folder.Ledger)) Assert.That(reader.Tip?.Height, Is.EqualTo(9));

        // Reading has taken in what a crash had left, and has made the file one of this version.
        if (isKilled) MakeOldFile(isKilled);
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            Assert.That(store.Tip?.Height, Is.EqualTo(9));
            Assert.That(store.ReadRecord("old")?.Length, Is.EqualTo(isKilled ? 3 : null));
            store.Commit(TestBlocks.Batch(10, 1));
        }

        using var again = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(again.Tip?.Height, Is.EqualTo(10));
        Assert.That(StoreVersion(), Is.EqualTo(ChainSchema.Kind.Version));
    }

    [Test]
    public void Open_AFileOfTheVersionBeforeWithTheWalOfANewerOne_IsRefused()
    {
        (byte[] _, byte[] wal) = Crash(_folder.File("other.db"), 20);
        MakeOldFile(isKilled: false);
        File.WriteAllBytes(Wal, wal);
        byte[] file = File.ReadAllBytes(_folder.Ledger);

        // The old file has nothing by which it knows its WAL; what the two make together makes no sense here. A WAL of fewer commits
        // may: then it opens, as what lies in the WAL.
        Assert.That(Refusal().Fault, Is.AnyOf(LedgerFileFault.ForeignPart, LedgerFileFault.Damaged));
        Assert.That(File.ReadAllBytes(_folder.Ledger), Is.EqualTo(file));
        Assert.That(File.ReadAllBytes(Wal), Is.EqualTo(wal));
    }

    [Test]
    public void OpenIndex_WithoutOrWithTheWalOfAnother_IsMadeAnew([Values] bool isForeign)
    {
        string path = SqliteChainIndex.PathFor(_folder.Ledger), other = _folder.File("other.index.db");
        var ledger = new TestLedger(Seed);
        var genesis = ledger.Next(null, 3);
        byte[] file;
        using (var index = SqliteChainIndex.Open(path, TestLedger.Chain))
        {
            index.Connect(genesis);
            index.Flush();
            file = File.ReadAllBytes(path);
        }

        using (var index = SqliteChainIndex.Open(other, TestLedger.Chain))
        {
            index.Connect(genesis);
            index.Flush();
            if (isForeign) File.Copy(other + "-wal", path + "-wal");
        }

        if (!isForeign) File.WriteAllBytes(path, file);
        using var anew = SqliteChainIndex.Open(path, TestLedger.Chain);
        Assert.That(anew.Tip, Is.Null);
    }

    /// <summary>A store's two files as a kill leaves them.</summary>
    private static (byte[] File, byte[] Wal) Crash(string path, int blocks, ulong from = 0)
    {
        byte[] file, wal;
        using (var store = SqliteChainStore.Open(path))
        {
            for (int i = 0; i < blocks; i++) store.Commit(TestBlocks.Batch(from + (ulong)i, 1));
            file = File.ReadAllBytes(path);
            wal = File.ReadAllBytes(path + "-wal");
        }

        File.WriteAllBytes(path, file);
        File.WriteAllBytes(path + "-wal", wal);
        return (file, wal);
    }

    /// <summary>A file without a mark, and what a process of that version left in its WAL.</summary>
    private void MakeOldFile(bool isKilled)
    {
        foreach (string old in Directory.GetFiles(_folder.Path, "ledger*")) File.Delete(old);
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 10), new StoreBatch { Records = [new("old", new byte[] { 1, 2, 3 })] });
        using (var writer = new Tampering(_folder.Ledger))
        {
            writer.Execute("DROP TABLE mark; DROP TABLE summits; DROP TABLE sides; PRAGMA incremental_vacuum; PRAGMA user_version = 1; PRAGMA wal_checkpoint(TRUNCATE)");
            writer.Execute("CREATE TEMP TABLE kept AS SELECT * FROM records; DELETE FROM records; PRAGMA wal_checkpoint(TRUNCATE)");
        }

        if (!isKilled) return;
        byte[] file, wal;
        using (var writer = new Tampering(_folder.Ledger))
        {
            // What the first version would have written: a record with its checksum.
            var checksum = new RowChecksum(RowKind.Record, 0);
            checksum.Add("old");
            checksum.Add([1, 2, 3]);
            writer.Execute(Invariant($"INSERT INTO records VALUES ('old', x'010203', {unchecked((long)checksum.Value)})"));
            file = File.ReadAllBytes(_folder.Ledger);
            wal = File.ReadAllBytes(Wal);
        }

        File.WriteAllBytes(_folder.Ledger, file);
        File.WriteAllBytes(Wal, wal);
    }

    private int StoreVersion() => BinaryPrimitives.ReadInt32BigEndian(File.ReadAllBytes(_folder.Ledger).AsSpan(60));

    private void AssertForeign(byte[] file, byte[] wal)
    {
        LedgerFileException refusal = Refusal();
        Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.ForeignPart), refusal.Message);
        Assert.That(refusal.Message, Does.Contain("does not belong to the ledger"));
        Assert.That(File.ReadAllBytes(_folder.Ledger), Is.EqualTo(file));
        Assert.That(File.ReadAllBytes(Wal), Is.EqualTo(wal));
        Assert.That(Assert.Throws<LedgerFileException>(() => SqliteChainStore.OpenToRead(_folder.Ledger)).Fault, Is.EqualTo(LedgerFileFault.ForeignPart));
    }

    private LedgerFileException Refusal() => Assert.Throws<LedgerFileException>(() => SqliteChainStore.Open(_folder.Ledger))!;
}
