using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Testing;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>Snapshots of a ledger of one's own, and going back to them.</summary>
public sealed partial class LedgerHostTests
{
    [Test]
    public async Task Revert_ToASnapshot_GivesUpWhatCameAfter_AgainAndAgain()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        await PayAsync(ledger, 5);
        LedgerSnapshot snapshot = ledger.Development.TakeSnapshot();
        for (ulong round = 1; round <= 3; round++)
        {
            Transaction first = await PayAsync(ledger, round);
            await PayAsync(ledger, 100);
            Assert.That(ledger.Balance(_friend), Is.EqualTo(105 + round));

            await ledger.Development.RevertAsync(snapshot).Soon();
            Assert.That(ledger.Tip.Id, Is.EqualTo(snapshot.Block));
            Assert.That(ledger.ReadView().Status, Is.EqualTo(new LedgerStatus(ledger.Tip, 1_000_000_000 + 50, 0, ProductionStatus.WaitsForTransactions) { FinalHeight = 1 }));
            Assert.That(ledger.Balance(_friend), Is.EqualTo(5));
            Assert.That(ledger.Chain.ConfirmationsOf(snapshot.Block), Is.EqualTo(1));
            Assert.That(ledger.Chain.IdAt(snapshot.Height + 1), Is.Null);

            // As if it had never been: the very same transfer may come again.
            Confirmation again = await ledger.SubmitAndConfirmAsync(first).Soon();
            Assert.That(again.Height, Is.EqualTo(snapshot.Height + 1));
            await ledger.Development.RevertAsync(snapshot).Soon();
        }
    }

    [Test]
    public async Task Revert_WithAClockThatStands_TakesTheSameTransferAnew()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development)
            .UseTime(new TestClock(Start)).UseAuthority(_key).StartAsync().Soon();
        LedgerSnapshot genesis = ledger.Development.TakeSnapshot();
        Transaction transfer = Transfer.Sign(_key, _friend, 5, ledger.Context);
        Confirmation first = await ledger.SubmitAndConfirmAsync(transfer).Soon();
        await ledger.Development.RevertAsync(genesis).Soon();
        Confirmation again = await ledger.SubmitAndConfirmAsync(transfer).Soon();
        Assert.That((again.Transaction, again.Height), Is.EqualTo((first.Transaction, first.Height)));
    }

    [Test]
    public async Task Revert_IsToldToSubscribers_FollowersAndThoseWhoWait()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        LedgerSnapshot genesis = ledger.Development.TakeSnapshot();
        Transaction transfer = Transfer.Sign(_key, _friend, 5, ledger.Context);
        Task<TransactionUpdate> end = EndOfAsync(ledger.FollowAsync(IdOf(ledger, transfer)));
        await ledger.SubmitAndConfirmAsync(transfer).Soon();
        await PayAsync(ledger, 6);
        BlockId cursor = ledger.Tip.Id;
        await ledger.Development.RevertAsync(genesis).Soon();

        Assert.That((await end.Soon()).Reason, Is.EqualTo(Admission.Refused(PoolRule.Reverted)));
        await PayAsync(ledger, 7);
        var heights = new List<long>();
        await foreach (LedgerEvent change in ledger.EventsAsync(cursor))
        {
            heights.Add(change is LedgerEvent.Connected ? (long)change.Block.Header.Height : -(long)change.Block.Header.Height);
            if (heights[^1] > 0) break;
        }

        Assert.That(heights, Is.EqualTo(new[] { -2L, -1, 1 }));
    }

    [Test]
    public async Task Revert_IsDurable()
    {
        var memory = new MemoryChainStore();
        LedgerSnapshot snapshot;
        await using (LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseStore(memory).UseAuthority(_key).StartAsync().Soon())
        {
            await PayAsync(ledger, 5);
            snapshot = ledger.Development.TakeSnapshot();
            await PayAsync(ledger, 6);
            await PayAsync(ledger, 7);
            await ledger.Development.RevertAsync(snapshot).Soon();
            Assert.That(memory.Tip, Is.EqualTo(new StoredTip(snapshot.Block, snapshot.Height)));
        }

        await using (LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseStore(memory).UseAuthority(_key).StartAsync().Soon())
        {
            Assert.That(ledger.Tip.Id, Is.EqualTo(snapshot.Block));
            Assert.That(ledger.Balance(_friend), Is.EqualTo(5));
            await PayAsync(ledger, 8);
            Assert.That(ledger.Balance(_friend), Is.EqualTo(13));
        }
    }

    [Test]
    public async Task Revert_WhileBlocksAreMined_GoesOnFromTheSnapshot()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).UseProofOfWork(_miner, options: s_atOnce).StartAsync().Soon();
        for (int round = 0; round < 5; round++)
        {
            LedgerSnapshot snapshot = ledger.Development.TakeSnapshot();
            var given = new HashSet<BlockId>();
            await foreach (LedgerEvent change in ledger.EventsAsync(snapshot.Block))
            {
                given.Add(change.Block.Id);
                if (given.Count == 20) break;
            }

            await ledger.Development.RevertAsync(snapshot).Soon();
            await foreach (LedgerEvent change in ledger.EventsAsync(snapshot.Block))
            {
                if (change.Block.Header.Height < snapshot.Height + 10) continue;
                break;
            }

            for (ulong height = snapshot.Height + 1; height <= snapshot.Height + 10; height++)
                Assert.That(given, Does.Not.Contain(ledger.Chain.IdAt(height)!.Value), "what was given up does not come back");
            Assert.That(ledger.Chain.IdAt(snapshot.Height), Is.EqualTo(snapshot.Block));
        }
    }

    [Test]
    public async Task Revert_OfAnotherChainsBlock_OrOfAPublicChain_IsRefused()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        LedgerSnapshot genesis = ledger.Development.TakeSnapshot();
        await PayAsync(ledger, 5);
        LedgerSnapshot gone = ledger.Development.TakeSnapshot();
        await ledger.Development.RevertAsync(genesis).Soon();
        Assert.That(async () => await ledger.Development.RevertAsync(gone).Soon(), Throws.InvalidOperationException.With.Message.Contains("not part of the best chain"));
        Assert.That(async () => await ledger.Development.RevertAsync(new LedgerSnapshot(new BlockId(_friend.Value), 0)).Soon(), Throws.InvalidOperationException);
        await PayAsync(ledger, 6);

        ChainProfile shared = Cheap with { Genesis = Cheap.Genesis with { IsDrawn = false } };
        await using LedgerHost open = await LedgerBuilder.For(shared).StartAsync().Soon();
        Assert.That(async () => await open.Development.RevertAsync(open.Development.TakeSnapshot()).Soon(), Throws.InvalidOperationException.With.Message.Contains("development"));
    }

    private static async Task<TransactionUpdate> EndOfAsync(IAsyncEnumerable<TransactionUpdate> life)
    {
        await foreach (TransactionUpdate moment in life)
        {
            if (moment.Stage == TransactionStage.Dropped) return moment;
        }

        throw new AssertionException("The transaction was not dropped.");
    }

    private async Task<Transaction> PayAsync(LedgerHost ledger, ulong amount)
    {
        Transaction transfer = Transfer.Sign(_key, _friend, amount, ledger.Context);
        await ledger.SubmitAndConfirmAsync(transfer).Soon();
        return transfer;
    }
}
