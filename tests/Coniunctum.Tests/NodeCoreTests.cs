using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Tests.Support;

namespace Coniunctum.Tests;

public sealed class NodeCoreTests : IEffectSink<NodeEffect>, IBlockProducer
{
    private readonly List<NodeEffect> _effects = [];
    private readonly List<IProducerInput> _heard = [];
    private readonly Queue<IProducerEffect> _wanted = new();
    private ChainProfile _profile = null!;
    private NodeCore<ChainCore> _node = null!;
    private BlockMaker _maker = null!;
    private static readonly PeerId s_peer = new(1);

    private PrivateKey _key = null!;
    private Address _owner;

    [SetUp]
    public void Create()
    {
        _effects.Clear();
        _heard.Clear();
        _wanted.Clear();
        _key = PrivateKey.Generate(SystemEntropy.Instance);
        _owner = Profiles.Development.Signatures.AddressOf(_key.PublicKey);
        GenesisSpec genesis = Profiles.Development.Genesis with { IsDrawn = false, Allocations = [new(_owner, 100)] };
        _profile = Profiles.Development with { Consensus = new ProofOfWork(ProofOfWork.TargetFor(4)), Genesis = genesis };
        _node = new NodeCore<ChainCore>(new ChainCore(_profile, new PoolOptions()), this, SystemEntropy.Instance);
        _maker = new BlockMaker(_profile);
    }

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public void Producer_IsToldTheDurableTip_NotTheNewestOne()
    {
        HashedBlock[] blocks = [_maker.Next(_owner), _maker.Next(_owner)];
        foreach (HashedBlock block in blocks) Step(new NodeInput.BlockArrived(block));
        Assert.That(_node.Chain.Tip, Is.SameAs(blocks[1]));
        Assert.That(_heard, Is.Empty);

        Step(new NodeInput.Committed());
        Assert.That(_heard.Cast<ProducerInput.TipChanged>().Single().Tip.Id, Is.EqualTo(blocks[0].Id));
        Assert.That(Of<NodeEffect.AnnounceBlock>().Single().Block, Is.SameAs(blocks[0]));
        Step(new NodeInput.Committed());
        Assert.That(((ProducerInput.TipChanged)_heard[^1]).Tip.Id, Is.EqualTo(blocks[1].Id));
    }

    [Test]
    public void Effects_BehindARecord_WaitUntilItIsDurable()
    {
        _wanted.Enqueue(new NodeEffect.Send("first", default));
        _wanted.Enqueue(new ProducerEffect.Persist(new RecordKey("vote"), new byte[] { 1 }));
        _wanted.Enqueue(new NodeEffect.Send("second", default));
        _wanted.Enqueue(new ProducerEffect.Persist(new RecordKey("vote"), new byte[] { 2 }));
        _wanted.Enqueue(new NodeEffect.Send("third", default));

        Step(new NodeInput.Started(_node.Chain.Genesis.Id, _ => null));
        Assert.That(Sent(), Is.EqualTo(new[] { "first" }));
        // The chain's commits share the line, and its answers are not the record's.
        Step(new NodeInput.BlockArrived(_maker.Next(_owner)));
        Step(new NodeInput.Committed());
        Assert.That(Sent(), Is.EqualTo(new[] { "first", "second" }));
        Step(new NodeInput.Committed());
        Assert.That(Sent(), Is.EqualTo(new[] { "first", "second" }));
        Assert.That(Of<NodeEffect.TipMoved>(), Has.Exactly(1).Items);
        Step(new NodeInput.Committed());
        Assert.That(Sent(), Is.EqualTo(new[] { "first", "second", "third" }));
    }

    [Test]
    public void MissingParent_IsFetchedFromWhoSentTheChild()
    {
        HashedBlock parent = _maker.Next(_owner);
        HashedBlock child = _maker.Next(_owner);

        Step(new NodeInput.BlockArrived(child));
        Assert.That(Of<NodeEffect.FetchBlock>(), Is.Empty, "a user has nothing to be asked for");
        Step(new NodeInput.BlockArrived(child, s_peer));
        Assert.That(Of<NodeEffect.FetchBlock>().Single(), Is.EqualTo(new NodeEffect.FetchBlock(parent.Id, child, s_peer)));
    }

    [Test]
    public void Transactions_AreAnnouncedAndToldToTheProducer()
    {
        var hasher = new TransactionHasher(_profile.Format, _node.Chain.Genesis.Id);
        var context = new TransferContext(_profile, _node.Chain.Genesis.Id, 0, SystemEntropy.Instance);
        for (int i = 0; i < 2; i++)
        {
            Step(new NodeInput.TransactionArrived(i, hasher.Hash(Transfer.Sign(_key, new Address(_profile.Consensus.GenesisTarget), 1, context))));
            NodeEffect.VerifySignatures verify = Of<NodeEffect.VerifySignatures>().Last();
            Step(new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(_profile.Signatures, verify.Claims.AsSpan())));
        }

