using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Index;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests.Files;

/// <summary>What SQLite promises rests on settings that no crash image can see being weaker: a power cut cannot be played.</summary>
public sealed class FlushTests
{
    // https://www.sqlite.org/pragma.html#pragma_synchronous
    private const long Normal = 1;
    private const long Full = 2;

    private TestFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void Ledger_IsFlushedWithEveryCommit_NewAndOpenedAgain()
    {
        for (int i = 0; i < 2; i++)
        {
            using var file = LedgerFile.Open(_folder.Ledger, ChainSchema.Kind, new FileTuning());
            Assert.That(file.Database.Number("PRAGMA synchronous"), Is.EqualTo(Full));
            Assert.That(file.Database.Number("PRAGMA fullfsync"), Is.EqualTo(1));
            Assert.That(file.Database.Number("PRAGMA checkpoint_fullfsync"), Is.EqualTo(1));
        }
    }

    [Test]
    public void Index_MayLoseItsNewestCommits_AndIsNotFlushedWithEachOfThem()
    {
        using var file = LedgerFile.Open(_folder.Ledger, IndexSchema.Kind, new FileTuning());
        Assert.That(file.Database.Number("PRAGMA synchronous"), Is.EqualTo(Normal));
    }
}
