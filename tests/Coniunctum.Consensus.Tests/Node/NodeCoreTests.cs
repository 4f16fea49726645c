using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Consensus.Tests.Node;

/// <summary>What a node does with machines that it knows by their interfaces alone: it forwards, both ways.</summary>
public sealed class NodeCoreTests : IChainMachine, IPeerMachine, IBlockProducer, ITopicRule, IEffectSink<NodeEffect>, IEntropySource
{
    private static readonly PeerId s_peer = new(7);
    private static readonly Address s_author = World.Owner(5);

    // Written out once more: the names in the files of ledgers. RecordScopeTests finds those that are missing here.
    private static readonly string[] s_ledgerRecords = ["tag key", "genesis", "parameters", "pool", "import", "upgrade.unknown", "dev"];

    private static readonly HashedBlock s_block = Ledger.Execution.GenesisBlock.Create(World.ProfileOf(StandardFormat.Instance)).Block;

    private readonly List<NodeEffect> _effects = [];
    private readonly List<IChainInput> _chainHeard = [];
    private readonly List<IPeerInput> _peersHeard = [];
    private readonly List<IProducerInput> _producerHeard = [];
    private readonly Queue<IChainEffect> _chainWants = new();
    private readonly Queue<IPeerEffect> _peersWant = new();
    private readonly Queue<IProducerEffect> _producerWants = new();
    private NodeCore<NodeCoreTests> _node = null!;

    HaltReason? IChainMachine.HaltReason => null;

    ITopicRule? IChainMachine.Topics => this;

    IReadOnlyList<TopicSpec> ITopicRule.Topics { get; } = [new("topic", TopicMode.Mesh, 10)];

    [SetUp]
    public void Create()
    {
        _effects.Clear();
        _chainHeard.Clear();
        _peersHeard.Clear();
        _producerHeard.Clear();
        _chainWants.Clear();
        _peersWant.Clear();
        _producerWants.Clear();
        _node = new NodeCore<NodeCoreTests>(this, producer: this, entropy: this, peers: this);
    }

    [Test]
    public void Peers_SendBlocksAndMessages_AndHearWhatBecameOfThem()
    {
        var arrived = new NodeInput.BlockArrived(s_block, s_peer);
        var message = new NodeInput.MessageArrived("topic", s_peer, new byte[] { 1 });
        MoveTo(s_block);
        var judged = new NodeEffect.BlockJudged(s_block, s_peer, Verdict.MissingParent(s_block.Id), Blame.None, IsPending: false);
        var frame = new Frame("bytes");
        _peersWant.Enqueue(arrived);
        _peersWant.Enqueue(message);
        _peersWant.Enqueue(new Answer("thanks"));
        _chainWants.Enqueue(judged);

        Step(frame);
        Assert.That(_peersHeard, Is.EqualTo(new IPeerInput[] { frame, judged, new NodeEffect.FetchBlock(s_block.Header.Previous, s_block, s_peer) }));
        Assert.That(_chainHeard, Is.EqualTo(new IChainInput[] { arrived }));
        Assert.That(_producerHeard, Is.Empty, "not before its signature is verified");
        NodeEffect.VerifySignatures verify = _effects.OfType<NodeEffect.VerifySignatures>().Single();
        Assert.That(_effects, Is.EqualTo(new NodeEffect[] { judged, verify, new Answer("thanks") }));

        Step(new NodeInput.SignaturesVerified(verify.Job, [new RecoveredSigner(SignatureOutcome.Valid, s_author)]));
        Assert.That(_chainHeard, Has.Exactly(1).Items, "the answer is not the chain's");
        Assert.That(_producerHeard, Is.EqualTo(new IProducerInput[] { new ProducerInput.MessageAccepted("topic", s_peer, message.Content, null) }));
        Assert.That(_peersHeard[^1], Is.EqualTo(new NodeEffect.MessageJudged("topic", new TopicKey(0, s_author, 1), s_peer, message.Content, null, MessageVerdict.Accepted, Blame.None)));
    }

    [Test]
    public void Messages_AreJudgedWithoutAProducerToo()
    {
        _node = new NodeCore<NodeCoreTests>(this, producer: null, entropy: this);
        MoveTo(s_block);
        Step(new NodeInput.MessageArrived("topic", s_peer, new byte[] { 1 }));
        NodeEffect.VerifySignatures verify = _effects.OfType<NodeEffect.VerifySignatures>().Single();
        Step(new NodeInput.SignaturesVerified(verify.Job, [new RecoveredSigner(SignatureOutcome.Valid, s_author)]));
        Assert.That(_effects.OfType<NodeEffect.MessageJudged>().Single().Verdict, Is.EqualTo(MessageVerdict.Accepted));
    }

