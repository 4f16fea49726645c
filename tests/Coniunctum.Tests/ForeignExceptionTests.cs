using Coniunctum.Authority;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

/// <summary>What is given to a ledger throws what throws again when it is asked what it says: whoever waits is told all the same.</summary>
public sealed class ForeignExceptionTests
{
    private static readonly Address s_miner = new(Sha3_256.Hash("miner"u8));

    private PrivateKey _key = null!;
    private Address _owner;

    [SetUp]
    public void CreateKey()
    {
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _owner = Profiles.Development.Signatures.AddressOf(_key.PublicKey);
    }

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public async Task Store_WhoseCommitThrows_IsToldToThoseWhoWait()
    {
        var store = new TestStore { OnCommit = batch => { if (!batch.Connected.IsEmpty && batch.Connected[^1].Head.Height == 1) throw new MuteException(); } };
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseStore(store).UseAuthority(_key).StartAsync().Soon();
        AssertTold(ledger, PayAsync(ledger), HaltCode.StoreFailed);
    }

    [Test]
    public async Task Producer_WhoseJobThrows_IsToldToThoseWhoWait()
    {
        await using LedgerHost ledger = await StartAsync(new Producer(ProducerFault.Job));
        AssertTold(ledger, PayAsync(ledger), HaltCode.WorkFailed);
    }

    [Test]
    public async Task Producer_WhoseStepThrows_IsToldToThoseWhoWait()
    {
        await using LedgerHost ledger = await StartAsync(new Producer(ProducerFault.Step));
        AssertTold(ledger, PayAsync(ledger), HaltCode.InvariantBroken);
    }

    [Test]
    public async Task Rule_WhoseCheckThrows_IsToldToThoseWhoWait()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).Use(new MuteRule()).Allocate(_owner, 100).FollowOthers().StartAsync().Soon();
        Task<Confirmation> waiting = PayAsync(ledger);
        var block = HashedBlock.Create(
            new Block { Header = ledger.Tip.Header with { Height = 1, Previous = ledger.ChainId, HistoryRoot = Hash256.Zero }, Transactions = [] },
            ledger.Profile.Format,
            ledger.ChainId);
        Task<Verdict> answer = ledger.SubmitBlockAsync(block);
        AssertTold(ledger, waiting, HaltCode.InvariantBroken);
        Assert.That(() => answer.Soon(), Throws.InstanceOf<LedgerHaltedException>());
    }

    [Test]
    public async Task Clock_WhoseTimersThrow_IsToldToThoseWhoWait()
    {
        await using LedgerHost ledger = await LedgerBuilder.For(Profiles.Development).UseTime(new MuteTime()).Use(new SingleAuthority(_owner), _ => new Producer(ProducerFault.Timer))
            .Allocate(_owner, 100).StartAsync().Soon();
        AssertTold(ledger, PayAsync(ledger), HaltCode.InvariantBroken);
    }

    [Test]
    public async Task Job_ThatIsCanceledThoughNoOneAsked_IsToldToThoseWhoWait()
    {
        await using LedgerHost ledger = await StartAsync(new Producer(ProducerFault.CanceledJob));
        Task<Confirmation> waiting = PayAsync(ledger);
        Assert.That(() => waiting.Soon(), Throws.InstanceOf<LedgerHaltedException>());
        Assert.That(ledger.Halted!.Code, Is.EqualTo(HaltCode.WorkFailed));
    }

    [Test]
    public void Entropy_ThatThrows_KeepsTheLedgerFromStarting() => Assert.That(
        async () => await LedgerBuilder.For(Profiles.Development).UseEntropy(new MuteEntropy()).UseAuthority(_key).StartAsync().Soon(),
        Throws.InstanceOf<MuteException>());

    private static void AssertTold(LedgerHost ledger, Task<Confirmation> waiting, HaltCode code)
    {
        Assert.That(() => waiting.Soon(), Throws.InstanceOf<LedgerHaltedException>());
        Assert.That(ledger.Halted!.Code, Is.EqualTo(code));
        Assert.That(ledger.Halted!.Text, Does.Contain("MuteException, whose message cannot be read"));
        Assert.That(ledger.ReadView().Status.Production, Is.EqualTo(new ProductionStatus(ProductionState.Halted, ledger.Halted!.Text)));
    }

    private async Task<LedgerHost> StartAsync(IBlockProducer producer) =>
        await LedgerBuilder.For(Profiles.Development).Use(new SingleAuthority(_owner), _ => producer).Allocate(_owner, 100).StartAsync().Soon();

    private Task<Confirmation> PayAsync(LedgerHost ledger) => ledger.SubmitAndConfirmAsync(Transfer.Sign(_key, s_miner, 5, ledger.Context));

    private enum ProducerFault
    {
        None = 0,
        Job,
        CanceledJob,
        Step,
        Timer,
    }

    private sealed class Producer(ProducerFault fault) : IBlockProducer, IProducerJob
    {
        public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
        {
            if (input is not ProducerInput.PoolFilled) return;
            if (fault == ProducerFault.Step) throw new MuteException();
            effects.Emit(fault is ProducerFault.Job or ProducerFault.CanceledJob ? new NodeEffect.StartJob(new JobId(1), this) : new NodeEffect.SetTimer(new TimerId("later"), now.Steady.Plus(TimeSpan.FromHours(1))));
        }

        // What a client of a remote signer does when its own time runs out.
        public async Task<JobResult?> RunAsync(CancellationToken cancellation)
        {
            await Task.Yield();
            throw fault == ProducerFault.CanceledJob ? new TaskCanceledException("The request has timed out.") : new MuteException();
        }
    }

    private sealed class MuteTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new MuteException();
    }

    private sealed class MuteEntropy : IEntropySource
    {
        public void Fill(Span<byte> destination) => throw new MuteException();
    }

    private sealed class MuteRule : ConsensusSpec, IConsensusRule
    {
        public override string RuleName => "mute";

        public override Hash256 GenesisTarget => Hash256.Zero;

        public override IEnumerable<Parameter> Parameters => [];

        public int StateLag => int.MaxValue;

        public override ConsensusParts Build(ChainProfile profile, BlockId genesis) =>
            new(this, new Consensus.ForkChoice.HeaviestChain(), new Consensus.Finality.NoFinality(), RuleState.None);

        public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals) => throw new MuteException();

        public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => parent;

        public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent) => throw new MuteException();

        public Work Weight(in HeaderView header, RuleState parent) => Work.From(1);
    }

    private sealed class MuteException : Exception
    {
        public override string Message => throw new MuteException();
    }
}
