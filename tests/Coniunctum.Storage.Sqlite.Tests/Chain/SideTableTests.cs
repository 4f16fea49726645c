using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Tests.Support;

namespace Coniunctum.Storage.Sqlite.Tests.Chain;

public sealed class SideTableTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void ReadSides_ARange_IsByHeightAndArrival_WithoutWhatIsRemovedPrunedOrDamaged()
    {
        using (var store = SqliteChainStore.Open(_folder.Ledger))
        {
            store.Commit(TestBlocks.Batch(0, 3));
            store.Commit(
                new StoreBatch { Sides = [TestBlocks.Side(7, 1, 30), TestBlocks.Side(5, 1, 9), TestBlocks.Side(7, 2, 4), TestBlocks.Side(2, 1, 1), TestBlocks.Side(7, 3, 5)] },
                new StoreBatch { Sides = [TestBlocks.Side(7, 3, 50, BlockRule.StateRootMismatch)], RemovedSides = [new(TestBlocks.Id(7, 1), 7), new(TestBlocks.Id(9), 9)], PruneSidesBelow = 5 });
            Assert.That(store.ReadSides(0, ulong.MaxValue).Select(side => (side.Id, side.Arrival, side.Fault)), Is.EqualTo(new[]
            {
                (TestBlocks.Id(5, 1), 9L, BlockRule.None), (TestBlocks.Id(7, 2), 4, BlockRule.None), (TestBlocks.Id(7, 3), 50, BlockRule.StateRootMismatch),
            }));
            Assert.That(store.ReadSides(6, 7).Select(side => side.Id), Is.EqualTo(new[] { TestBlocks.Id(7, 2), TestBlocks.Id(7, 3) }));
            Assert.That(store.ReadSides(8, 7), Is.Empty);
            Assert.That(store.ReadSides(ulong.MaxValue, ulong.MaxValue), Is.Empty);
        }

        using (var tampering = new Tampering(_folder.Ledger)) tampering.Execute("UPDATE sides SET arrival = 3 WHERE arrival = 9");
        using var damaged = SqliteChainStore.Open(_folder.Ledger);
        Assert.That(damaged.ReadSides(0, 100).Select(side => side.Height), Is.EqualTo(new[] { 7UL, 7UL }), "what is damaged weighs no longer");
    }
}