    [Test]
    public void Peers_HearOfATip_WithTheOutside_AndPublishWhatTheProducerSends()
    {
        var moved = new NodeEffect.TipMoved([], [], s_block, RuleState.None, 0, null);
        var send = new NodeEffect.Send("topic", default);
        _chainWants.Enqueue(moved);
        Step(new NodeInput.Continued());
        _producerWants.Enqueue(send);
        Step(new NodeInput.JobDone(default, null));

        Assert.That(_peersHeard, Is.EqualTo(new IPeerInput[] { moved, send }));
        Assert.That(_effects, Is.EqualTo(new NodeEffect[] { moved }), "what peers publish needs no one else");
    }

    [Test]
    public void Node_WithoutPeers_LeavesTheirPartToTheCaller()
    {
        _node = new NodeCore<NodeCoreTests>(this, producer: this, entropy: this);
        var send = new NodeEffect.Send("topic", default);
        _producerWants.Enqueue(send);
        Step(new NodeInput.JobDone(default, null));
        Step(new Frame("bytes"));

        Assert.That(_effects, Is.EqualTo(new NodeEffect[] { send }));
        Assert.That(_peersHeard, Is.Empty);
    }

    [Test]
    public void Producer_NeitherReadsNorWritesTheLedgersRecords()
    {
        var store = new Dictionary<string, byte[]> { ["vote"] = [1], ["producer/seal"] = [2], ["seal"] = [3], ["ledger/new"] = [4] };
        foreach (string name in s_ledgerRecords) store.Add(name, [5]);
        Step(new NodeInput.Started(default, key => store.TryGetValue(key.Name, out byte[]? value) ? (ReadOnlyMemory<byte>?)value : null));
        Func<RecordKey, ReadOnlyMemory<byte>?> read = _producerHeard.OfType<NodeInput.Started>().Single().ReadRecord;

        foreach (string name in (string[])[.. s_ledgerRecords, "ledger/new", "producer/seal", "another"]) Assert.That(read(new RecordKey(name)), Is.Null, name);
        Assert.That(read(new RecordKey("seal"))!.Value.ToArray(), Is.EqualTo(new byte[] { 2 }));
        Assert.That(read(new RecordKey("vote"))!.Value.ToArray(), Is.EqualTo(new byte[] { 1 }), "of before there were scopes");

        foreach (string name in (string[])["tag key", "vote"])
        {
            _producerWants.Enqueue(new ProducerEffect.Persist(new RecordKey(name), new byte[] { 9 }));
            Step(new NodeInput.JobDone(default, null));
            Step(new NodeInput.Committed());
        }

        Assert.That(_effects.OfType<NodeEffect.Commit>().SelectMany(commit => commit.Batch.Records).Select(record => record.Key), Is.EqualTo(new[] { "producer/tag key", "producer/vote" }));
    }

    [Test]
    public void Producer_NeitherMovesNorFiresTheNodesTimers()
    {
        _chainWants.Enqueue(new NodeEffect.BlockJudged(s_block, default, Verdict.Defer(BlockRule.TimestampTooNew, default, new Timestamp(5_000)), Blame.None, IsPending: false));
        Step(new NodeInput.Continued());
        TimerId own = _effects.OfType<NodeEffect.SetTimer>().Single().Timer;
        _producerWants.Enqueue(new NodeEffect.SetTimer(new TimerId(own.Name), default));
        Step(new NodeInput.JobDone(default, null));
        TimerId producers = _effects.OfType<NodeEffect.SetTimer>().Last().Timer;
        Assert.That(producers, Is.Not.EqualTo(own));

        _producerHeard.Clear();
        Step(new NodeInput.TimerFired(producers));
        Assert.That(_producerHeard, Is.EqualTo(new IProducerInput[] { new NodeInput.TimerFired(new TimerId(own.Name)) }));
        Step(new NodeInput.TimerFired(own));
        Step(new NodeInput.TimerFired(new TimerId("no one's")));
        Assert.That(_producerHeard, Has.Exactly(1).Items);
    }

