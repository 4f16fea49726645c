using System.IO.Compression;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Tests.Support;
using Coniunctum.Storage.Sqlite.Verification;

namespace Coniunctum.Storage.Sqlite.Tests;

/// <summary>A file that version 2 of the tables has written is opened: Vectors/SOURCES.md says what is in it.</summary>
public sealed class OlderVersionTests
{
    private const int Forked = 30;
    private const int KeptFrom = 12;

    private readonly List<HashedBlock> _chain = [];
    private readonly List<HashedBlock> _branch = [];
    private TestFolder _folder = null!;

    [OneTimeSetUp]
    public void MakeItsBlocks()
    {
        var ledger = new TestLedger(2);
        _chain.Add(ledger.Next(null, 2));
        while (_chain.Count < 40) _chain.Add(Certified(ledger.Next(_chain[^1], _chain.Count % 4)));
        _branch.AddRange(_chain[..Forked]);
        while (_branch.Count < 36) _branch.Add(Certified(ledger.Next(_branch[^1], 1)));
    }

    [SetUp]
    public void Unpack()
    {
        _folder = new TestFolder();
        using FileStream packed = File.OpenRead(VectorFile.PathOf("ledger-v2.db.gz"));
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using FileStream file = File.Create(_folder.Ledger);
        unpacked.CopyTo(file);
    }

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void Open_AFileOfVersion2_HasEveryCertificateWhoseBodyIsThere([Values] bool isRead)
    {
        List<StoreProgress> reports = [];
        using (SqliteChainStore store = isRead ? SqliteChainStore.OpenToRead(_folder.Ledger) : SqliteChainStore.Open(_folder.Ledger, new Listener(reports)))
        {
            Assert.That(store.Tip, Is.EqualTo(new StoredTip(_chain[^1].Id, 39)));
            Assert.That(store.ReadRecord("note")?.ToArray(), Is.EqualTo("of version 2"u8.ToArray()));
            Assert.That(store.ReadHeads(0, 100).Select(head => head.Id), Is.EqualTo(_chain.Select(block => block.Id)));
            foreach (HashedBlock block in _chain.Concat(_branch)) AssertHead(store, block);
            AssertProofs(store);
        }

        if (!isRead) Assert.That(reports[^1], Is.EqualTo(new StoreProgress(40, 40)));
        Assert.That(StoreVerification.Run(_folder.Ledger, new StoreCheck { Profile = TestLedger.Profile }).Damages, Is.Empty);
    }

