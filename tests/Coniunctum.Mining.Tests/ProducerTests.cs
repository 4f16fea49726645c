using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Mining.Tests;

public sealed class ProducerTests : IEffectSink<IProducerEffect>
{
    private readonly List<IProducerEffect> _effects = [];
    private World _world = null!;
    private ChainHarness _node = null!;
    private OneThread _search = null!;
    private IBlockProducer _producer = null!;

    [SetUp]
    public void Create()
    {
        _effects.Clear();
        _world = new World(Int32CoinFormat.Instance);
        _node = new ChainHarness(_world);
        _search = new OneThread();
        _producer = new ProofOfWorkProducer(Miner, new MiningOptions(), _search);
    }

    [Test]
    public void ProofOfWork_MinesOnEveryTip()
    {
        Step(Tip(pool: 0));
        Assert.That(Take<ProducerEffect.Prepare>().Receiver, Is.EqualTo(Miner));
        Assert.That(Take<NodeEffect.SetTimer>().At, Is.EqualTo(new SteadyTime(TimeSpan.FromSeconds(1))));
        Step(new ProducerInput.Prepared(_node.Candidate()));
        NodeEffect.StartJob job = Take<NodeEffect.StartJob>();
        HashedBlock block = Sealed(job.Work.Run(default));

        Step(new NodeInput.JobDone(job.Id, new JobResult.Sealed(block)));
        Assert.That(Take<ProducerEffect.Adopt>().Block, Is.SameAs(block));
        Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid));
        Assert.That(_node.Core.Tip, Is.SameAs(block));
    }

    [Test]
    public void ProofOfWork_NewTip_CancelsTheSearch()
    {
        NodeEffect.StartJob first = Search();
        Step(Tip(pool: 0));
        Assert.That(Take<NodeEffect.CancelJob>().Id, Is.EqualTo(first.Id));
        Assert.That(_effects.OfType<ProducerEffect.Prepare>(), Has.Exactly(1).Items);
    }

    [Test]
    public void ProofOfWork_RefreshOfTheSameCandidate_SearchesOtherHeaders()
    {
        // int32coin's headers hold no time: the candidate of a second later is the same one.
        var roots = new HashSet<Hash256>();
        for (int i = 0; i < 5; i++)
        {
            NodeEffect.StartJob job = i == 0 ? Search() : Refresh();
            Assert.That(roots.Add(Sealed(job.Work.Run(default)).Header.MerkleRoot), "every job searches headers of its own");
        }
    }

    [Test]
    public void ProofOfWork_BlockFoundWhileItsSearchIsReplaced_IsAdopted()
    {
        NodeEffect.StartJob old = Search();
        HashedBlock found = Sealed(old.Work.Run(default));
        Refresh();
        Step(new NodeInput.JobDone(old.Id, new JobResult.Sealed(found)));
        Assert.That(Take<ProducerEffect.Adopt>().Block, Is.SameAs(found));
    }

    [Test]
    public void ProofOfWork_AfterABlockThatTheChainRefused_GoesOn()
    {
        NodeEffect.StartJob job = Search();
        Step(new NodeInput.JobDone(job.Id, job.Work.Run(default)));
        _effects.Clear();

        Assert.That(Refresh().Id, Is.Not.EqualTo(job.Id));
    }

    [Test]
    public void ProofOfWork_ThatWaitsForTransactions_RestsWithoutThem()
    {
        _producer = new ProofOfWorkProducer(Miner, new MiningOptions { WaitsForTransactions = true }, _search);
        Step(Tip(pool: 0));
        Step(new NodeInput.TimerFired(new TimerId("refresh")));
        Assert.That(_effects, Is.Empty);
        Step(new ProducerInput.PoolFilled());
        Step(new ProducerInput.PoolFilled());
        Assert.That(_effects.OfType<ProducerEffect.Prepare>(), Has.Exactly(1).Items);
        _effects.Clear();
        Step(Tip(pool: 0));
        Assert.That(_effects, Is.Empty);
        Step(Tip(pool: 3));
        Assert.That(_effects.OfType<ProducerEffect.Prepare>(), Has.Exactly(1).Items);
    }

    [Test]
    public void ProofOfWork_UpToALastHeight_StopsThereThoughItsCommitIsSlow()
    {
        _producer = new ProofOfWorkProducer(Miner, new MiningOptions { LastHeight = 1 }, _search);
        NodeEffect.StartJob job = Search();
        var found = (JobResult.Sealed)job.Work.Run(default)!;
        Step(new NodeInput.JobDone(job.Id, found));
        Take<ProducerEffect.Adopt>();
        _node.Deliver(found.Block);

        // The block is adopted, but not told yet, when the search is refreshed.
        Step(new NodeInput.TimerFired(new TimerId("refresh")));
        Step(new ProducerInput.Prepared(_node.Candidate()));
        Assert.That(_effects.OfType<NodeEffect.StartJob>(), Is.Empty);
        Step(Tip(pool: 0));
        _effects.Clear();
        Step(new NodeInput.TimerFired(new TimerId("refresh")));
        Assert.That(_effects, Is.Empty);
    }

    [Test]
    public void ProofOfWork_CancelledJob_ReturnsNothing()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.That(Search().Work.Run(cancelled.Token), Is.Null);
    }

    [Test]
    public void ProofOfWork_UsedUpNonces_GoOnWithAnotherExtraNonce()
    {
        _search.Failures = 2;
        HashedBlock block = Sealed(Search().Work.Run(default));
        Assert.That(_search.Searches, Is.EqualTo(3));
        Assert.That(_node.Deliver(block), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    public void ProofOfWork_ForRoot_Throws() =>
        Assert.That(() => new ProofOfWorkProducer(Address.Root, new MiningOptions(), _search), Throws.ArgumentException);

    [Test]
    public void ProofOfWork_WhoseCandidateIsRefused_TriesAgainByItself()
    {
        Step(Tip(pool: 0));
        Take<ProducerEffect.Prepare>();
        NodeEffect.SetTimer refresh = Take<NodeEffect.SetTimer>();
        Step(new ProducerInput.Refused(1, null, Verdict.Invalid(BlockRule.TagReused, 1, 2)));
        Assert.That(_effects, Is.Empty, "at once would be for ever");
        Step(new NodeInput.TimerFired(refresh.Timer));
        Take<ProducerEffect.Prepare>();
    }

    [Test]
    public void ProofOfWork_EmptyBlocks_WaitForTheirInterval_AndTransactionsForNothing()
    {
        _producer = new ProofOfWorkProducer(Miner, new MiningOptions { EmptyBlockInterval = TimeSpan.FromSeconds(5) }, _search);
        _producer.Step(Tip(pool: 0), NodeTimes.At(new Timestamp(2_000)), this);
        NodeEffect.SetTimer empty = Take<NodeEffect.SetTimer>();
        Assert.That(_effects, Is.Empty);
        Assert.That(empty.At, Is.EqualTo(new SteadyTime(TimeSpan.FromSeconds(7))));
        Assert.That(_producer.Status, Is.EqualTo(ProductionStatus.WaitsForTransactions with { Until = new Timestamp(7_000) }));
        // The timer of an older tip may come late.
        _producer.Step(new NodeInput.TimerFired(empty.Timer), NodeTimes.At(new Timestamp(6_999)), this);
        Assert.That(_effects, Is.Empty);
        _producer.Step(new NodeInput.TimerFired(empty.Timer), NodeTimes.At(new Timestamp(7_000)), this);
        Take<ProducerEffect.Prepare>();

        _effects.Clear();
        _producer.Step(Tip(pool: 0), NodeTimes.At(new Timestamp(8_000)), this);
        _producer.Step(new ProducerInput.PoolFilled(), NodeTimes.At(new Timestamp(8_001)), this);
        Take<ProducerEffect.Prepare>();
        _effects.Clear();
        _producer.Step(Tip(pool: 1), NodeTimes.At(new Timestamp(9_000)), this);
        Take<ProducerEffect.Prepare>();
    }

    [TestCase(1UL, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [TestCase(2UL, "8000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase(3UL, "5555555555555555555555555555555555555555555555555555555555555555")]
    [TestCase(1UL << 24, "0000010000000000000000000000000000000000000000000000000000000000")]
    [TestCase(ulong.MaxValue, "0000000000000001000000000000000100000000000000010000000000000001")]
    public void TargetFor_IsTheQuotient(ulong hashes, string target) =>
        Assert.That(ProofOfWork.TargetFor(hashes).ToString(), Is.EqualTo(target));

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect) => _effects.Add(effect);

    private ProducerInput.TipChanged Tip(int pool) => new(HeaderView.Of(_node.Core.Tip), RuleState.None, pool);

    private void Step(IProducerInput input) => _producer.Step(input, default, this);

    private static HashedBlock Sealed(JobResult? result) => ((JobResult.Sealed)result!).Block;

    private NodeEffect.StartJob Search()
    {
        Step(Tip(pool: 0));
        _effects.Clear();
        Step(new ProducerInput.Prepared(_node.Candidate()));
        return Take<NodeEffect.StartJob>();
    }

    private NodeEffect.StartJob Refresh()
    {
        Step(new NodeInput.TimerFired(new TimerId("refresh")));
        Take<ProducerEffect.Prepare>();
        Step(new ProducerInput.Prepared(_node.Candidate()));
        NodeEffect.StartJob job = Take<NodeEffect.StartJob>();
        _effects.Clear();
        return job;
    }

    /// <summary>The only effect of a kind so far; it is taken away.</summary>
    private T Take<T>()
        where T : IProducerEffect
    {
        T effect = _effects.OfType<T>().Single();
        _effects.Remove(effect);
        return effect;
    }

    private sealed class OneThread : INonceSearch
    {
        /// <summary>How many searches find nothing first.</summary>
        public int Failures { get; set; }

        public int Searches { get; private set; }

        public bool TryFind(INoncePuzzle puzzle, Hash256 target, out ulong nonce, CancellationToken cancellation)
        {
            nonce = 0;
            return ++Searches > Failures && puzzle.TryFind(0, 1_000_000, target, out nonce);
        }
    }
}