    [Test]
    public void Timer_ThatRanOutBeforeItWasMoved_IsHeardOfAtItsNewTimeOnly()
    {
        SteadyTime first = At(1), second = At(2);
        _producerWants.Enqueue(new NodeEffect.SetTimer(new TimerId("round"), first));
        Step(new NodeInput.JobDone(default, null));
        TimerId timer = _effects.OfType<NodeEffect.SetTimer>().Single().Timer;
        // It is moved behind a record that is not durable yet when it runs out.
        _producerWants.Enqueue(new ProducerEffect.Persist(new RecordKey("vote"), new byte[] { 1 }));
        _producerWants.Enqueue(new NodeEffect.SetTimer(new TimerId("round"), second));
        Step(new NodeInput.JobDone(default, null));
        _producerHeard.Clear();

        StepAt(new NodeInput.TimerFired(timer), first);
        Assert.That(_producerHeard, Is.Empty);
        Assert.That(_effects.OfType<NodeEffect.SetTimer>(), Has.Exactly(1).Items);
        StepAt(new NodeInput.Committed(), first);
        Assert.That(_effects.OfType<NodeEffect.SetTimer>().Last(), Is.EqualTo(new NodeEffect.SetTimer(timer, second)));
        // Or the news of it waits longer than the move.
        StepAt(new NodeInput.TimerFired(timer), first);
        Assert.That(_producerHeard, Is.Empty);
        StepAt(new NodeInput.TimerFired(timer), second);
        Assert.That(_producerHeard, Is.EqualTo(new IProducerInput[] { new NodeInput.TimerFired(new TimerId("round")) }));

        static SteadyTime At(int seconds) => default(SteadyTime).Plus(TimeSpan.FromSeconds(seconds));
    }

    [Test]
    public void Peers_SetTimersOfTheirOwn()
    {
        _peersWant.Enqueue(new NodeEffect.SetTimer(new TimerId("round"), default));
        Step(new Frame("bytes"));
        TimerId timer = _effects.OfType<NodeEffect.SetTimer>().Single().Timer;
        _peersHeard.Clear();

        Step(new NodeInput.TimerFired(timer));
        Assert.That(_peersHeard, Is.EqualTo(new IPeerInput[] { new NodeInput.TimerFired(new TimerId("round")) }));
        Assert.That(_producerHeard.OfType<NodeInput.TimerFired>(), Is.Empty);
        Step(new NodeInput.TimerFired(new TimerId("round")));
        Assert.That(_peersHeard, Has.Exactly(1).Items);
    }

    [Test]
    public void MissingParent_OfAPeersBlock_IsLeftToThePeerMachine()
    {
        _chainWants.Enqueue(new NodeEffect.BlockJudged(s_block, s_peer, Verdict.MissingParent(s_block.Header.Previous), Blame.None, IsPending: false));
        Step(new NodeInput.Continued());
        Assert.That(_peersHeard.OfType<NodeEffect.FetchBlock>().Single(), Is.EqualTo(new NodeEffect.FetchBlock(s_block.Header.Previous, s_block, s_peer)));
        Assert.That(_effects.OfType<NodeEffect.FetchBlock>(), Is.Empty);
    }

    [Test]
    public void Effect_OfAKindOfItsOwn_IsABrokenMachine()
    {
        _producerWants.Enqueue(new Unknown());
        Assert.That(() => Step(new NodeInput.JobDone(default, null)), Throws.InvalidOperationException);
        _peersWant.Enqueue(new Unknown());
        Assert.That(() => Step(new Frame("bytes")), Throws.InvalidOperationException);
    }

    void IChainMachine.Step(IChainInput input, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        _chainHeard.Add(input);
        while (_chainWants.TryDequeue(out IChainEffect? effect)) effects.Emit(effect);
    }

    void IPeerMachine.Step(IPeerInput input, NodeTime now, IEffectSink<IPeerEffect> effects)
    {
        _peersHeard.Add(input);
        while (_peersWant.TryDequeue(out IPeerEffect? effect)) effects.Emit(effect);
    }

    void IBlockProducer.Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        _producerHeard.Add(input);
        while (_producerWants.TryDequeue(out IProducerEffect? effect)) effects.Emit(effect);
    }

    TopicJudgement ITopicRule.Judge(in TopicMessage message, in HeaderView tip, RuleState state, SealClaims claims)
    {
        claims.Add(new SignatureClaim(default, message.Content, s_author));
        return TopicJudgement.Accept(new TopicKey(tip.Height, s_author, 1));
    }

    void IEffectSink<NodeEffect>.Emit(NodeEffect effect) => _effects.Add(effect);

    void IEntropySource.Fill(Span<byte> buffer) => buffer.Clear();

    private void MoveTo(HashedBlock tip)
    {
        _chainWants.Enqueue(new ProducerInput.TipChanged(HeaderView.Of(tip), RuleState.None, 0));
        Step(new NodeInput.Continued());
        _chainHeard.Clear();
        _producerHeard.Clear();
    }

    private void Step(NodeInput input) => _node.Step(input, default, this);

    private void StepAt(NodeInput input, SteadyTime now) => _node.Step(input, new NodeTime(default, now), this);

    private sealed record Frame(string Bytes) : NodeInput.FromNetwork
    {
        public override PeerId From => s_peer;

        public override int Size => Bytes.Length;
    }

    private sealed record Answer(string Bytes) : NodeEffect.ToNetwork;

    private sealed record Unknown : IProducerEffect, IPeerEffect;
}
