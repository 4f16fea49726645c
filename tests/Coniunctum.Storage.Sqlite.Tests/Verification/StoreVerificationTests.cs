using System.Globalization;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Tests.Support;
using Coniunctum.Storage.Sqlite.Verification;

namespace Coniunctum.Storage.Sqlite.Tests.Verification;

[Category("Long")]
public sealed class StoreVerificationTests
{
    private const int Seed = 51;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";
    private static readonly int s_flipsPerColumn = s_isLong ? 100 : 4;
    private static readonly int s_flipsInTheFile = s_isLong ? 5000 : 150;

    // Every column of every table, and the kind of row that it belongs to.
    private static readonly (string Table, string Key, string[] Columns, RowKind Kind)[] s_tables =
    [
        ("heads", "row", ["id", "header", "rule", "weight", "body_bytes", "undo_bytes", "checksum"], RowKind.Head),
        ("best", "height", ["row", "checksum"], RowKind.Best),
        ("bodies", "row", ["content", "checksum"], RowKind.Body),
        ("undo", "row", ["content", "checksum"], RowKind.Undo),
        ("summits", "row", ["content", "checksum"], RowKind.Summits),
        ("sides", "row", ["id", "header", "arrival", "fault", "checksum"], RowKind.Side),
        ("slices", "row", ["content", "checksum"], RowKind.Slice),
        ("checkpoint", "one", ["id", "height", "first_slice", "slices", "checksum"], RowKind.Checkpoint),
        ("pruned", "kind", ["below", "checksum"], RowKind.Pruned),
        ("records", "key", ["content", "checksum"], RowKind.Record),
        ("mark", "one", ["id", "previous", "is_open", "checksum"], RowKind.Mark),
    ];

    private TestFolder _folder = null!;
    private TestRun _run = null!;
    private byte[] _sound = null!;

    public static IEnumerable<RowKind> Kinds => s_tables.Select(table => table.Kind);

    [SetUp]
    public void MakeALedger()
    {
        _folder = new TestFolder();
        _run = new TestRun(Seed);
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            // Pruned, and with a checkpoint.
            while (_run.Commits < 80 || store.Checkpoint is null || !_run.IsPruned) store.Commit(_run.Next());
            store.Commit(new StoreBatch { Sides = [.. Enumerable.Range(0, 12).Select(i => TestBlocks.Side(20 + ((ulong)i / 3), 77 + (uint)i, i))] });
        }

