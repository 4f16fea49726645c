using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

[TestFixture]
internal sealed class IndexFollowerTests
{
    private static readonly ChainProfile s_profile = Profiles.Standard with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(2)) };

    private readonly Address _miner = new(Sha3_256.Hash([1]));
    private readonly Address _other = new(Sha3_256.Hash([2]));

    [Test]
    public async Task Index_ThroughAReorganization_AnswersFromTheBestChain()
    {
        var index = new MemoryChainIndex();
        await using LedgerHost ledger = await StartAsync(new MemoryChainStore(), index);
        HashedBlock[] losing = Chain(3, _miner);
        HashedBlock[] winning = Chain(5, _other);
        foreach (HashedBlock block in losing.Concat(winning)) await ledger.SubmitBlockAsync(block).Soon();
        await UntilAsync(index, winning[^1]);

        Assert.That(index.Find(losing[1].Transactions[0].Id), Is.Null);
        IndexedTransaction? found = index.Find(winning[2].Transactions[0].Id);
        Assert.That((found?.Height, found?.Block), Is.EqualTo((3UL, winning[2].Id)));
        Assert.That(index.ReadHistory(_other, 3).Transactions.Select(transaction => transaction.Height), Is.EqualTo(new ulong[] { 5, 4, 3 }));
        Assert.That(ledger.IndexFault, Is.Null);
        Assert.That(ledger.Index, Is.SameAs(index));
    }

    [Test]
    public async Task Index_ThatWasOnALostBranchAtTheLastEnd_IsBroughtBack()
    {
        // The first run's index follows a branch that the second run's store does not have.
        HashedBlock[] losing = Chain(3, _miner);
        HashedBlock[] winning = Chain(5, _other);
        var index = new MemoryChainIndex();
        await using (LedgerHost first = await StartAsync(new MemoryChainStore(), new Kept(index)))
        {
            foreach (HashedBlock block in losing) await first.SubmitBlockAsync(block).Soon();
            await UntilAsync(index, losing[^1]);
        }

        await using LedgerHost second = await StartAsync(new MemoryChainStore(), index);
        foreach (HashedBlock block in winning) await second.SubmitBlockAsync(block).Soon();
        await UntilAsync(index, winning[^1]);
        Assert.That(index.Find(losing[0].Transactions[0].Id), Is.Null);
    }

    [Test]
    public async Task Index_ThatFails_IsGivenUpAndTheLedgerGoesOn()
    {
        await using LedgerHost ledger = await StartAsync(new MemoryChainStore(), new Failing());
        HashedBlock[] blocks = Chain(2, _miner);
        foreach (HashedBlock block in blocks) await ledger.SubmitBlockAsync(block).Soon();
        await ledger.WaitUntilSettledAsync().Soon();
        await Waiting.UntilAsync(() => ledger.IndexFault is not null);
        Assert.That(ledger.IndexFault, Is.EqualTo("the disk is full"));
        Assert.That((ledger.Tip.Id, ledger.Halted), Is.EqualTo((blocks[^1].Id, (HaltReason?)null)));
    }

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public async Task Index_BehindAPrunedChain_BeginsAtTheFirstBodyThatIsKept(int indexed)
    {
        // Of heights 1 to 7 the bodies below 5 are gone; the index has come to one of them, or holds nothing.
        const int FirstKept = 5;
        HashedBlock[] blocks = Chain(7, _miner);
        var memory = new MemoryChainStore();
        await using (LedgerHost first = await StartAsync(memory, new MemoryChainIndex()))
        {
            foreach (HashedBlock block in blocks) await first.SubmitBlockAsync(block).Soon();
            await first.WaitUntilSettledAsync().Soon();
        }

        var index = new MemoryChainIndex();
        if (indexed >= 0) index.Connect(new BlockMaker(s_profile).Genesis);
        foreach (HashedBlock block in blocks.Take(indexed)) index.Connect(block);
        BlockId[] pruned = [.. blocks.Take(FirstKept - 1).Select(block => block.Id)];
        var store = new TestStore(memory) { OnReadBlock = (id, block) => pruned.Contains(id) ? null : block };
        await using LedgerHost second = await StartAsync(store, index);
        await UntilAsync(index, blocks[^1]);
        Assert.That(second.IndexFault, Is.Null);
        Assert.That(index.Find(blocks[FirstKept - 1].Transactions[0].Id)?.Height, Is.EqualTo((ulong)FirstKept));
        Assert.That(index.ReadHistory(_miner, 10, newestFirst: false).Transactions.Select(found => found.Height), Is.EqualTo(new ulong[] { 5, 6, 7 }));
    }

    [Test]
    public async Task Index_AtTheEdgeOfWhatWasPruned_KeepsWhatItHas()
    {
        HashedBlock[] blocks = Chain(7, _miner);
        var memory = new MemoryChainStore();
        await using (LedgerHost first = await StartAsync(memory, new MemoryChainIndex()))
        {
            foreach (HashedBlock block in blocks) await first.SubmitBlockAsync(block).Soon();
            await first.WaitUntilSettledAsync().Soon();
        }

        var index = new MemoryChainIndex();
        index.Connect(new BlockMaker(s_profile).Genesis);
        foreach (HashedBlock block in blocks.Take(4)) index.Connect(block);
        BlockId[] pruned = [.. blocks.Take(4).Select(block => block.Id)];
        await using LedgerHost second = await StartAsync(new TestStore(memory) { OnReadBlock = (id, block) => pruned.Contains(id) ? null : block }, index);
        await UntilAsync(index, blocks[^1]);
        Assert.That(index.ReadHistory(_miner, 10, newestFirst: false).Transactions, Has.Length.EqualTo(7));
    }

    [Test]
    public async Task Index_ThatThrowsWhatNobodyExpects_IsGivenUpWithItsReason_AndTheStoreIsClosed()
    {
        foreach ((Exception thrown, string told) in new (Exception, string)[]
        {
            (new NotSupportedException("not in this edition"), "not in this edition"),
            (new InvalidOperationException("out of order"), "out of order"),
            (new OperationCanceledException("by its own doing"), "by its own doing"),
            (new Mute(), "Mute, whose message cannot be read"),
        })
        {
            var store = new TestStore();
            LedgerHost ledger = await StartAsync(store, new Failing(thrown));
            await Waiting.UntilAsync(() => ledger.IndexFault is not null);
            Assert.That(ledger.IndexFault, Is.EqualTo(told));
            await ledger.DisposeAsync().AsTask().Soon();
            Assert.That(store.IsDisposed, Is.True, told);
        }
    }

    [Test]
    public async Task Dispose_WhereTheIndexFailsToClose_ClosesTheStoreAndTellsTheFault()
    {
        var store = new TestStore();
        LedgerHost ledger = await StartAsync(store, new Stuck());
        await ledger.DisposeAsync().AsTask().Soon();
        Assert.That(store.IsDisposed, Is.True);
        Assert.That(ledger.IndexFault, Is.EqualTo("it does not close"));
    }

    private static Task<LedgerHost> StartAsync(IChainStore store, IChainIndex index) =>
        LedgerBuilder.For(s_profile).UseStore(store).UseIndex(_ => index).StartAsync().Soon();

    private static Task UntilAsync(IChainIndex index, HashedBlock tip) => Waiting.UntilAsync(() => index.Tip?.Id == tip.Id);

    private static HashedBlock[] Chain(int length, Address miner)
    {
        var maker = new BlockMaker(s_profile);
        return [.. Enumerable.Range(1, length).Select(_ => maker.Next(miner))];
    }

    /// <summary>An index that outlives the ledger which disposes it.</summary>
    private sealed class Kept(IChainIndex index) : IChainIndex
    {
        public StoredTip? Tip => index.Tip;

        public void Connect(HashedBlock block) => index.Connect(block);

        public void Disconnect() => index.Disconnect();

        public void Flush() => index.Flush();

        public IndexedTransaction? Find(TransactionId id) => index.Find(id);

        public HistoryPage ReadHistory(Address address, int limit, bool newestFirst = true, HistoryCursor? after = null) =>
            index.ReadHistory(address, limit, newestFirst, after);

        public void Dispose()
        {
            // The next run goes on with it.
        }
    }

    /// <summary>An exception that has nothing to say, and fails at that.</summary>
    private sealed class Mute : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    /// <summary>An index that does not close.</summary>
    private sealed class Stuck : IChainIndex
    {
        private readonly MemoryChainIndex _index = new();

        public StoredTip? Tip => _index.Tip;

        public void Connect(HashedBlock block) => _index.Connect(block);

        public void Disconnect() => _index.Disconnect();

        public void Flush() => _index.Flush();

        public IndexedTransaction? Find(TransactionId id) => null;

        public HistoryPage ReadHistory(Address address, int limit, bool newestFirst = true, HistoryCursor? after = null) => new([], null);

        public void Dispose() => throw new IOException("it does not close");
    }

    private sealed class Failing(Exception? thrown = null) : IChainIndex
    {
        private readonly Exception _thrown = thrown ?? new IOException("the disk is full");

        public StoredTip? Tip => null;

        public void Connect(HashedBlock block) => throw _thrown;

        public void Disconnect() => throw _thrown;

        public void Flush() => throw _thrown;

        public IndexedTransaction? Find(TransactionId id) => null;

        public HistoryPage ReadHistory(Address address, int limit, bool newestFirst = true, HistoryCursor? after = null) => new([], null);

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
