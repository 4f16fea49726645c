using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.Storage;

public sealed class MemoryChainIndexTests
{
    private TestChain _chain = null!;
    private MemoryChainIndex _index = null!;

    [SetUp]
    public void TakeInThreeBlocks()
    {
        (_chain, _index) = (new TestChain(StandardFormat.Instance), new MemoryChainIndex());
        // One payment in the first, two in the second, one to herself in the third.
        _index.Connect(_chain.Tip);
        Adopt(_chain.Payment(TestChain.Alice, TestChain.Bob, 10));
        Adopt(_chain.Payment(TestChain.Bob, TestChain.Carol, 20), _chain.Payment(TestChain.Alice, TestChain.Bob, 30, fee: 1));
        Adopt(_chain.Payment(TestChain.Alice, TestChain.Alice, 40));
    }

    [TearDown]
    public void Close() => _index.Dispose();

    [Test]
    public void ReadHistory_EitherOrder_GoesOnWhereThePageBeforeEnded()
    {
        HistoryPage newest = _index.ReadHistory(TestChain.Bob, 2);
        Assert.That(newest.Transactions.Select(transaction => transaction.Amount), Is.EqualTo(new[] { 30, 20 }));
        HistoryPage next = _index.ReadHistory(TestChain.Bob, 2, after: newest.Next);
        Assert.That(next.Transactions.Select(transaction => transaction.Amount), Is.EqualTo(new[] { 10, 500 }));
        Assert.That(next.Next, Is.Null);

        HistoryPage oldest = _index.ReadHistory(TestChain.Bob, 3, newestFirst: false);
        Assert.That(oldest.Transactions.Select(transaction => transaction.Amount), Is.EqualTo(new[] { 500, 10, 20 }));
        Assert.That(_index.ReadHistory(TestChain.Bob, 3, newestFirst: false, oldest.Next).Transactions.Single().Fee, Is.EqualTo(1));
    }

    [Test]
    public void ReadHistory_APaymentToOneself_StandsOnce() =>
        Assert.That(_index.ReadHistory(TestChain.Alice, 10).Transactions.Select(transaction => transaction.Amount), Is.EqualTo(new[] { 40, 30, 10, 1000 }));

    [Test]
    public void ReadHistory_OfRoot_IsEmpty() => Assert.That(_index.ReadHistory(default, 10).Transactions, Is.Empty);

    [Test]
    public void Disconnect_ForgetsTheTip_AndAnotherBranchTakesItsPlace()
    {
        HashedBlock last = _chain.Tip;
        Assert.That(_index.Find(last.Transactions[1].Id), Has.Property(nameof(IndexedTransaction.Position)).EqualTo(1));
        _index.Disconnect();
        Assert.That(_index.Tip, Is.EqualTo(new StoredTip(last.Header.Previous, last.Header.Height - 1)));
        Assert.That(_index.Find(last.Transactions[1].Id), Is.Null);
        Assert.That(_index.ReadHistory(TestChain.Alice, 10).Transactions, Has.Length.EqualTo(3));
        _index.Connect(last);
        Assert.That(() => _index.Connect(last), Throws.ArgumentException);
    }

    private void Adopt(params Transaction[] payments)
    {
        HashedBlock block = _chain.Next(payments);
        _chain.Adopt(block);
        _index.Connect(block);
    }
}
