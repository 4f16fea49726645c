using System.Globalization;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Tests.Support;
using Coniunctum.Storage.Sqlite.Verification;

namespace Coniunctum.Storage.Sqlite.Tests;

/// <summary>
/// Files under a culture that writes −1 with U+2212, as sv-SE and most others of ICU do. SQL made with such a number is a syntax
/// error: under LC_ALL=sv_SE.UTF-8 no ledger opened.
/// </summary>
public sealed class CultureTests
{
    private CultureInfo _before = null!;
    private TestFolder _folder = null!;

    [SetUp]
    public void SetTheCulture()
    {
        _before = CultureInfo.CurrentCulture;
        _folder = new TestFolder();
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.NumberGroupSeparator = "\u00A0";
        CultureInfo.CurrentCulture = culture;
        Assert.That((-1).ToString(CultureInfo.CurrentCulture), Is.EqualTo("\u22121"), "the culture is in force");
    }

    [TearDown]
    public void ResetTheCulture()
    {
        CultureInfo.CurrentCulture = _before;
        _folder.Dispose();
    }

    [Test]
    public void Store_UnderAnotherMinusSign_OpensWritesPrunesAndVerifies()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            store.Commit(TestBlocks.Batch(0, 600), TestBlocks.Slice(500, 0, isLast: true), new StoreBatch { PruneBodiesBelow = 400, PruneUndoBelow = 400 });
            store.Shrink();
            Assert.That(Assert.Throws<LedgerFileException>(() => SqliteChainStore.Open(_folder.Ledger)).Message, Does.Contain("this process"));
        }

        using (var again = SqliteChainStore.Open(_folder.Ledger)) Assert.That(again.Tip, Is.EqualTo(new StoredTip(TestBlocks.Id(599), 599)));
        Assert.That(StoreVerification.Run(_folder.Ledger).IsValid, Is.True);
    }

    [Test]
    public void Index_UnderAnotherMinusSign_KeepsItsRuns()
    {
        string path = SqliteChainIndex.PathFor(_folder.Ledger);
        var ledger = new TestLedger(81);
        HashedBlock block = ledger.Next(null, 50);
        using (var index = SqliteChainIndex.Open(path, TestLedger.Chain)) index.Connect(block);
        using var again = SqliteChainIndex.Open(path, TestLedger.Chain);
        Assert.That(again.Find(block.Transactions[7].Id)?.Position, Is.EqualTo(7));
    }
}
