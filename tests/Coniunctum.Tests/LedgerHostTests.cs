using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;
using Coniunctum.Testing;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed partial class LedgerHostTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // Cheap enough that a test's blocks cost nothing.
    private static readonly ChainProfile Cheap = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(16)) };

    private static readonly MiningOptions s_atOnce = new() { EmptyBlockInterval = TimeSpan.Zero };

    // No one ever finds a block.
    private static readonly ChainProfile Endless = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(ulong.MaxValue)) };

    private PrivateKey _key = null!;
    private Address _owner;
    private Address _friend;
    private Address _miner;
    private Address _otherMiner;

    [SetUp]
    public void CreateKeys()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _owner = AddressOf(_key);
        _friend = Draw();
        _miner = Draw();
        _otherMiner = Draw();
    }

    [TearDown]
    public void DisposeKeys() => _key.Dispose();

    [Test]
    public async Task SubmitAndConfirm_UnderOneAuthority_MovesTheBalance()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        Transaction transfer = Transfer.Sign(_key, to: _friend, amount: 5, ledger.Context);
        Confirmation confirmation = await ledger.SubmitAndConfirmAsync(transfer).Soon();

        Assert.That(ledger.Balance(_friend), Is.EqualTo(5));
        Assert.That(confirmation, Is.EqualTo(new Confirmation(IdOf(ledger, transfer), ledger.Tip.Id, 1, 1, IsFinal: true)));
        Assert.That(ledger.ReadView().Supply, Is.EqualTo(1_000_000_000 + 50));
    }

    [Test]
    public async Task SubmitAndConfirm_ManyAtOnce_ConfirmsEachOnce()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        Transaction[] transfers = [.. Enumerable.Range(1, 40).Select(amount => Transfer.Sign(_key, _friend, (ulong)amount, ledger.Context, fee: 1))];

        Confirmation[] confirmations = await Task.WhenAll(transfers.Select(transfer => ledger.SubmitAndConfirmAsync(transfer))).Soon();

        Assert.That(confirmations.Select(confirmation => confirmation.Transaction), Is.EqualTo(transfers.Select(transfer => IdOf(ledger, transfer))));
        Assert.That(ledger.Balance(_friend), Is.EqualTo(820));
        Assert.That(ledger.Pool.Count, Is.Zero);
    }

    [Test]
    public async Task Mining_UnderProofOfWork_ProducesBlocksOneAfterAnother()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).UseProofOfWork(_miner, threads: 2, s_atOnce).StartAsync().Soon();
        List<LedgerEvent> events = await ledger.ReadAsync(5);

        Assert.That(events, Is.All.InstanceOf<LedgerEvent.Connected>());
        Assert.That(events.Select(change => change.Block.Header.Height), Is.EqualTo(new ulong[] { 1, 2, 3, 4, 5 }));
        Assert.That(ledger.ReadView().Supply, Is.GreaterThanOrEqualTo(5 * 50));
        Assert.That(ledger.HashesTried, Is.GreaterThan(0));
    }

    [Test]
    public async Task Mining_UnderTheSecondPapersProfile_FindsSquareSumsThatTheRuleAccepts()
    {
        // At its own first target, once: a million hashes.
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.ConiunctumPaper)
            .UseProofOfWork(_miner, threads: 2, new MiningOptions { LastHeight = 1 })
            .StartAsync().Soon();
        HashedBlock block = (await ledger.ReadAsync(1))[0].Block;

        var view = HeaderView.Of(block);
        Assert.That(SquareSum.Bound.ProofOf(view, ledger.Profile.Format).ToString(), Does.StartWith("00000"));
        Assert.That(block.Id.Value, Is.EqualTo(ledger.Profile.Format.Digest(block.Header)), "the identity stays the digest");
        Assert.That(block.Header.Target.ToString(), Is.EqualTo("00001" + new string('0', 59)), "16^59");
        Assert.That(ledger.ReadView().Supply, Is.EqualTo(10));
    }

    [Test]
    public async Task Mining_UnderRulesThatFollowTheHashRate_MovesTheTarget()
    {
        foreach (IDifficultyRule rule in new IDifficultyRule[] { new Asert(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30)), new Lwma(TimeSpan.FromSeconds(10), 5) })
        {
            ChainProfile profile = Profiles.Standard with { Consensus = new ProofOfWork(Target.ForHashes(2), rule) };
            await using LedgerHost ledger = await LedgerBuilder.For(profile)
                .UseProofOfWork(_miner, options: new MiningOptions { LastHeight = 12 })
                .StartAsync().Soon();
            List<LedgerEvent> events = await ledger.ReadAsync(12);

            // Twelve blocks at once, where ten seconds each were intended.
            Assert.That(events[0].Block.Header.Target, Is.EqualTo(Target.ForHashes(2).Value));
            Assert.That(events[^1].Block.Header.Target, Is.LessThan(Target.ForHashes(8).Value), rule.Name);
        }
    }

    [Test]
    public async Task ReadStatus_WhileBlocksAreMined_ShowsTheSupplyOfItsOwnHeight()
    {
        const ulong LastHeight = 200;
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        Address miner = Profiles.Development.Signatures.AddressOf(key.PublicKey);
        ChainProfile profile = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(16)) };

        await using LedgerHost ledger = await LedgerBuilder.For(profile)
            .UseProofOfWork(miner, options: s_atOnce with { LastHeight = LastHeight })
            .StartAsync();
        await foreach (LedgerEvent change in ledger.EventsAsync())
        {
            LedgerStatus status = ledger.ReadView().Status;
            Assert.That(status.Tip.Header.Height, Is.GreaterThanOrEqualTo(change.Block.Header.Height));
            Assert.That(status.Supply, Is.EqualTo(50 * status.Tip.Header.Height));
            if (change.Block.Header.Height == LastHeight) break;
        }
    }

    [Test]
    public async Task HeavierBranch_FromElsewhere_IsToldBackwardsThenForwards_AndTransfersComeBack()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 100).FollowOthers().StartAsync().Soon();
        var losing = new BlockMaker(ledger.Profile);
        var winning = new BlockMaker(ledger.Profile);
        Transaction transfer = Transfer.Sign(_key, _friend, 40, ledger.Context);
        Task<Confirmation> once = ledger.SubmitAndConfirmAsync(transfer);
        Task<Confirmation> twice = ledger.SubmitAndConfirmAsync(transfer, confirmations: 2);

        HashedBlock a1 = losing.Next(_miner, transfer);
        await AcceptAsync(ledger, a1);
        Assert.That(await once.Soon(), Is.EqualTo(new Confirmation(IdOf(ledger, transfer), a1.Id, 1, 1, IsFinal: false)));
        Assert.That(ledger.Balance(_friend), Is.EqualTo(40));

        HashedBlock b1 = winning.Next(_otherMiner);
        HashedBlock b2 = winning.Next(_otherMiner);
        await AcceptAsync(ledger, b1, b2);
        List<LedgerEvent> events = await ledger.ReadAsync(3, after: a1.Id);
        Assert.That(events, Is.EqualTo(new LedgerEvent[] { new LedgerEvent.Disconnected(a1), new LedgerEvent.Connected(b1), new LedgerEvent.Connected(b2) }));
        Assert.That(ledger.Balance(_friend), Is.Zero);
        Assert.That(ledger.Pool.Count, Is.EqualTo(1), "the transfer waits again");
        Assert.That(twice.IsCompleted, Is.False);

        HashedBlock b3 = winning.Next(_otherMiner, transfer);
        HashedBlock b4 = winning.Next(_otherMiner);
        await AcceptAsync(ledger, b3, b4);
        Assert.That(await twice.Soon(), Is.EqualTo(new Confirmation(IdOf(ledger, transfer), b3.Id, 3, 2, IsFinal: false)));
        Assert.That(ledger.Balance(_friend), Is.EqualTo(40));
        Assert.That(ledger.Pool.Count, Is.Zero);
        Assert.That(ledger.Chain.BlockAt(1), Is.SameAs(b1));
        Assert.That(ledger.Tip, Is.SameAs(b4));
    }

    [Test]
    public async Task SlowSubscriber_FromAnOldCursor_HearsEverythingWithoutGaps()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).StartAsync().Soon();
        var losing = new BlockMaker(ledger.Profile);
        var winning = new BlockMaker(ledger.Profile);
        HashedBlock[] old = [losing.Next(_miner), losing.Next(_miner), losing.Next(_miner)];
        await AcceptAsync(ledger, old);

        // A subscriber that has heard two blocks and stops reading while two reorganizations pass.
        IAsyncEnumerator<LedgerEvent> slow = ledger.EventsAsync().GetAsyncEnumerator();
        Assert.That(await NextAsync(slow), Is.EqualTo(new LedgerEvent.Connected(old[0])));
        Assert.That(await NextAsync(slow), Is.EqualTo(new LedgerEvent.Connected(old[1])));
        HashedBlock[] better = [winning.Next(_otherMiner), winning.Next(_otherMiner), winning.Next(_otherMiner), winning.Next(_otherMiner)];
        await AcceptAsync(ledger, better);
        await ledger.ReadAsync(4 + 3, after: old[2].Id);
        HashedBlock[] best = [losing.Next(_miner), losing.Next(_miner)];
        await AcceptAsync(ledger, best);
        await ledger.ReadAsync(5);

        var heard = new List<LedgerEvent>();
        while (heard.Count < 3) heard.Add(await NextAsync(slow));
        Assert.That(heard, Is.EqualTo(new LedgerEvent[] { new LedgerEvent.Connected(old[2]), new LedgerEvent.Connected(best[0]), new LedgerEvent.Connected(best[1]) }));
        await slow.DisposeAsync();

        // One that comes back later from the branch that lost walks back over it first.
        Assert.That(
            (await ledger.ReadAsync(6, after: better[1].Id)).Select(change => (change.GetType().Name, change.Block.Header.Height)),
            Is.EqualTo(new[] { ("Disconnected", 2UL), ("Disconnected", 1UL), ("Connected", 1UL), ("Connected", 2UL), ("Connected", 3UL), ("Connected", 4UL) }));
        Assert.That(async () => await ledger.ReadAsync(1, after: new BlockId(_owner.Value)), Throws.ArgumentException);
    }

    [Test]
    public async Task Copies_OfOneBlockAtOnce_AreJudgedEachByItself()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 100).StartAsync().Soon();
        HashedBlock honest = new BlockMaker(ledger.Profile).Next(_miner, Transfer.Sign(_key, _friend, 1, ledger.Context));
        var copy = HashedBlock.Create(
            new Block { Header = honest.Header, Transactions = [honest.Block.Transactions[0]] }, ledger.Profile.Format, ledger.ChainId);

        Task<Verdict>[] answers = [ledger.SubmitBlockAsync(copy), ledger.SubmitBlockAsync(honest), ledger.SubmitBlockAsync(honest), ledger.SubmitBlockAsync(copy)];
        Verdict[] verdicts = await Task.WhenAll(answers).Soon();

        Assert.That(verdicts[0].Rule, Is.EqualTo(BlockRule.MerkleRootMismatch));
        Assert.That(verdicts[1], Is.EqualTo(Verdict.Valid));
        Assert.That(verdicts[2], Is.EqualTo(Verdict.Valid));
        Assert.That((await ledger.ReadAsync(1))[0].Block, Is.SameAs(honest));
    }

    [Test]
    public async Task Submit_WhatARuleKeepsOut_NamesTheRule()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 100).FollowOthers().StartAsync().Soon();
        Transaction tooMuch = Transfer.Sign(_key, _friend, 101, ledger.Context);

        Assert.That((await ledger.SubmitAsync(tooMuch).Soon()).RuleName, Is.EqualTo("BalanceInsufficient"));
        TransactionRejectedException? exception = await Assert.ThrowsAsync<TransactionRejectedException>(() => ledger.SubmitAndConfirmAsync(tooMuch).Soon());
        Assert.That(exception!.Admission.Verdict, Is.EqualTo(Verdict.Invalid(BlockRule.BalanceInsufficient, 100UL, 101UL)));
        Assert.That(exception.Message, Does.Contain("BalanceInsufficient: expected 101, found 100"));
        Assert.That(() => ledger.SubmitAndConfirmAsync(tooMuch, confirmations: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => ledger.SubmitAsync(null!), Throws.ArgumentNullException);
        Assert.That(() => ledger.SubmitBlockAsync(null!), Throws.ArgumentNullException);
        Assert.That(() => ledger.SubmitAsync(tooMuch.WithSignature(new byte[500])), Throws.InstanceOf<ArgumentException>(), "it cannot be written");
        Assert.That((await ledger.SubmitAsync(Transfer.Sign(_key, _friend, 1, ledger.Context)).Soon()).IsValid, "the ledger works on");
    }

    [Test]
    public async Task SubmitAndConfirm_WhatAnotherReplaces_IsRejected()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 10_000).FollowOthers().StartAsync().Soon();
        Transaction old = Transfer.Sign(_key, _friend, 1, ledger.Context);
        Task<Confirmation> waiting = ledger.SubmitAndConfirmAsync(old);
        Transaction better = Transfer.Sign(_key, new Transaction { Tag = old.Tag, Sender = _owner, Receiver = _friend, Amount = 1, Fee = 9_000 }, ledger.Context);
        await UntilPooledAsync(ledger, old);
        Assert.That((await ledger.SubmitAsync(better).Soon()).IsValid);

        TransactionRejectedException? exception = await Assert.ThrowsAsync<TransactionRejectedException>(() => waiting.Soon());
        Assert.That(exception!.Admission.Rule, Is.EqualTo(PoolRule.Replaced));
    }

    [Test]
    public async Task Cancellation_StopsWaiting_AndOneMayWaitAgain()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 100).FollowOthers().StartAsync().Soon();
        Transaction transfer = Transfer.Sign(_key, _friend, 5, ledger.Context);
        using var cancellation = new CancellationTokenSource();
        Task<Confirmation> waiting = ledger.SubmitAndConfirmAsync(transfer, cancellation: cancellation.Token);
        await UntilPooledAsync(ledger, transfer);
        await cancellation.CancelAsync();

        Assert.That(() => waiting, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(ledger.Pool.Count, Is.EqualTo(1), "the transfer stays");
        Task<Confirmation> again = ledger.SubmitAndConfirmAsync(transfer);
        await AcceptAsync(ledger, new BlockMaker(ledger.Profile).Next(_miner, transfer));
        Assert.That((await again.Soon()).Height, Is.EqualTo(1));
    }

    [Test]
    public async Task Cancellation_BeforeAnything_IsHeardEverywhere()
    {
        var cancelled = new CancellationToken(canceled: true);
        Assert.That(() => LedgerBuilder.For(Cheap).StartAsync(cancelled), Throws.InstanceOf<OperationCanceledException>());

        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 100).FollowOthers().StartAsync().Soon();
        Transaction transfer = Transfer.Sign(_key, _friend, 5, ledger.Context);
        Assert.That(() => ledger.SubmitAsync(transfer, cancelled), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => ledger.SubmitAndConfirmAsync(transfer, cancellation: cancelled), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => ledger.SubmitBlockAsync(ledger.Tip, cancelled), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(
            async () => { await foreach (LedgerEvent _ in ledger.EventsAsync(cancellation: cancelled)) Assert.Fail("nothing happened"); },
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(ledger.Pool.Count, Is.Zero);
    }

    [Test]
    public async Task Dispose_WhileMiningAndWaiting_EndsBoth()
    {
        var store = new TestStore();
        LedgerHost ledger = await LedgerBuilder.For(Endless).UseStore(store).Allocate(_owner, 100).UseProofOfWork(_miner).StartAsync().Soon();
        Task<Confirmation> waiting = ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, _friend, 5, ledger.Context));
        Task<List<LedgerEvent>> stream = ledger.ReadToEndAsync();

        Task first = ledger.DisposeAsync().AsTask();
        Task second = ledger.DisposeAsync().AsTask();
        await Task.WhenAll(first, second).Soon();

        Assert.That(() => waiting.Soon(), Throws.InstanceOf<LedgerHaltedException>().Or.InstanceOf<ObjectDisposedException>());
        Assert.That(await stream.Soon(), Is.Empty);
        Assert.That(store.IsDisposed);
        Assert.That(() => ledger.SubmitAsync(Transfer.Sign(_key, _friend, 5, ledger.Context)), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => ledger.SubmitBlockAsync(ledger.Tip), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => ledger.ReadToEndAsync(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(ledger.Balance(_owner), Is.EqualTo(100), "what it knew may still be read");
        await ledger.DisposeAsync();
    }

    [Test]
    public async Task TwoLedgers_InOneProcess_NeverMeet()
    {
        await using LedgerHost first = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        await using LedgerHost second = await LedgerBuilder.For(Profiles.Development).UseAuthority(_key).StartAsync().Soon();
        Transaction transfer = Transfer.Sign(_key, _friend, 5, first.Context);

        Assert.That(first.ChainId, Is.Not.EqualTo(second.ChainId));
        Assert.That((await second.SubmitAsync(transfer).Soon()).Verdict.Rule, Is.EqualTo(BlockRule.SignatureInvalid), "signed for the other chain");
        await first.SubmitAndConfirmAsync(transfer).Soon();
        Assert.That((first.Balance(_friend), second.Balance(_friend)), Is.EqualTo((5UL, 0UL)));
    }

    [Test]
    public async Task Block_WithMoreSignaturesThanAChunk_IsJudgedByEachOfThem([Values(1, 512, 513, 1_200)] int wrong)
    {
        const int Count = 1_200;
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).Allocate(_owner, 1_000_000).StartAsync().Soon();
        Transaction[] transfers = [.. Enumerable.Range(0, Count).Select(_ => Transfer.Sign(_key, _friend, 1, ledger.Context))];
        var maker = new BlockMaker(ledger.Profile, new PoolOptions { MaxPerSender = Count });
        HashedBlock honest = maker.Next(_miner, transfers);
        Transaction[] content = [.. honest.Block.Transactions];
        content[wrong] = content[wrong].WithSignature(content[wrong == 1 ? 2 : 1].Signature);
        HashedBlock forged = maker.Seal(new BlockDraft(ledger.ChainId, ledger.Profile.Format, honest.Header, [.. content]).WithExtraNonce(0));

        await AcceptAsync(ledger, forged, honest);
        Assert.That((await ledger.ReadAsync(1))[0].Block, Is.SameAs(honest), "the forged one was refused");
        Assert.That(ledger.Balance(_friend), Is.EqualTo(Count));
    }

    [Test]
    public async Task Job_ThatFails_StopsTheLedger_AndDisposingIsStillClean()
    {
        var store = new TestStore();
        LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseStore(store).UseAuthority(_key).StartAsync().Soon();
        Transaction transfer = Transfer.Sign(_key, _friend, 5, ledger.Context);
        _key.Dispose();

        Assert.That(() => ledger.SubmitAndConfirmAsync(transfer).Soon(), Throws.InstanceOf<LedgerHaltedException>());
        await ledger.DisposeAsync();
        Assert.That(store.IsDisposed);
    }

    [Test]
    public async Task DeferredBlock_JoinsWhenItsTimeComes()
    {
        var time = new TestClock(Start);
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).UseTime(time).StartAsync().Soon();
        var ahead = Timestamp.From(Start + TimeSpan.FromHours(3));
        HashedBlock block = new BlockMaker(ledger.Profile).Make(_miner, [], header => header with { Timestamp = ahead });

        Verdict verdict = await ledger.SubmitBlockAsync(block).Soon();
        Assert.That(verdict.Kind, Is.EqualTo(VerdictKind.Deferred));
        Assert.That(verdict.Until, Is.EqualTo(Timestamp.From(Start + TimeSpan.FromHours(1))));

        // The timer is set behind the answer: another answer shows that it is.
        await ledger.SubmitBlockAsync(block).Soon();
        time.Advance(TimeSpan.FromMinutes(59));
        await ledger.SubmitBlockAsync(block).Soon();
        Assert.That(ledger.Tip.Id, Is.EqualTo(ledger.ChainId));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That((await ledger.ReadAsync(1))[0].Block.Id, Is.EqualTo(block.Id));
    }

    [Test]
    public async Task Clock_SetByTenYears_MovesNoTimer([Values(-10, 10)] int years)
    {
        var time = new TestClock(Start.AddYears(20));
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).UseTime(time)
            .UseProofOfWork(_miner, options: new MiningOptions { EmptyBlockInterval = TimeSpan.FromSeconds(60) }).StartAsync().Soon();
        await Waiting.UntilAsync(() => ledger.ReadView().Status.Production is { State: ProductionState.WaitsForTransactions, Until: not null });
        time.Advance(TimeSpan.FromSeconds(30));
        time.Set(Start.AddYears(20 + years));
        time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        await ledger.WaitUntilSettledAsync().Soon();
        Assert.That((ledger.Tip.Header.Height, ledger.ReadView().Status.Production.State), Is.EqualTo((0UL, ProductionState.WaitsForTransactions)));
        time.Advance(TimeSpan.FromMilliseconds(1));
        // Ten years behind genesis no block can be made: the producer is told so, at the same moment.
        await Waiting.UntilAsync(() => ledger.Tip.Header.Height == 1 || ledger.ReadView().Status.Production.State == ProductionState.WaitsForTime);
    }

    [Test]
    public async Task DeferredBlock_JoinsSoonAfterAClockThatWasWrongIsSetRight()
    {
        var time = new TestClock(Start);
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).UseTime(time).StartAsync().Soon();
        HashedBlock block = new BlockMaker(ledger.Profile).Next(_miner);
        time.Set(Start.AddYears(-10));
        Assert.That((await ledger.SubmitBlockAsync(block).Soon()).Kind, Is.EqualTo(VerdictKind.Deferred));
        await ledger.SubmitBlockAsync(block).Soon();
        time.Set(Start.AddYears(1));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.That((await ledger.ReadAsync(1))[0].Block.Id, Is.EqualTo(block.Id));
    }

    [Test]
    public async Task BlocksOfAFarFuture_NeitherEndTheLedgerNorKeepOthersOut()
    {
        var time = new TestClock(Start);
        await using LedgerHost ledger = await LedgerBuilder.For(Cheap).UseTime(time).StartAsync().Soon();
        var maker = new BlockMaker(ledger.Profile);
        for (ulong i = 0; i < 20; i++)
        {
            ulong year285428 = Timestamp.Limit - 1 - i;
            HashedBlock far = maker.Make(_miner, [], header => header with { Timestamp = new Timestamp(year285428) });
            Assert.That((await ledger.SubmitBlockAsync(far).Soon()).Kind, Is.EqualTo(VerdictKind.Deferred));
        }

        HashedBlock soon = maker.Make(_miner, [], header => header with { Timestamp = Timestamp.From(Start + TimeSpan.FromHours(3)) });
        Assert.That((await ledger.SubmitBlockAsync(soon).Soon()).Kind, Is.EqualTo(VerdictKind.Deferred));
        await ledger.SubmitBlockAsync(soon).Soon();
        Assert.That(ledger.Halted, Is.Null);
        time.Advance(TimeSpan.FromHours(1));

        Assert.That((await ledger.ReadAsync(1))[0].Block.Id, Is.EqualTo(soon.Id));
        await AcceptAsync(ledger, soon);
    }

    private static Address AddressOf(PrivateKey key) => Profiles.Development.Signatures.AddressOf(key.PublicKey);

    private static Address Draw()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        return AddressOf(key);
    }

    private static TransactionId IdOf(LedgerHost ledger, Transaction transaction) => ledger.Profile.Format.SigningDigest(transaction, ledger.ChainId);

    private static async Task AcceptAsync(LedgerHost ledger, params HashedBlock[] blocks)
    {
        foreach (HashedBlock block in blocks) Assert.That(await ledger.SubmitBlockAsync(block).Soon(), Is.EqualTo(Verdict.Valid));
    }

    private static async Task<LedgerEvent> NextAsync(IAsyncEnumerator<LedgerEvent> events)
    {
        Assert.That(await events.MoveNextAsync().AsTask().Soon());
        return events.Current;
    }

    /// <summary>Submits it once more: the answer comes after that of the first time.</summary>
    private static async Task UntilPooledAsync(LedgerHost ledger, Transaction transaction) =>
        Assert.That((await ledger.SubmitAsync(transaction).Soon()).Rule, Is.EqualTo(PoolRule.AlreadyKnown));

    /// <summary>Starts one job that only a cancellation ends.</summary>
    private sealed class EndlessProducer(TaskCompletionSource ended, bool isSearch) : Consensus.IBlockProducer, Consensus.IProducerJob
    {
        public void Step(Consensus.IProducerInput input, Consensus.NodeTime now, Consensus.IEffectSink<Consensus.IProducerEffect> effects)
        {
            if (input is Consensus.NodeInput.Started) effects.Emit(new Consensus.NodeEffect.StartJob(new JobId(1), this));
        }

        public bool IsSearch => isSearch;

        public async Task<Consensus.JobResult?> RunAsync(CancellationToken cancellation)
        {
            try
            {
                if (isSearch)
                    cancellation.WaitHandle.WaitOne();
                else
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                return null;
            }
            finally
            {
                ended.SetResult();
            }
        }
    }
}
