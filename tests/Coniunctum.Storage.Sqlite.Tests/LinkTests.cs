using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests;

/// <summary>Ledgers behind symbolic links: what lies beside a file lies beside the file, not beside a link to it.</summary>
public sealed class LinkTests
{
    private TestFolder _folder = null!;
    private string _file = "";
    private string _link = "";

    [SetUp]
    public void MakeTheFolderAndALink()
    {
        _folder = new TestFolder();
        Directory.CreateDirectory(_folder.File("far"));
        _file = _folder.File("far/ledger.db");
        _link = _folder.File("link.db");
        File.CreateSymbolicLink(_link, "far/ledger.db");
    }

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void Open_ThroughALink_BoundsTheWal_AndLeavesNothingBesideTheLink()
    {
        SqliteChainStore.Open(_file).Dispose();
        using (var store = SqliteChainStore.Open(_link, ChainSchema.Kind, new FileTuning { MaxWalBytes = 100_000 }))
        {
            Assert.That(store.Path, Is.EqualTo(_file));
            for (ulong height = 0; height < 100; height++)
            {
                store.Commit(TestBlocks.Batch(height, 1, bytes: 10_000));
                Assert.That(new FileInfo(_file + "-wal").Length, Is.LessThan(200_000));
            }

            Assert.That(store.Measure().WalBytes, Is.EqualTo(new FileInfo(_file + "-wal").Length));
            Assert.That(_folder.Names, Is.EqualTo(new[] { "link.db" }));
            Assert.That(Assert.Throws<LedgerFileException>(() => SqliteChainStore.Open(_file)).Message, Does.Contain("this process"));
        }

        Assert.That(Directory.GetFiles(_folder.File("far")), Is.EqualTo(new[] { _file }));
        using var again = SqliteChainStore.Open(_file);
        Assert.That(again.Tip, Is.EqualTo(new StoredTip(TestBlocks.Id(99), 99)));
    }

    [Test]
    public void Open_ThroughALinkToNothing_IsRefused_AndMakesNothing()
    {
        LedgerFileException refusal = Assert.Throws<LedgerFileException>(() => SqliteChainStore.Open(_link));
        Assert.That(refusal.Fault, Is.EqualTo(LedgerFileFault.CannotOpen));
        Assert.That(refusal.Message, Does.Contain("symbolic link").And.Contain(_file));
        Assert.That(Directory.GetFileSystemEntries(_folder.File("far")), Is.Empty);
    }

    [Test]
    public void Open_ThroughLinksThatGoRound_IsRefused()
    {
        File.Delete(_link);
        File.CreateSymbolicLink(_link, "link.db");
        Assert.That(Assert.Throws<LedgerFileException>(() => SqliteChainStore.Open(_link)).Fault, Is.EqualTo(LedgerFileFault.CannotOpen));
    }

    [Test]
    public void PathFor_ALink_LiesBesideTheFile()
    {
        SqliteChainStore.Open(_file).Dispose();
        Assert.That(SqliteChainIndex.PathFor(_link), Is.EqualTo(_folder.File("far/ledger.index.db")));
        Assert.That(SqliteChainIndex.PathFor("save.db"), Is.EqualTo("save.index.db"));
    }
}
