using Coniunctum.Authority;
using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Testing;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>When blocks are made, and what is said when none is.</summary>
public sealed partial class LedgerHostTests
{
    private static readonly DateTimeOffset s_moonLanding = new(1969, 7, 20, 20, 17, 40, TimeSpan.Zero);

    [Test]
    public async Task Clock_Before1970_DefersBlocksAndTheLedgerLives()
    {
        var time = new TestClock(s_moonLanding);
        ChainProfile profile = Cheap with { Genesis = Cheap.Genesis with { IsDrawn = false, Allocations = [new(_owner, 100)] } };
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseTime(time).FollowOthers().StartAsync().Soon();
        HashedBlock block = new BlockMaker(profile).Next(_miner);

        Assert.That((await ledger.SubmitBlockAsync(block).Soon()).Kind, Is.EqualTo(VerdictKind.Deferred));
        Assert.That((await ledger.SubmitAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon()).IsValid);
        Assert.That(ledger.Halted, Is.Null);

        // Set right, the clock is looked at again within seconds, though the timer was set for decades.
        time.Set(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.That((await ledger.ReadAsync(1))[0].Block, Is.SameAs(block));
    }

    [Test]
    public async Task Clock_ADayBehindTheTip_IsSaidByTheStatus_AndProductionGoesOnOnceItIsSetRight()
    {
        ChainProfile profile = Cheap with { Genesis = Cheap.Genesis with { IsDrawn = false } };
        DateTimeOffset genesis = DateTimeOffset.FromUnixTimeMilliseconds((long)profile.Genesis.Timestamp.UnixMilliseconds);
        var time = new TestClock(genesis - TimeSpan.FromDays(1));
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseTime(time).UseProofOfWork(_miner).StartAsync().Soon();
        await Waiting.UntilAsync(() => ledger.ReadView().Status.Production.State == ProductionState.WaitsForTime);

        ProductionStatus production = ledger.ReadView().Status.Production;
        Assert.That(production.Reason, Does.StartWith("this machine's clock is behind the chain: block 1 must be dated 2026-01-01T00:00:00Z"));
        Assert.That(production.Until, Is.EqualTo(Timestamp.From(genesis - TimeSpan.FromHours(2)).Plus(TimeSpan.FromMilliseconds(1))));
        Assert.That(ledger.Tip.Header.Height, Is.Zero);

        time.Set(genesis);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await ledger.ReadAsync(1))[0].Block.Header.Height, Is.EqualTo(1));
    }

    [Test]
    public async Task Supply_ThatIsSpent_LeavesBlocksWithTheirFees()
    {
        const ulong max = 9_223_372_036_854_775_807;
        ChainProfile profile = Profiles.Development with { Subsidy = new SubsidySchedule.Constant(1UL << 62), RewardMaturity = 0 };
        await using LedgerHost ledger = await LedgerBuilder.For(profile).UseAuthority(_key).StartAsync().Soon();
        for (ulong i = 1; i <= 4; i++)
        {
            await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context, fee: 1)).Soon();
            Assert.That(ledger.ReadView().Supply, Is.EqualTo(i == 1 ? (1UL << 62) + 1_000_000_000 : max));
            Assert.That(ledger.Balance(_owner) + ledger.Balance(_friend), Is.EqualTo(ledger.ReadView().Supply));
        }

        Assert.That(ledger.Tip.Transactions[0].Transaction.Amount, Is.EqualTo(1), "a fee, and nothing new");
    }

    [Test]
    public async Task Status_SaysWhatTheNextBlockWaitsFor()
    {
        await using LedgerHost follower = await LedgerBuilder.For(Cheap).StartAsync().Soon();
        Assert.That(follower.ReadView().Status.Production, Is.EqualTo(ProductionStatus.NoProducer));

        await using LedgerHost finished = await LedgerBuilder.For(Cheap).UseProofOfWork(_miner, options: s_atOnce with { LastHeight = 1 }).StartAsync().Soon();
        await Waiting.UntilAsync(() => finished.ReadView().Status.Production.State == ProductionState.Finished);
        Assert.That(finished.ReadView().Status.Production.Reason, Is.EqualTo("block 1 was the last one to mine"));

        await using LedgerHost searching = await LedgerBuilder.For(Endless).UseProofOfWork(_miner, options: s_atOnce).StartAsync().Soon();
        await Waiting.UntilAsync(() => searching.ReadView().Status.Production == ProductionStatus.Making);

        LedgerHost authority = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        Assert.That(authority.ReadView().Status.Production, Is.EqualTo(ProductionStatus.WaitsForTransactions));
        await authority.DisposeAsync();
        Assert.That(authority.ReadView().Status.Production, Is.EqualTo(new ProductionStatus(ProductionState.Halted, "it was disposed")));
    }

    [Test]
    public async Task Mining_OnAChainOfOnesOwn_KeepsTheProfilesIntervalBetweenEmptyBlocks()
    {
        var time = new TestClock(Start);
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 100).UseTime(time).UseProofOfWork(_miner).StartAsync().Soon();
        for (ulong height = 1; height <= 3; height++)
        {
            await Waiting.UntilAsync(() => ledger.ReadView().Status.Production is { State: ProductionState.WaitsForTransactions, Until: not null });
            Assert.That(ledger.Tip.Header.Height, Is.EqualTo(height - 1), "nothing waits, and the time stands");
            Assert.That(ledger.ReadView().Status.Production.Until, Is.EqualTo(Timestamp.From(time.GetUtcNow()).Plus(TimeSpan.FromSeconds(1))));
            time.Advance(TimeSpan.FromSeconds(1));
            await Waiting.UntilAsync(() => ledger.Tip.Header.Height == height);
        }

        // A transaction waits for no one.
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)).Soon();
        Assert.That(confirmation.Height, Is.EqualTo(4));
    }

    [Test]
    public async Task SubmitAndConfirm_WhereNoBlockCanCome_ThrowsAtOnceAndSaysWhy()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 100).StartAsync().Soon();
        Transaction transfer = Transfer.Sign(_key, _friend, 5, ledger.Context);
        Assert.That(
            () => ledger.SubmitAndConfirmAsync(transfer).Soon(),
            Throws.InvalidOperationException.With.Message.StartWith("The transaction would wait for ever: nothing makes blocks here"));
        Assert.That(ledger.Pool.Count, Is.Zero, "it was not submitted");

        // A block from elsewhere shows that some come.
        var maker = new BlockMaker(ledger.Profile);
        await AcceptAsync(ledger, maker.Next(_miner));
        Task<Confirmation> waiting = ledger.SubmitAndConfirmAsync(transfer);
        await AcceptAsync(ledger, maker.Next(_miner, transfer));
        Assert.That((await waiting.Soon()).Height, Is.EqualTo(2));

        await using LedgerHost finished = await LedgerBuilder.For(Cheap).Allocate(_owner, 100).UseProofOfWork(_miner, options: s_atOnce with { LastHeight = 0 }).StartAsync().Soon();
        await Waiting.UntilAsync(() => finished.ReadView().Status.Production.State == ProductionState.Finished);
        Assert.That(
            () => finished.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, finished.Context)).Soon(),
            Throws.InvalidOperationException.With.Message.Contains("block 0 was the last one to mine"));
    }

    [Test]
    public async Task SubmitAndConfirm_WhatIsConfirmedAlready_AnswersWithItsConfirmation([Values] bool hasIndex)
    {
        var store = new MemoryChainStore();
        Transaction transfer;
        Confirmation first;
        LedgerBuilder builder = LedgerBuilder.For(Profiles.Development).UseStore(new TestStore(store)).UseAuthority(_key);
        if (hasIndex) builder.UseIndex(_ => new MemoryChainIndex());
        await using (LedgerHost ledger = await builder.StartAsync().Soon())
        {
            transfer = Transfer.Sign(_key, _friend, 5, ledger.Context);
            first = await ledger.SubmitAndConfirmAsync(transfer).Soon();
            for (int i = 0; i < 3; i++) await PayAsync(ledger, (ulong)i + 1);
            Assert.That(await ledger.SubmitAndConfirmAsync(transfer).Soon(), Is.EqualTo(first with { Depth = 4 }));

            // Another one with its tag is none of it.
            var other = Transfer.Sign(_key, new Transaction { Tag = transfer.Tag, Sender = _owner, Receiver = _friend, Amount = 6, Fee = 0 }, ledger.Context);
            TransactionRejectedException? exception = await Assert.ThrowsAsync<TransactionRejectedException>(() => ledger.SubmitAndConfirmAsync(other).Soon());
            Assert.That(exception!.Admission.Verdict.Rule, Is.EqualTo(BlockRule.TagReused));
        }

        // Nor does it need anyone who makes blocks.
        await using LedgerHost reader = await LedgerBuilder.For(Profiles.Development).UseStore(new TestStore(store))
            .Use(new SingleAuthority(_owner)).Allocate(_owner, LedgerBuilder.AuthorityGrant).StartAsync().Soon();
        Assert.That(await reader.SubmitAndConfirmAsync(transfer).Soon(), Is.EqualTo(first with { Depth = 4 }));
        Assert.That(() => reader.SubmitAndConfirmAsync(transfer, confirmations: 5).Soon(), Throws.Nothing, "it is final");
    }
}