        Assert.That(Of<NodeEffect.AnnounceTransaction>(), Has.Exactly(2).Items);
        Assert.That(_heard, Has.Exactly(2).InstanceOf<ProducerInput.PoolFilled>());
    }

    [Test]
    public void Candidate_ThatEveryoneWouldDefer_IsRefused_AndTheStatusSaysUntilWhen()
    {
        Timestamp genesis = _profile.Genesis.Timestamp;
        _wanted.Enqueue(new ProducerEffect.Prepare(_owner));
        _node.Step(new NodeInput.JobDone(default, null), NodeTimes.At(new Timestamp(genesis.UnixMilliseconds - 86_400_000)), this);
        Assert.That(_heard.OfType<ProducerInput.Refused>(), Is.Empty, "a candidate is a step of its own");
        _node.Step(new NodeInput.Continued(), NodeTimes.At(new Timestamp(genesis.UnixMilliseconds - 86_400_000)), this);

        Verdict verdict = _heard.OfType<ProducerInput.Refused>().Single().Verdict;
        Assert.That(verdict.Kind, Is.EqualTo(VerdictKind.Deferred));
        // Two hours before the block's own time, which is a millisecond after genesis.
        Assert.That(verdict.Until, Is.EqualTo(new Timestamp(genesis.UnixMilliseconds + 1 - 7_200_000)));
        Assert.That(_node.Production.State, Is.EqualTo(ProductionState.WaitsForTime));
        Assert.That(_node.Production.Until, Is.EqualTo(verdict.Until));
        Assert.That(_node.Production.Reason, Does.Contain("block 1 must be dated 2026-01-01T00:00:00Z, and is taken from 2025-12-31T22:00:00Z on"));

        _wanted.Enqueue(new ProducerEffect.Prepare(_owner));
        _node.Step(new NodeInput.JobDone(default, null), NodeTimes.At(verdict.Until), this);
        _node.Step(new NodeInput.Continued(), NodeTimes.At(verdict.Until), this);
        Assert.That(_heard[^1], Is.InstanceOf<ProducerInput.Prepared>());
        Assert.That(_node.Production, Is.EqualTo(ProductionStatus.Unknown), "the producer's own word");
    }

    [Test]
    public void OwnBlock_ThatIsNotTaken_IsToldToTheProducer_AndInTheStatus()
    {
        HashedBlock wrong = _maker.Make(_owner, [], header => header with { StateRoot = Hash256.Zero });
        _wanted.Enqueue(new ProducerEffect.Adopt(wrong));
        Step(new NodeInput.JobDone(default, null));

        var refused = (ProducerInput.Refused)_heard[^1];
        Assert.That(refused.Block, Is.SameAs(wrong));
        Assert.That(refused.Verdict.Rule, Is.EqualTo(BlockRule.StateRootMismatch));
        Assert.That(_node.Production.State, Is.EqualTo(ProductionState.Refused));
        Assert.That(_node.Production.Reason, Does.StartWith("block 1 cannot be made: StateRootMismatch"));

        // The same from elsewhere is none of the producer's.
        int heard = _heard.Count;
        Step(new NodeInput.BlockArrived(_maker.Make(_owner, [], header => header with { StateRoot = Hash256.Zero }), s_peer));
        Assert.That(_heard, Has.Count.EqualTo(heard));

        Step(new NodeInput.BlockArrived(_maker.Next(_owner), s_peer));
        Step(new NodeInput.Committed());
        Assert.That(_node.Production, Is.EqualTo(ProductionStatus.Unknown), "another tip, another try");
    }

    [Test]
    public void Production_WithoutAProducer_AndAfterAFailure_SaysSo()
    {
        Assert.That(new NodeCore<ChainCore>(new ChainCore(_profile, new PoolOptions()), null, SystemEntropy.Instance).Production.State, Is.EqualTo(ProductionState.NoProducer));
        Step(new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "the disk is full")));
        Assert.That(_node.Production.State, Is.EqualTo(ProductionState.Halted));
    }

    [Test]
    public void Failure_IsSaidOnce_AndNothingFollows()
    {
        Step(new NodeInput.BlockArrived(_maker.Next(_owner)));
        Step(new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "the disk is full")));
        Assert.That(Of<NodeEffect.Halted>().Single().Reason, Is.EqualTo(new HaltReason(HaltCode.StoreFailed, "the disk is full")));
        _effects.Clear();

        NodeInput[] later =
        [
            new NodeInput.Committed(), new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, "again")), new NodeInput.Continued(), new NodeInput.TimerFired(new TimerId("refresh")),
            new NodeInput.JobDone(new JobId(1), null), new NodeInput.MessageArrived("vote", s_peer, default), new NodeInput.BlockArrived(_maker.Next(_owner), s_peer),
            new NodeInput.SignaturesVerified(new JobId(1), ImmutableArray<RecoveredSigner>.Empty), new NodeInput.Started(_node.Chain.Genesis.Id, _ => null),
        ];
        foreach (NodeInput input in later) Step(input);
        Assert.That(_effects, Is.Empty);
        Assert.That(_heard, Is.Empty);
    }

    void IEffectSink<NodeEffect>.Emit(NodeEffect effect) => _effects.Add(effect);

    void IBlockProducer.Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        _heard.Add(input);
        while (_wanted.TryDequeue(out IProducerEffect? effect)) effects.Emit(effect);
    }

    private IEnumerable<T> Of<T>()
        where T : NodeEffect => _effects.OfType<T>();

    private IEnumerable<string> Sent() => Of<NodeEffect.Send>().Select(send => send.Topic);

    private void Step(NodeInput input) => _node.Step(input, NodeTimes.At(_profile.Genesis.Timestamp.Plus(TimeSpan.FromHours(1))), this);
}