    [Test]
    public void Open_AFileOfVersion2_IsConvertedOnce_AndGoesOn()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            Assert.That(store.ReadSides(0, ulong.MaxValue), Is.Empty);
            store.Commit(TestBlocks.Batch(40, 1) with { Sides = [TestBlocks.Side(40, 1, 2)] });
        }

        List<StoreProgress> reports = [];
        using var again = SqliteChainStore.Open(_folder.Ledger, new Listener(reports));
        Assert.That((again.Tip?.Height, reports.Count), Is.EqualTo((40UL, 0)));
        Assert.That(again.ReadSides(40, 40).Single().Id, Is.EqualTo(TestBlocks.Id(40, 1)));
    }

    [Test]
    public void Open_AFileOfVersion4_HasAllThatItHad_AndKeepsBlocksBesideTheChainFromNowOn()
    {
        using (SqliteChainStore.Open(_folder.Ledger))
        {
            // Brings it to the newest version, of which the fourth lacks one table.
        }

        using (var tampering = new Tampering(_folder.Ledger)) tampering.Execute("DROP TABLE sides; PRAGMA user_version = 4");
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            Assert.That(store.ReadHeads(0, 100).Select(head => head.Id), Is.EqualTo(_chain.Select(block => block.Id)));
            AssertProofs(store);
            store.Commit(new StoreBatch { Sides = [TestBlocks.Side(38, 1, 2)] });
            Assert.That(store.ReadSides(0, 100).Single().Height, Is.EqualTo(38));
        }

        Assert.That(StoreVerification.Run(_folder.Ledger).Damages, Is.Empty);
    }

    [Test]
    public void Open_Cancelled_LeavesTheFileOfTheOldVersion()
    {
        byte[] before = File.ReadAllBytes(_folder.Ledger);
        Assert.That(() => SqliteChainStore.Open(_folder.Ledger, null, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(File.ReadAllBytes(_folder.Ledger), Is.EqualTo(before));
        using var store = SqliteChainStore.Open(_folder.Ledger);
        AssertHead(store, _chain[^1]);
    }

    [Test]
    public void Open_AFileOfVersion2WithDamagedRows_LeavesThemToBeFound()
    {
        using (var tampering = new Tampering(_folder.Ledger))
        {
            tampering.Execute("UPDATE heads SET rule = x'07' WHERE row >> 24 = 20; UPDATE bodies SET content = x'07' WHERE row >> 24 = 25");
        }

        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            Assert.That(() => store.FindHead(_chain[20].Id), Throws.InstanceOf<InvalidDataException>());
            Assert.That(HeadCodec.Read(store.FindHead(_chain[25].Id)!, TestLedger.Profile.Format, TestLedger.Profile.Limits).Certificate, Is.Null);
        }

        StoreReport report = StoreVerification.Run(_folder.Ledger);
        Assert.That(report.Damages.Select(damage => (damage.Kind, damage.Height)), Is.EquivalentTo(new (RowKind, ulong?)[] { (RowKind.Head, 20), (RowKind.Body, 25) }));
    }

    private void AssertProofs(IChainReader store)
    {
        HistorySummits history = HistorySummits.None;
        for (ulong height = 0; height < 39; height++)
        {
            history = history.With(_chain[(int)height].Id, Work.From(height * (height + 1)));
            var proof = HistoryProof.Create(store, height + 1, height / 2, out BlockId id, out Work weight);
            Assert.That(id, Is.EqualTo(_chain[(int)height / 2].Id));
            Assert.That(HistoryProof.Verify(proof, history.Root, height + 1, height / 2, id, weight), Is.True);
        }
    }

    private static void AssertHead(IChainReader store, HashedBlock block)
    {
        StoredHead stored = store.FindHead(block.Id) ?? throw new InvalidDataException($"Block {block.Id} has no head.");
        ulong height = block.Header.Height;
        BlockHead head = HeadCodec.Read(stored, TestLedger.Profile.Format, TestLedger.Profile.Limits);
        Assert.That(head.Seal.ToArray(), Is.EqualTo(block.Block.Seal.ToArray()));
        byte[]? expected = height is > 0 and < KeptFrom ? null : block.Block.Certificate?.ToArray();
        Assert.That(head.Certificate?.ToArray(), Is.EqualTo(expected), Invariant($"height {height}"));
        Assert.That(stored.ChainWeight, Is.EqualTo(Work.From(height * (height + 1))));
        Assert.That(stored.RuleState.ToArray(), Is.EqualTo(TestBlocks.Bytes(block.Id, 7, (int)height % 5).ToArray()));
    }

    private static HashedBlock Certified(HashedBlock block)
    {
        ulong height = block.Header.Height;
        ReadOnlyMemory<byte> certificate = height % 3 == 0 ? default : height % 3 == 1 ? new byte[] { 0xC0 } : TestBlocks.Bytes(block.Id, 9, (int)height * 40);
        var certified = new Block { Header = block.Header, Transactions = block.Block.Transactions, Seal = TestBlocks.Bytes(block.Id, 8, (int)height % 70), Certificate = certificate };
        return HashedBlock.Create(certified, TestLedger.Profile.Format, TestLedger.Chain);
    }

    private sealed class Listener(List<StoreProgress> reports) : IProgress<StoreProgress>
    {
        public void Report(StoreProgress value) => reports.Add(value);
    }
}
