using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests.Crashes;

/// <summary>
/// Images of a store that was running, as a power cut may leave them: the WAL ends anywhere, or in garbage; the moving of the WAL
/// into the file was torn. Each must open at the last commit whose bytes are all there, and hold what it held then.
/// </summary>
[Category("Long")]
public sealed class CrashImageTests
{
    // Often enough that some images are taken right after the WAL was moved.
    private const int Images = 20;
    private const int CommitsBetweenImages = 7;
    private const int MaxWalBytes = 400_000;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";
    private static readonly int s_randomOffsets = s_isLong ? 1000 : 6;
    private static readonly int s_edgeStep = s_isLong ? 1 : 16;
    private static readonly int s_tornMoves = s_isLong ? 250 : 4;

    private TestFolder _folder = null!;

    private enum Fault
    {
        Cut,
        Zeros,
        Garbage,
        OneBit,
    }

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [TestCase(11)]
    [TestCase(12)]
    public void Wal_CutOrGarbledAnywhere_OpensAtTheLastCommitBeforeTheDamage(int seed)
    {
        var random = new Random(seed);
        int opened = 0, lost = 0;
        foreach (Image image in Run(seed))
        {
            IEnumerable<int> atEdges = image.Wal.Edges.Prepend(0).Where((_, i) => i % s_edgeStep == 0);
            IEnumerable<int> anywhere = Enumerable.Range(0, s_randomOffsets).Select(_ => random.Next(image.Wal.Content.Length + 1));
            foreach (int offset in atEdges.Concat(anywhere).ToArray())
            {
                byte[] damaged = Damage(image.Wal.Content, offset, (Fault)(opened % 4), random);

                // What was zero before is not damaged by zeros.
                int firstDamage = damaged.AsSpan().CommonPrefixLength(image.Wal.Content);
                int expected = image.Commits - image.Wal.CommitsBeyond(firstDamage);
                lost += image.Commits - expected;
                AssertOpensAt(expected, seed, image.Database, damaged);
                opened++;
            }
        }

        TestContext.Out.WriteLine(Invariant($"seed {seed}: {opened} images with a damaged WAL, {Images * s_randomOffsets} at random offsets, the rest at page edges, opened; ")
            + Invariant($"0 of those that do not open; 0 commits lost that lay wholly before the damage, {lost} behind it"));
    }

    [TestCase(21)]
    public void Database_WhoseMoveOfTheWalWasTorn_OpensAtTheLastCommit(int seed)
    {
        // The WAL is whole then: SQLite flushes it before it writes the first page into the file.
        var random = new Random(seed);
        int opened = 0;
        foreach (Image image in Run(seed))
        {
            byte[] moved = Moved(image);
            for (int i = 0; i < s_tornMoves; i++)
            {
                AssertOpensAt(image.Commits, seed, Mix(image.Database, moved, random), image.Wal.Content);
                opened++;
            }
        }

        TestContext.Out.WriteLine(Invariant($"seed {seed}: {opened} images of a torn move opened, 0 commits lost"));
    }

    /// <summary>Sectors of the file before and after, as a power cut leaves what was not flushed yet.</summary>
    private static byte[] Mix(byte[] before, byte[] after, Random random)
    {
        const int SectorBytes = 512;
        byte[] mixed = new byte[random.Next(before.Length, after.Length + 1) / SectorBytes * SectorBytes];
        double share = random.NextDouble();
        for (int sector = 0; sector < mixed.Length; sector += SectorBytes)
        {
            byte[] source = sector + SectorBytes > before.Length || random.NextDouble() < share ? after : before;
            source.AsSpan(sector, SectorBytes).CopyTo(mixed.AsSpan(sector));
        }

        return mixed;
    }

    private static byte[] Damage(byte[] wal, int offset, Fault fault, Random random)
    {
        byte[] damaged = wal.ToArray();
        switch (fault)
        {
            case Fault.Cut:
                return damaged[..offset];
            case Fault.Zeros:
                damaged.AsSpan(offset).Clear();
                break;
            case Fault.Garbage:
                random.NextBytes(damaged.AsSpan(offset));
                break;
            default:
                if (offset < damaged.Length) damaged[offset] ^= (byte)(1 << random.Next(8));
                break;
        }

        return damaged;
    }

    /// <summary>A store runs; now and then its two files are copied.</summary>
    private IEnumerable<Image> Run(int seed)
    {
        using var store = SqliteChainStore.Open(_folder.File("run.db"), ChainSchema.Kind, new FileTuning { MaxWalBytes = MaxWalBytes });
        var run = new TestRun(seed);
        int moves = 0;
        for (int image = 0; image < Images; image++)
        {
            for (int i = 0; i < CommitsBetweenImages; i++)
            {
                store.Commit(run.Next());
                if (new FileInfo(_folder.File("run.db-wal")).Length == 0) moves++;
            }

            byte[] database = File.ReadAllBytes(_folder.File("run.db"));
            yield return new Image(run.Commits, database, new WalFile(File.ReadAllBytes(_folder.File("run.db-wal"))));
        }

        Assert.That(moves, Is.GreaterThan(3), "moves of the WAL");
    }

    private byte[] Moved(Image image)
    {
        File.WriteAllBytes(_folder.File("moved.db"), image.Database);
        File.WriteAllBytes(_folder.File("moved.db-wal"), image.Wal.Content);
        SqliteChainStore.Open(_folder.File("moved.db")).Dispose();
        return File.ReadAllBytes(_folder.File("moved.db"));
    }

    private void AssertOpensAt(int commits, int seed, byte[] database, byte[] wal)
    {
        File.WriteAllBytes(_folder.Ledger, database);
        File.WriteAllBytes(_folder.Ledger + "-wal", wal);
        var expected = new TestRun(seed);
        expected.SkipTo(commits);
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            expected.AssertHeldBy(store);

            // It goes on from there.
            expected.Reopen();
            store.Commit(expected.Next());
        }

        using var again = SqliteChainStore.Open(_folder.Ledger);
        expected.AssertHeldBy(again);
    }

    /// <summary>Copies of the two files.</summary>
    /// <param name="Commits">How many commits were acknowledged when they were made.</param>
    /// <param name="Database">The file.</param>
    /// <param name="Wal">The WAL.</param>
    private sealed record Image(int Commits, byte[] Database, WalFile Wal);
}
