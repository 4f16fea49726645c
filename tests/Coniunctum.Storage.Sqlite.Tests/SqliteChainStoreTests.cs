using System.Collections.Immutable;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Index;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests;

public sealed class SqliteChainStoreTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Commit_RandomBatchesAndReopenings_MatchTheStoreInMemory(int seed)
    {
        var random = new Random(seed);
        using var model = new MemoryChainStore();
        var store = SqliteChainStore.Open(_folder.Ledger);
        var plan = new RandomBatches(random, model);
        try
        {
            for (int step = 0; step < 150; step++)
            {
                var batches = new StoreBatch[random.Next(1, 4)];
                for (int i = 0; i < batches.Length; i++) model.Commit(batches[i] = plan.Next());
                store.Commit(batches);
                if (random.Next(10) == 0)
                {
                    store.Dispose();
                    store = SqliteChainStore.Open(_folder.Ledger);
                    plan.ForgetTheUnfinishedCheckpoint();
                }

                if (step % 5 == 4) AssertSame(store, model, plan.Known);
            }
        }
        finally
        {
            store.Dispose();
        }
    }

    [Test]
    public void Commit_WhatDoesNotFollow_WritesNothingOfAllBatchesAndGoesOn()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 3));
        Assert.That(() => store.Commit(TestBlocks.Batch(3, 2), TestBlocks.Batch(6, 1)), Throws.ArgumentException.With.Message.Contains("height 6"));
        Assert.That(() => store.Commit(TestBlocks.Slice(1, 0, isLast: false), TestBlocks.Slice(1, 2, isLast: true)), Throws.ArgumentException);
        Assert.That(() => store.Commit(new StoreBatch { PruneBodiesBelow = 1 }), Throws.ArgumentException);
        Assert.That(() => store.Commit(TestBlocks.Batch(3, 1), new StoreBatch { CutAbove = 4 }), Throws.ArgumentException.With.Message.Contains("height 4"));
        Assert.That(() => store.Commit(new StoreBatch { Connected = [TestBlocks.Block(3), TestBlocks.Block(5)] }), Throws.ArgumentException);
        Assert.That(store.Tip, Is.EqualTo(new StoredTip(TestBlocks.Id(2), 2)));
        Assert.That(store.FindHead(TestBlocks.Id(3)), Is.Null);

        store.Commit(TestBlocks.Batch(3, 2), TestBlocks.Slice(1, 0, isLast: false), TestBlocks.Slice(1, 1, isLast: true));
        Assert.That(store.Tip?.Height, Is.EqualTo(4));
        Assert.That(store.Checkpoint?.Height, Is.EqualTo(1));
    }

    [Test]
    public void Dispose_LeavesOneFile_ThatHoldsEverything()
    {
        var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 50));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "ledger.db", "ledger.db-owner", "ledger.db-wal" }));
        store.Dispose();
        store.Dispose();
        Assert.That(_folder.Names, Is.EqualTo(new[] { "ledger.db" }));
        Assert.That(() => store.Commit(TestBlocks.Batch(50, 1)), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => store.IdAt(0), Throws.InstanceOf<ObjectDisposedException>());

        File.Move(_folder.Ledger, _folder.File("copy"));
        using var copy = SqliteChainStore.Open(_folder.File("copy"));
        Assert.That(copy.Tip, Is.EqualTo(new StoredTip(TestBlocks.Id(49), 49)));
    }

    [Test]
    public void ReadCheckpoint_WhileTheNextOnesAreWritten_ReadsItsOwnToTheEnd()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 3));
        Write(store, 1, 5);
        List<byte[]> read = [];
        foreach (ReadOnlyMemory<byte> slice in store.ReadCheckpoint())
        {
            read.Add(slice.ToArray());
            Write(store, 2, 20);
        }

        Assert.That(read, Is.EqualTo(Enumerable.Range(0, 5).Select(i => TestBlocks.Slice(1, i, isLast: false).Slice!.Content.ToArray())));
        Assert.That(store.Checkpoint?.Height, Is.EqualTo(2));
    }

    [Test]
    public void Commit_ManyCheckpoints_UseTheirPagesAgain()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 1));
        for (int i = 0; i < 40; i++) Write(store, 0, 10, bytes: 50_000);

        // An unfinished one now and then, too.
        for (int i = 0; i < 20; i++)
        {
            store.Commit(TestBlocks.Slice(0, 0, isLast: false, bytes: 50_000));
            Write(store, 0, 10, bytes: 50_000);
        }

        store.Dispose();
        Assert.That(new FileInfo(_folder.Ledger).Length, Is.LessThan(4 * 10 * 50_000));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Reads_FromManyThreads_SeeEachCommitWholly(CancellationToken cancellation)
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 4));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int[] reads = new int[4];
        Task[] readers = [.. Enumerable.Range(0, reads.Length).Select(i => Task.Run(
            () =>
            {
                for (; !done.IsCancellationRequested; Interlocked.Increment(ref reads[i]))
                {
                    // Blocks 1 to 3 are always replaced together, those of one salt by those of the next.
                    StoredTip tip = store.Tip!.Value;
                    StoredHead head = store.FindHead(tip.Id)!;
                    Assert.That(head.Height, Is.EqualTo(3));
                    Assert.That(store.ReadBlock(tip.Id)!.Value.ToArray(), Is.EqualTo(TestBlocks.Bytes(tip.Id, 3, 200).ToArray()));
                    Assert.That(store.IdAt(3), Is.Not.Null);
                }
            },
            CancellationToken.None))];
        for (uint salt = 1; !readers.Any(reader => reader.IsCompleted) && (salt < 200 || reads.Any(count => count < 10)); salt++) store.Commit(TestBlocks.Batch(1, 3, salt));
        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Test]
    public void Open_AnOlderVersion_MovesItForward_AndTheNextOneRefusesTheFuture()
    {
        FileKind next = ChainSchema.Kind with { Steps = [.. ChainSchema.Kind.Steps, new("ALTER TABLE heads ADD COLUMN note TEXT; CREATE TABLE notes (a INTEGER PRIMARY KEY)")] };
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 10));
        using (var newer = SqliteChainStore.Open(_folder.Ledger, next, new FileTuning()))
        {
            Assert.That(newer.Tip?.Height, Is.EqualTo(9));
            newer.Commit(TestBlocks.Batch(10, 1));
        }

        byte[] before = File.ReadAllBytes(_folder.Ledger);
        LedgerFileException refusal = Refusal(_folder.Ledger, LedgerFileFault.FutureVersion);
        Assert.That(refusal.Message, Does.Contain(Invariant($"version {next.Version}")).And.Contain(Invariant($"up to {ChainSchema.Kind.Version}")));
        Assert.That(File.ReadAllBytes(_folder.Ledger), Is.EqualTo(before));
        using var again = SqliteChainStore.Open(_folder.Ledger, next, new FileTuning());
        Assert.That(again.Tip?.Height, Is.EqualTo(10));
    }

    [Test]
    public void Open_AMigrationThatFails_LeavesTheOldVersion()
    {
        FileKind broken = ChainSchema.Kind with { Steps = [.. ChainSchema.Kind.Steps, new("CREATE TABLE extra (a INTEGER); CREATE TABLE heads (a INTEGER)")] };
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 10));
        Assert.That(() => SqliteChainStore.Open(_folder.Ledger, broken, new FileTuning()), Throws.InstanceOf<LedgerFileException>());
        using var old = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(old.Tip?.Height, Is.EqualTo(9));
    }

    [Test]
    public void Open_ALedger_FlushesEachCommit_AndAnIndexDoesNot()
    {
        // sqlite.org/pragma.html: 2 is FULL, 1 NORMAL. Under NORMAL a power cut takes the newest commits back.
        using (var file = LedgerFile.Open(_folder.Ledger, ChainSchema.Kind, new FileTuning())) Assert.That(file.Database.Number("PRAGMA synchronous"), Is.EqualTo(2));
        using var index = LedgerFile.Open(_folder.File("index"), IndexSchema.Kind, new FileTuning());
        Assert.That(index.Database.Number("PRAGMA synchronous"), Is.EqualTo(1));
    }

    [Test]
    public void Open_WithTwoOpeners_TellsTheSecondWho()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 10));
        Assert.That(Refusal(_folder.Ledger, LedgerFileFault.InUse).Message, Does.Contain("this process"));
        store.Commit(TestBlocks.Batch(10, 1));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Open_WhatAnotherProcessHas_TellsWhich(CancellationToken cancellation)
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 10));
        using var child = ChildProgram.Start("hold", _folder.Ledger);
        Assert.That(await child.StandardOutput.ReadLineAsync(cancellation), Is.EqualTo(ChildProgram.Ready));
        Assert.That(Refusal(_folder.Ledger, LedgerFileFault.InUse).Message, Does.Contain(Invariant($"process {child.Id} ")));

        // When it is gone without a word, its note stays and means nothing.
        child.Kill();
        await child.WaitForExitAsync(cancellation);
        Assert.That(_folder.Names, Does.Contain("ledger.db-owner"));
        using var next = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(next.Tip?.Height, Is.EqualTo(9));
    }

    [Test]
    public void Open_WhatIsNoLedger_SaysWhatItIs_AndLeavesItAlone()
    {
        File.WriteAllText(_folder.File("text"), "This is a letter, not a ledger.");
        TestFolder.Execute(_folder.File("other"), "CREATE TABLE a (b); PRAGMA user_version = 1");
        Directory.CreateDirectory(_folder.File("folder"));
        byte[] text = File.ReadAllBytes(_folder.File("text"));
        byte[] other = File.ReadAllBytes(_folder.File("other"));

        Assert.That(Refusal(_folder.File("text"), LedgerFileFault.NoLedger).Message, Does.Contain("not even a SQLite file"));
        Assert.That(Refusal(_folder.File("other"), LedgerFileFault.NoLedger).Message, Does.Contain("a SQLite file, but no ledger"));
        Assert.That(Refusal(_folder.File("folder"), LedgerFileFault.CannotOpen).Message, Does.Contain("is a folder"));
        Assert.That(Refusal(_folder.File("missing/ledger.db"), LedgerFileFault.CannotOpen).Message, Does.Contain("no folder"));
        Assert.That(File.ReadAllBytes(_folder.File("text")), Is.EqualTo(text));
        Assert.That(File.ReadAllBytes(_folder.File("other")), Is.EqualTo(other));
    }

    [TestCase("DROP TABLE undo")]
    [TestCase("CREATE TRIGGER t AFTER INSERT ON heads BEGIN DELETE FROM best; END")]
    public void Open_WhoseTablesWereChanged_SaysSo(string sql)
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 10));
        TestFolder.Execute(_folder.Ledger, sql);
        Assert.That(Refusal(_folder.Ledger, LedgerFileFault.Damaged).Message, Does.Contain(Invariant($"tables of version {ChainSchema.Kind.Version}")));
    }

    [Test]
    public void Open_AnEmptyFile_IsANewLedger()
    {
        File.WriteAllBytes(_folder.Ledger, []);
        using var store = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(store.Tip, Is.Null);
        Assert.That(store.Checkpoint, Is.Null);
        Assert.That(store.IdAt(0), Is.Null);
        Assert.That(store.IdAt(ulong.MaxValue), Is.Null);
        Assert.That(() => store.ReadCheckpoint(), Throws.InvalidOperationException);
    }

    [Test]
    public void Commit_PruneWhenTheCheckpointsBlockHasLeftTheBestChain_IsRefused()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 10), TestBlocks.Slice(8, 0, isLast: true));
        store.Commit(TestBlocks.Batch(5, 10, salt: 1));
        Assert.That(() => store.Commit(new StoreBatch { PruneUndoBelow = 8 }), Throws.ArgumentException);

        store.Commit(TestBlocks.Batch(5, 10), new StoreBatch { PruneUndoBelow = 8 });
        Assert.That((store.ReadUndo(TestBlocks.Id(7)), store.ReadUndo(TestBlocks.Id(8)) is null), Is.EqualTo(((ReadOnlyMemory<byte>?)null, false)));
    }

    [Test]
    public void Commit_Prune_CountsAtOnce_AndFreesSomeRowsWithEachCommit()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            store.Commit(TestBlocks.Batch(0, 100));
            store.Commit(TestBlocks.Slice(90, 0, isLast: true), new StoreBatch { PruneBodiesBelow = 50, PruneUndoBelow = 80 });
            Assert.That(Bodies(store), Is.GreaterThan(60).And.LessThan(100));
            Assert.That(store.ReadBlock(TestBlocks.Id(49)), Is.Null);
            Assert.That(store.ReadUndo(TestBlocks.Id(79)), Is.Null);
            Assert.That(store.ReadBlock(TestBlocks.Id(50)), Is.Not.Null);
            Assert.That(store.ReadBlock(TestBlocks.Id(0)), Is.Not.Null);
        }

        using var again = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(again.ReadBlock(TestBlocks.Id(49)), Is.Null);
        for (ulong height = 100; height < 120; height++) again.Commit(TestBlocks.Batch(height, 1));
        Assert.That(Bodies(again), Is.EqualTo(120 - 49));

        static long Bodies(SqliteChainStore store) => store.Measure().Tables.Single(table => table.Kind == RowKind.Body).Rows;
    }

    [Test]
    public void Reads_OfDamagedRows_NameThem()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            store.Commit(TestBlocks.Batch(0, 10), new StoreBatch { Records = [new StoreBatch.Record("pool", new byte[] { 1, 2, 3 })] });
            store.Commit(TestBlocks.Slice(5, 0, isLast: true));
        }

        using (var tampering = new Tampering(_folder.Ledger))
        {
            var random = new Random(1);
            tampering.Flip("bodies", "row", $"{3L << 24}", "content", random);
            tampering.Flip("undo", "row", $"{4L << 24}", "content", random);
            tampering.Flip("heads", "row", $"{5L << 24}", "header", random);
            tampering.Flip("best", "height", "6", "row", random);
            tampering.Flip("records", "key", "'pool'", "content", random);
            tampering.Flip("slices", "row", "0", "content", random);
        }

        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            Assert.That(() => store.ReadBlock(TestBlocks.Id(3)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("height 3"));
            Assert.That(() => store.ReadUndo(TestBlocks.Id(4)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("height 4"));
            Assert.That(() => store.FindHead(TestBlocks.Id(5)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("height 5"));
            Assert.That(() => store.IdAt(6), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("height 6"));
            Assert.That(() => store.ReadRecord("pool"), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("pool"));
            Assert.That(() => store.ReadCheckpoint().Count(), Throws.InstanceOf<InvalidDataException>());
            Assert.That(store.ReadBlock(TestBlocks.Id(7))!.Value.Length, Is.EqualTo(200));
        }

        // Without its tip it is not known where the chain ends.
        using (var tampering = new Tampering(_folder.Ledger)) tampering.Flip("heads", "row", $"{9L << 24}", "header", new Random(1));
        Assert.That(Refusal(_folder.Ledger, LedgerFileFault.Damaged).Message, Does.Contain("header at height 9"));
    }

    [Test]
    public void ReadHeads_ARange_IsTheBestChainsInRisingHeightWithinItsBounds()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(store.ReadHeads(0, 10), Is.Empty);
        store.Commit(TestBlocks.Batch(0, 2100));
        store.Commit(TestBlocks.Batch(1000, 1000, salt: 1));
        Assert.That(store.ReadHeads(990, 20).Select(head => head.Id), Is.EqualTo(Enumerable.Range(990, 20).Select(height => TestBlocks.Id((ulong)height, height < 1000 ? 0u : 1u))));
        Assert.That(store.ReadHeads(1990, 100).Select(head => head.Height), Is.EqualTo(Enumerable.Range(1990, 10)));
        Assert.That(store.ReadHeads(0, int.MaxValue), Has.Length.EqualTo(2000));
        Assert.That((store.ReadHeads(2000, 1).Length, store.ReadHeads(ulong.MaxValue, 1).Length), Is.EqualTo((0, 0)));
        Assert.That(() => store.ReadHeads(0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void ReadHeads_OfLargeCertificates_EndsBehindTwoMebibytes()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        using var memory = new MemoryChainStore();
        StoreBatch batch = TestBlocks.Batch(0, 40);
        batch = batch with { Connected = [.. batch.Connected.Select(block => block with { Head = block.Head with { Header = new byte[65_536], RuleState = default } })] };
        store.Commit(batch);
        memory.Commit(batch);
        Assert.That((store.ReadHeads(0, 40).Length, memory.ReadHeads(0, 40).Length), Is.EqualTo((32, 32)));
        Assert.That((store.ReadHeads(32, 40).Length, memory.ReadHeads(32, 40).Length), Is.EqualTo((8, 8)));
    }

    [Test]
    public void ReadHeads_OverADamagedOrMissingRow_SaysWhere()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger)) store.Commit(TestBlocks.Batch(0, 20));
        using (var tampering = new Tampering(_folder.Ledger))
        {
            tampering.Execute("UPDATE heads SET rule = x'00' WHERE row >> 24 = 5; DELETE FROM heads WHERE row >> 24 = 8");
            tampering.Execute("UPDATE best SET row = row + 1 WHERE height = 11; DELETE FROM best WHERE height = 14");
        }

        using var damaged = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(damaged.ReadHeads(0, 5), Has.Length.EqualTo(5));
        foreach (ulong height in (ulong[])[5, 8, 11, 14])
            Assert.That(() => damaged.ReadHeads(height - 1, 3), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(Invariant($"height {height} is")));
        Assert.That(damaged.ReadHeads(15, 10), Has.Length.EqualTo(5));
    }

    [Test]
    public void Shrink_AfterPruning_GivesTheRoomBack_WhileCommitsGoOn()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        store.Commit(TestBlocks.Batch(0, 600, bytes: 20_000));
        store.Commit(TestBlocks.Slice(590, 0, isLast: true), new StoreBatch { PruneBodiesBelow = 590, PruneUndoBelow = 580 });
        StoreStatistics before = store.Measure();
        Assert.That((before.BodiesPrunedBelow, before.UndoPrunedBelow), Is.EqualTo((590, 580)));
        List<StoreProgress> reports = [];
        store.Shrink(new Listener(report =>
        {
            reports.Add(report);
            store.Commit(TestBlocks.Batch(599 + (ulong)reports.Count, 1));
        }));

        StoreStatistics after = store.Measure();
        Assert.That(reports, Has.Count.GreaterThan(3));
        Assert.That((after.FreeBytes, after.WalBytes), Is.EqualTo((0, 0)));
        Assert.That(before.FileBytes + before.WalBytes, Is.GreaterThan(18_000_000));
        Assert.That(after.FileBytes, Is.LessThan(4_000_000));
        Assert.That(after.Tables.Single(table => table.Kind == RowKind.Body), Is.EqualTo(new StoreStatistics.Table(RowKind.Body, 11 + reports.Count, (11 * 20_000) + (reports.Count * 200))));
        Assert.That(store.ReadBlock(TestBlocks.Id(595))!.Value.Length, Is.EqualTo(20_000));
        Assert.That(store.Tip?.Height, Is.EqualTo(599 + (ulong)reports.Count));
    }

    private static LedgerFileException Refusal(string path, LedgerFileFault fault)
    {
        LedgerFileException refusal = Assert.Throws<LedgerFileException>(() => SqliteChainStore.Open(path).Dispose());
        Assert.That(refusal.Fault, Is.EqualTo(fault), refusal.Message);
        Assert.That(refusal.Message, Does.Contain(path));
        return refusal;
    }

    private static void Write(SqliteChainStore store, ulong height, int slices, int bytes = 1000)
    {
        for (int i = 0; i < slices; i++) store.Commit(TestBlocks.Slice(height, i, isLast: i == slices - 1, bytes: bytes));
    }

    private static void AssertSame(IChainReader store, MemoryChainStore model, IEnumerable<BlockId> known)
    {
        Assert.That(store.Tip, Is.EqualTo(model.Tip));
        Assert.That(store.Checkpoint, Is.EqualTo(model.Checkpoint));
        Assert.That(store.ReadSides(3, 80).Select(side => (side.Id, side.Arrival, side.Fault)), Is.EqualTo(model.ReadSides(3, 80).Select(side => (side.Id, side.Arrival, side.Fault))));
        for (ulong height = 0; height <= (model.Tip?.Height + 2 ?? 0); height++) Assert.That(store.IdAt(height), Is.EqualTo(model.IdAt(height)));
        for (ulong height = 0; height <= (model.Tip?.Height + 2 ?? 0); height++) Assert.That(Bytes(store.ReadSummits(height)), Is.EqualTo(Bytes(model.ReadSummits(height))));
        ulong from = model.Tip?.Height / 2 ?? 0;
        Assert.That(store.ReadHeads(from, 100).Select(Describe), Is.EqualTo(model.ReadHeads(from, 100).Select(Describe)));
        foreach (BlockId id in known)
        {
            Assert.That(Bytes(store.ReadBlock(id)), Is.EqualTo(Bytes(model.ReadBlock(id))));
            Assert.That(Bytes(store.ReadUndo(id)), Is.EqualTo(Bytes(model.ReadUndo(id))));
            StoredHead? head = store.FindHead(id);
            StoredHead? expected = model.FindHead(id);
            Assert.That(head is null, Is.EqualTo(expected is null));
            if (head is null || expected is null) continue;
            Assert.That(Bytes(head.Header), Is.EqualTo(Bytes(expected.Header)));
            Assert.That(Bytes(head.RuleState), Is.EqualTo(Bytes(expected.RuleState)));
            Assert.That((head.Height, head.ChainWeight), Is.EqualTo((expected.Height, expected.ChainWeight)));
        }

        if (model.Checkpoint is not null)
            Assert.That(store.ReadCheckpoint().Select(slice => Bytes(slice)), Is.EqualTo(model.ReadCheckpoint().Select(slice => Bytes(slice))));
        for (int i = 0; i < RandomBatches.Records; i++) Assert.That(Bytes(store.ReadRecord(Invariant($"record {i}"))), Is.EqualTo(Bytes(model.ReadRecord(Invariant($"record {i}")))));

        static string Describe(StoredHead head) => Invariant($"{head.Id} {head.Height} {head.ChainWeight} {Bytes(head.Header)} {Bytes(head.RuleState)}");

        // Compared as checksums: NUnit takes its time with arrays.
        static ulong? Bytes(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? XxHash64.Compute(some.Span, (ulong)some.Length) : null;
    }

    private sealed class Listener(Action<StoreProgress> hear) : IProgress<StoreProgress>
    {
        public void Report(StoreProgress value) => hear(value);
    }

    /// <summary>Draws batches that follow what a store holds: longer chains, other branches and old ones again, slices, pruning.</summary>
    private sealed class RandomBatches(Random random, IChainReader model)
    {
        public const int Records = 4;

        private readonly Dictionary<BlockId, uint> _salts = [];
        private int _nextSlice;
        private StoredTip _sliceBlock;
        private ulong _tip;
        private long _arrivals;

        public IEnumerable<BlockId> Known => _salts.Keys;

        public void ForgetTheUnfinishedCheckpoint() => _nextSlice = 0;

        public StoreBatch Next()
        {
            bool isEmpty = _salts.Count == 0;
            ulong? cut = !isEmpty && random.Next(10) == 0 ? _tip = _tip - Math.Min(_tip, (ulong)random.Next(5)) : null;
            var batch = new StoreBatch { CutAbove = cut, Connected = isEmpty || random.Next(4) > 0 ? Blocks(isEmpty) : [] };
            if (random.Next(3) == 0) batch = batch with { Records = [new StoreBatch.Record(Invariant($"record {random.Next(Records)}"), TestBlocks.Bytes(default, random.Next(), random.Next(50)))] };
            if (random.Next(2) == 0) batch = batch with { Slice = Slice() };
            if (random.Next(3) == 0) batch = batch with { Sides = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => TestBlocks.Side((ulong)random.Next(90), (uint)random.Next(3), _arrivals++))] };
            if (random.Next(5) == 0) batch = batch with { RemovedSides = [.. Enumerable.Range(0, 20).Select(i => new StoreBatch.SideKey(TestBlocks.Id((ulong)i * 4, (uint)i % 3), (ulong)i * 4))] };
            if (random.Next(20) == 0) batch = batch with { PruneSidesBelow = (ulong)random.Next(30) };
            if (random.Next(8) == 0 && model.Checkpoint is { } checkpoint && IsStillBest(checkpoint, batch.Connected))
                batch = batch with { PruneUndoBelow = (ulong)random.Next((int)checkpoint.Height + 1), PruneBodiesBelow = (ulong)random.Next((int)checkpoint.Height + 1) };

            // Pruning looks at the checkpoint before the batch, so that it does not come with the last slice of a lower one.
            return batch.Slice is { IsLast: true } ? batch with { PruneUndoBelow = null, PruneBodiesBelow = null } : batch;
        }

        private bool IsStillBest(StoredTip checkpoint, ImmutableArray<StoredBlock> connected) =>
            model.IdAt(checkpoint.Height) == checkpoint.Id && (connected.IsEmpty || connected[0].Head.Height > checkpoint.Height);

        private ImmutableArray<StoredBlock> Blocks(bool isEmpty)
        {
            ulong first = isEmpty ? 0 : random.Next(3) > 0 ? _tip + 1 : Math.Max(1, _tip - Math.Min(_tip, (ulong)random.Next(5)));
            uint salt = (uint)random.Next(4);
            StoredBlock[] blocks = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i => TestBlocks.Block(first + (ulong)i, salt, random.Next(1, 9000)))];
            foreach (StoredBlock block in blocks) _salts[block.Head.Id] = salt;
            _tip = blocks[^1].Head.Height;
            return [.. blocks];
        }

        private CheckpointSlice Slice()
        {
            // The model does not have the batch yet, and the last few blocks of one may go with a reorganization.
            if (_nextSlice == 0) _sliceBlock = model.Tip is { } tip ? At((ulong)random.Next((int)tip.Height + 1)) : new StoredTip(TestBlocks.Id(0), 0);
            bool isLast = random.Next(3) == 0;
            var slice = new CheckpointSlice(
                _sliceBlock.Id, _sliceBlock.Height, _nextSlice, TestBlocks.Bytes(_sliceBlock.Id, 100 + _nextSlice, random.Next(1, 20_000)), isLast);
            _nextSlice = isLast || random.Next(10) == 0 ? 0 : _nextSlice + 1;
            return slice;
        }

        private StoredTip At(ulong height) => new(model.IdAt(height)!.Value, height);
    }
}