        _sound = File.ReadAllBytes(_folder.Ledger);
    }

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void Tables_AreAllFlipped() => Assert.That(Kinds, Is.EquivalentTo(Enum.GetValues<RowKind>().Where(kind => kind is (> RowKind.None and < RowKind.IndexBlock) or RowKind.Mark or RowKind.Summits or RowKind.Side)));

    [Test]
    public void Run_SoundFile_FindsNothing()
    {
        var progress = new List<StoreProgress>();
        StoreReport report = StoreVerification.Run(_folder.Ledger, progress: new Listener(progress));
        Assert.That(report.Damages, Is.Empty);
        Assert.That(report.IsValid, Is.True);
        Assert.That(report.IsRepaired, Is.False);
        Assert.That(report.Rows, Is.GreaterThan(200));
        Assert.That(progress[^1].Done, Is.EqualTo(progress[^1].Total).And.GreaterThan(100));
        AssertUnchanged();
    }

    [TestCaseSource(nameof(Kinds))]
    public void Run_AnyFlippedBitOfARow_NamesIt_AndRepairsWhatTheRestAllows(RowKind kind)
    {
        var random = new Random(Seed + (int)kind);
        (string table, string key, string[] columns, _) = s_tables.Single(table => table.Kind == kind);
        Dictionary<DamageRemedy, int> remedies = [];
        foreach (string column in columns)
        {
            for (int flip = 0; flip < s_flipsPerColumn; flip++)
            {
                if (!FlipOne(table, key, column, random, out string flipped)) continue;
                string where = Invariant($"seed {Seed}, {table}.{column} of {flipped}, flip {flip}");
                StoreReport report = StoreVerification.Run(_folder.Ledger);
                StoreDamage[] named = [.. report.Damages.Where(damage => damage.Kind == kind)];
                Assert.That(named, Is.Not.Empty, $"{where}: {string.Join("; ", report.Damages)}");
                if (kind is RowKind.Head or RowKind.Body or RowKind.Undo or RowKind.Side) Assert.That(named[0].Height, Is.EqualTo((ulong)(long.Parse(flipped, CultureInfo.InvariantCulture) >> 24)), where);
                if (kind is RowKind.Best) Assert.That(named[0].Height, Is.EqualTo(ulong.Parse(flipped, CultureInfo.InvariantCulture)), where);
                remedies[named[0].Remedy] = remedies.GetValueOrDefault(named[0].Remedy) + 1;

                StoreReport repaired = StoreVerification.Run(_folder.Ledger, new StoreCheck { Repair = true });
                Assert.That(repaired.DamageCount, Is.EqualTo(report.DamageCount), where);
                StoreReport after = StoreVerification.Run(_folder.Ledger);
                Assert.That(after.Damages.Where(damage => damage.Remedy is DamageRemedy.Rebuild or DamageRemedy.Drop), Is.Empty, where);
            }
        }

        TestContext.Out.WriteLine(Invariant($"{kind}: {remedies.Values.Sum()} flipped bits, all named; remedies: {string.Join(", ", remedies.Select(pair => Invariant($"{pair.Key} {pair.Value}")))}"));
    }

    [Test]
    public void Run_AnyFlippedBitOfTheFile_IsFoundOrChangesNothing()
    {
        var random = new Random(Seed);
        int named = 0, refused = 0, harmless = 0;
        for (int flip = 0; flip < s_flipsInTheFile; flip++)
        {
            byte[] damaged = _sound.ToArray();
            int offset = random.Next(damaged.Length);
            damaged[offset] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_folder.Ledger, damaged);
            try
            {
                if (!StoreVerification.Run(_folder.Ledger).IsValid)
                {
                    named++;
                    continue;
                }
            }
            catch (LedgerFileException refusal)
            {
                Assert.That(refusal.Fault, Is.AnyOf(LedgerFileFault.Damaged, LedgerFileFault.NoLedger, LedgerFileFault.FutureVersion, LedgerFileFault.Failed, LedgerFileFault.CannotOpen, LedgerFileFault.ReadOnly), refusal.Message);
                refused++;
                continue;
            }

            // A free page, or the unused part of one.
            AssertUnchanged();
            harmless++;
        }

        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {s_flipsInTheFile} flipped bits of the file: {named} named by verification, {refused} refused at opening, {harmless} in unused bytes, 0 unnoticed"));
        Assert.That(named, Is.GreaterThan(s_flipsInTheFile / 5));
    }

    [Test]
    public void Run_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.That(() => StoreVerification.Run(_folder.Ledger, cancellation: source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => StoreVerification.Run(_folder.File("none"), cancellation: source.Token), Throws.InstanceOf<FileNotFoundException>());
    }

    [Test]
    public void Run_MissingRows_NamesThem_AndKnowsWhatWasPruned()
    {
        using (var tampering = new Tampering(_folder.Ledger))
        {
            string last = tampering.Keys("best", "height")[^1];
            tampering.Execute($"DELETE FROM bodies WHERE row >> 24 = {last}; DELETE FROM undo WHERE row >> 24 = {last} - 1; DELETE FROM best WHERE height = {last} - 2");
        }

        StoreReport report = StoreVerification.Run(_folder.Ledger, new StoreCheck { Repair = true });
        Assert.That(report.Damages.Select(damage => damage.Kind), Does.Contain(RowKind.Body).And.Contain(RowKind.Undo).And.Contain(RowKind.Best));
        Assert.That(report.Damages.Where(damage => damage.Height < report.Tip - 2), Is.Empty);
    }

    [TestCase("slices", "content")]
    [TestCase("checkpoint", "height")]
    public void Run_DamagedCheckpointOfALedgerWithAllItsBlocks_DropsIt(string table, string column)
    {
        string path = _folder.File("whole.db");
        var run = new TestRun(Seed) { Prunes = false };
        using (var store = SqliteChainStore.Open(path))
        {
            while (run.Commits < 60 || store.Checkpoint is null) store.Commit(run.Next());
        }

        using (var tampering = new Tampering(path)) Assert.That(tampering.Flip(table, table == "slices" ? "row" : "one", table == "slices" ? Invariant($"{run.NewestSlice}") : "1", column, new Random(Seed)), Is.True);
        StoreReport report = StoreVerification.Run(path, new StoreCheck { Repair = true });
        Assert.That(report.Damages.Single().Remedy, Is.EqualTo(DamageRemedy.Drop));
        Assert.That((report.IsRepaired, report.Checkpoint), Is.EqualTo((true, (StoredTip?)null)));
        Assert.That(StoreVerification.Run(path).IsValid, Is.True);

        // The next one takes its place, and its pages.
        using var next = SqliteChainStore.Open(path);
        Assert.That(next.Checkpoint, Is.Null);
        next.Commit(TestBlocks.Slice(0, 0, isLast: true));
        Assert.That(next.ReadCheckpoint().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Run_WithAProfile_AlsoFindsWhatWasWrittenWrong()
    {
        string path = _folder.File("real.db");
        var ledger = new TestLedger(Seed);
        List<HashedBlock> chain = [ledger.Next(null, 2)];
        while (chain.Count < 20) chain.Add(ledger.Next(chain[^1], 5));
        using (var store = SqliteChainStore.Open(path)) store.Commit(new StoreBatch { Connected = [.. chain.Select(block => Stored(block, block))] });
        var check = new StoreCheck { Profile = TestLedger.Profile };
        Assert.That(StoreVerification.Run(path, check).Damages, Is.Empty);

        // Checksums cannot know: another block's body, another block's header, a block that follows another one, one beside the chain.
        HashedBlock stranger = ledger.Next(chain[^1], 5);
        using (var store = SqliteChainStore.Open(path))
        {
            store.Commit(new StoreBatch
            {
                Sides = [Side(stranger) with { Height = 3 }, Side(stranger) with { Id = chain[4].Id, Height = stranger.Header.Height }, Side(chain[19])],
                Connected =
                [
                    Stored(chain[17], chain[16]),
                    Stored(chain[18], chain[18]) with { Head = Stored(chain[16], chain[16]).Head with { Id = chain[18].Id, Height = 18 } },
                    Stored(chain[19], chain[19]),
                    Stored(ledger.Next(chain[19], 1), chain[19]) with { Head = Stored(ledger.Next(stranger, 1), chain[19]).Head with { Height = 20 } },
                ],
            });
        }

        Assert.That(StoreVerification.Run(path).IsValid, Is.True);
        StoreReport report = StoreVerification.Run(path, check);
        Assert.That(report.Damages.Select(damage => (damage.Kind, damage.Height)), Is.SupersetOf(new (RowKind, ulong?)[]
        {
            (RowKind.Body, 17), (RowKind.Head, 18), (RowKind.Head, 20), (RowKind.Body, 20), (RowKind.Side, 3), (RowKind.Side, stranger.Header.Height),
        }));
        Assert.That(report.Damages.Where(damage => damage.Height < 17).Select(damage => damage.Kind), Is.EqualTo(new[] { RowKind.Side }));
        Assert.That(report.Damages.Count(damage => damage.Kind == RowKind.Side), Is.EqualTo(2));
        Assert.That(StoreVerification.Run(path, check with { Repair = true }).IsRepaired, Is.True);
        using var repaired = SqliteChainStore.Open(path);
        Assert.That(repaired.ReadSides(0, 100).Select(side => side.Id), Is.EqualTo(new[] { chain[19].Id }));
    }

    private static StoredSide Side(HashedBlock block) =>
        new(block.Id, block.Header.Height, HeadCodec.Encode(new BlockHead(block.Header, block.Block.Seal, null), TestLedger.Profile.Format), 1, BlockRule.None);

    private static StoredBlock Stored(HashedBlock block, HashedBlock body) =>
        new(HeadCodec.Write(block, TestLedger.Profile.Format, default, Work.Zero), body.Encoded, default);

    private bool FlipOne(string table, string key, string column, Random random, out string flipped)
    {
        File.WriteAllBytes(_folder.Ledger, _sound);
        using var tampering = new Tampering(_folder.Ledger);
        List<string> keys = tampering.Keys(table, key);

        // Slices that no checkpoint needs may lie about; the last one of the newest checkpoint is checked.
        flipped = table == "slices" ? Invariant($"{_run.NewestSlice}") : keys[random.Next(keys.Count)];
        return tampering.Flip(table, key, flipped, column, random);
    }

    private void AssertUnchanged()
    {
        using var store = SqliteChainStore.Open(_folder.Ledger);
        _run.AssertHeldBy(store);
    }

    private sealed class Listener(List<StoreProgress> reports) : IProgress<StoreProgress>
    {
        public void Report(StoreProgress value) => reports.Add(value);
    }
}
