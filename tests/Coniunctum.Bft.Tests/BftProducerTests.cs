using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Bft.Tests;

/// <summary>One validator of four with real keys; records are durable at once and jobs done at once.</summary>
public sealed class BftProducerTests : IEffectSink<IProducerEffect>
{
    private const int Far = 40;

    private static readonly ISignatureScheme s_scheme = new Secp256k1Scheme<Sha3_256>();
    private static readonly BlockId s_chain = new(Sha3_256.Hash("chain"u8));
    private static readonly BlockId s_tip = new(Sha3_256.Hash("tip"u8));

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _records = [];
    private readonly Queue<IProducerEffect> _effects = [];
    private readonly List<BftMessage> _sent = [];
    private readonly List<BftStatus> _questions = [];
    private readonly List<PeerId> _to = [];
    private readonly List<BlockId> _adopted = [];
    private PrivateKey[] _keys = null!;
    private ValidatorSet _set = null!;
    private ChainProfile _profile = null!;
    private BftProducer _producer = null!;
    private JudgedMessages _judged = null!;
    private HashedBlock _block = null!;
    private Func<NodeInput.Started, NodeInput.Started> _started = null!;
    private int _self;

    [SetUp]
    public void Create()
    {
        _started = started => started;
        _records.Clear();
        _effects.Clear();
        _sent.Clear();
        _adopted.Clear();
        _keys = [.. Enumerable.Range(1, 4).Select(number => KeyOf((byte)number)).OrderBy(key => s_scheme.AddressOf(key.PublicKey))];
        UseWeights(1, 1, 1, 1);
        // Round 0 is another's.
        _self = (_set.ProposerAt(1, 0) + 1) % 4;
        var header = new BlockHeader { Height = 1, Nonce = 0, Previous = s_tip, MerkleRoot = default, Target = default, Timestamp = new Timestamp(1_000_000) };
        var reward = new Transaction { Tag = default, Sender = Address.Root, Receiver = World.Owner(1), Amount = 50, Signature = new byte[65] };
        _block = new BlockDraft(default, StandardFormat.Instance, header, [reward]).WithExtraNonce(0).Seal(0, default);
    }

    [TearDown]
    public void Dispose()
    {
        foreach (PrivateKey key in _keys) key.Dispose();
    }

    [Test]
    public void Resend_WhileLocked_ShowsThePrevotesOfOthersToo()
    {
        Lock();
        _sent.Clear();
        Fire("bft.resend");
        Assert.That(_sent.Where(IsReason).Select(vote => vote.Sender).Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void Proposal_OfALockOfLongAgo_TravelsWithItsPrevotes_AlsoAfterARestart([Values] bool restarts)
    {
        Lock();
        int round = Enumerable.Range(Far, 4).Single(round => _set.ProposerAt(1, round) == _self);
        _sent.Clear();
        if (restarts)
        {
            // The record must say that it is there: it has voted in the round before.
            GoTo(round - 1);
            Fire("bft.propose");
            Begin();
        }

        _sent.Clear();
        GoTo(round);
        BftMessage proposal = _sent.Single(message => message.Kind == BftMessageKind.Proposal);
        Assert.That((proposal.Round, proposal.Block, proposal.ValidRound), Is.EqualTo((round, (BlockId?)_block.Id, 0)));
        Assert.That(_sent.Where(IsReason).Select(vote => vote.Sender).Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void Proposal_ThatNamesALongPastRound_IsPrevotedOnceThePrevotesHaveArrived()
    {
        Begin();
        int round = Enumerable.Range(Far, 4).First(round => _set.ProposerAt(1, round) != _self);
        int proposer = _set.ProposerAt(1, round);
        GoTo(round);
        Report(Proposal(proposer, round, validRound: 0));
        Assert.That(_sent.Where(vote => vote.Kind == BftMessageKind.Prevote), Is.Empty);
        foreach (int voter in Others) Report(Vote(voter, BftMessageKind.Prevote, 0, _block.Id));
        BftMessage prevote = _sent.Single(vote => vote.Kind == BftMessageKind.Prevote && vote.Sender == _set[_self].Address);
        Assert.That((prevote.Round, prevote.Block), Is.EqualTo((round, (BlockId?)_block.Id)));
    }

    [Test]
    public void Restart_SaysAgainItsVotesOfTheRoundBefore()
    {
        // Heavy enough to go on alone.
        UseWeights([.. Enumerable.Range(0, 4).Select(index => index == _self ? 9UL : 1)]);
        Begin();
        foreach (string timer in (string[])["bft.propose", "bft.precommit", "bft.propose"]) Fire(timer);
        BftMessage[] said = [.. _sent.Where(message => message.Sender == _set[_self].Address)];
        Assert.That(said.Select(vote => (vote.Round, vote.Kind)), Is.EqualTo(new[]
        {
            (0, BftMessageKind.Prevote), (0, BftMessageKind.Precommit), (1, BftMessageKind.Prevote), (1, BftMessageKind.Precommit),
        }));
        _sent.Clear();
        Begin();
        Assert.That(_sent.Select(vote => (vote.Round, vote.Kind, vote.Block)), Is.EquivalentTo(said.Select(vote => (vote.Round, vote.Kind, vote.Block))));
    }

    /// <summary>Losing the record of what was signed would let a validator contradict itself, losing its lock could undo a decision.</summary>
    [Test]
    public void Restart_OnAStoreThatWasWrittenBeforeRecordsHadScopes_KnowsWhatItHasSigned([Values] Turn turn)
    {
        Lock();
        Assert.That(_records.Keys, Is.SupersetOf(new[] { "bft.control", "bft.lock" }));
        BftMessage[] said = [.. _sent.Where(message => message.Sender == _set[_self].Address)];
        Assert.That(said.Select(vote => (vote.Kind, vote.Block)), Does.Contain((BftMessageKind.Precommit, (BlockId?)_block.Id)));
        _sent.Clear();

        _started = started => new StartedOfANode(turn).Take(started);
        Begin();
        Assert.That(_sent.Where(message => message.Sender == _set[_self].Address).Select(vote => (vote.Round, vote.Kind, vote.Block)).Distinct(), Is.EquivalentTo(said.Select(vote => (vote.Round, vote.Kind, vote.Block))));
        _sent.Clear();
        Fire("bft.resend");
        Assert.That(_sent.Where(IsReason).Select(vote => vote.Sender).Distinct().Count(), Is.EqualTo(3), "its lock");
    }

    [Test]
    public void Status_SaysWhoIsMissing()
    {
        Begin();
        Assert.That(_producer.Status.Awaited, Is.EqualTo(new[] { _set[_set.ProposerAt(1, 0)].Address }), _producer.Status.Reason);
        Assert.That(_producer.Status.State, Is.EqualTo(ProductionState.WaitsForOthers));
        Fire("bft.propose");
        Address[] others = [.. Others.Select(index => _set[index].Address)];
        Assert.That(_producer.Status.Awaited, Is.EqualTo(others), _producer.Status.Reason);
        foreach (int voter in Others.Take(2)) Report(Vote(voter, BftMessageKind.Prevote, 0, null));
        Assert.That(_producer.Status.Reason, Does.StartWith("height 1, round 0: precommits are missing"));
        Report(Vote(Others.First(), BftMessageKind.Precommit, 0, null));
        Assert.That(_producer.Status.Awaited, Is.EqualTo(others[1..]));
    }

    [Test]
    public void Question_OfAValidator_IsAnsweredToAll_AndToThePeerThatAsksAgain()
    {
        Begin();
        _to.Clear();
        int other = Others.First();
        foreach ((ulong height, long from) in ((ulong, long)[])[(1, 3), (1, 4), (2, 5)])
        {
            var question = new BftStatus(Hash256.Zero, _set[other].Address, _set[other].Address, height, 0, null, default);
            Take(new NodeInput.MessageArrived("bft.status", new PeerId(from), (question with { Signature = Sign(other, question.Digest(s_chain)) }).Encode()));
        }

        Assert.That(_to, Is.EqualTo(new[] { default, new PeerId(4), default }));
    }

    [Test]
    public void Status_AfterAStart_SaysWhoseAnswerIsMissing()
    {
        _judged = new JudgedMessages(((BftConsensus)_profile.Consensus).Build(_profile, s_chain).Topics!, s_scheme);
        _producer = new BftProducer((BftConsensus)_profile.Consensus, _keys[_self], _profile, new FixedEntropy());
        Assert.That(_producer.Status, Is.EqualTo(ProductionStatus.Unknown));
        Step(new NodeInput.Started(s_chain, _ => null));
        Step(Genesis());
        Assert.That(_producer.Status.Awaited, Is.EqualTo(Others.Select(index => _set[index].Address)), _producer.Status.Reason);
    }

    [Test]
    public void Decision_BehindASkippedRoundInOneStep_IsAdopted()
    {
        Begin();
        Fire("bft.propose");
        // After another start it takes all that it has heard at once: votes of a later round, to which it goes on, and those that decide an earlier one.
        BeginListening();
        Report(Proposal(_set.ProposerAt(1, 0), 0));
        foreach (int voter in Others) Report(Vote(voter, BftMessageKind.Precommit, 0, _block.Id));
        int later = Enumerable.Range(5, 4).First(round => _set.ProposerAt(1, round) != _self);
        foreach (int voter in Others.Take(2)) Report(Vote(voter, BftMessageKind.Prevote, later, null));
        _adopted.Clear();
        EndListening();
        Assert.That(_adopted, Is.EqualTo(new[] { _block.Id }));
    }

    [Test]
    public void VotesOfTheNextHeight_ThatAreForged_TakeNoOnesPlace([Values] bool forgedFirst)
    {
        Begin();
        BftMessage[] honest = [.. Others.Select(voter => Signed(voter, new BftMessage(BftMessageKind.Prevote, 2, 0, null, -1, _set[voter].Address, default)))];
        BftMessage[] forged = [.. honest.SelectMany(vote => (BftMessage[])[vote with { Block = _block.Id }, vote with { Round = 7 }])];
        foreach (BftMessage vote in forgedFirst ? [.. forged, .. honest] : (BftMessage[])[.. honest, .. forged]) Report(vote);

        Step(new ProducerInput.TipChanged(HeaderView.Of(_block), new BftState(_set, _set), 0));
        _sent.Clear();
        Fire("bft.pause");
        Fire("bft.propose");
        Assert.That(
            _sent.Where(vote => vote.Sender == _set[_self].Address && vote.Kind == BftMessageKind.Precommit).Select(vote => (vote.Height, vote.Round, vote.Block)),
            Is.EqualTo(new[] { (2UL, 0, (BlockId?)null) }),
            "the others' prevotes were here already");
    }

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect) => _effects.Enqueue(effect);

    private IEnumerable<int> Others => Enumerable.Range(0, 4).Where(index => index != _self);

    private static PrivateKey KeyOf(byte number)
    {
        PrivateKey.Read(Sha3_256.Hash([number]).AsSpan(), out PrivateKey? key);
        return key!;
    }

    private void UseWeights(params ulong[] weights)
    {
        _set = ValidatorSet.Of(_keys.Select((key, index) => new Validator(s_scheme.AddressOf(key.PublicKey), weights[index])));
        _profile = World.ProfileOf(StandardFormat.Instance) with { Signatures = s_scheme, Consensus = new BftConsensus(_set) };
    }

    private bool IsReason(BftMessage vote) => vote.Kind == BftMessageKind.Prevote && vote.Round == 0 && vote.Block == _block.Id;

    /// <summary>Starts, or starts again, and lets the others answer where they stand.</summary>
    private void Begin()
    {
        BeginListening();
        EndListening();
        Fire("bft.pause");
    }

    private void BeginListening()
    {
        _questions.Clear();
        _judged = new JudgedMessages(((BftConsensus)_profile.Consensus).Build(_profile, s_chain).Topics!, s_scheme);
        _producer = new BftProducer((BftConsensus)_profile.Consensus, _keys[_self], _profile, new FixedEntropy());
        Step(_started(new NodeInput.Started(s_chain, key => _records.TryGetValue(key.Name, out ReadOnlyMemory<byte> value) ? value : (ReadOnlyMemory<byte>?)null)));
        Step(Genesis());
    }

    private void EndListening()
    {
        foreach (int other in Others)
        {
            var answer = new BftStatus(_questions[0].Challenge, _set[_self].Address, _set[other].Address, 1, 0, null, default);
            answer = answer with { Signature = Sign(other, answer.Digest(s_chain)) };
            Take(new NodeInput.MessageArrived("bft.status", new PeerId(1), answer.Encode()));
        }

        Fire("bft.listen");
    }

    private ProducerInput.TipChanged Genesis()
    {
        var header = new BlockHeader { Height = 0, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = default };
        return new ProducerInput.TipChanged(new HeaderView(header, s_tip, default), new BftState(_set, _set), 0);
    }

    private void Lock()
    {
        Begin();
        Report(Proposal(_set.ProposerAt(1, 0), 0));
        foreach (int voter in Others.Take(2)) Report(Vote(voter, BftMessageKind.Prevote, 0, _block.Id));
        Assert.That(_sent.Any(vote => vote.Kind == BftMessageKind.Precommit && vote.Block == _block.Id), Is.True);
    }

    private void GoTo(int round)
    {
        foreach (int voter in Others.Take(2)) Report(Vote(voter, BftMessageKind.Precommit, round, null));
    }

    private void Report(BftMessage message) => Take(message.Kind == BftMessageKind.Proposal
        ? new NodeInput.MessageArrived("bft.proposal", new PeerId(1), message.Encode(), _block)
        : new NodeInput.MessageArrived("bft.vote", new PeerId(1), message.Encode()));

    /// <summary>What the node judges before the producer hears of it.</summary>
    private void Take(NodeInput.MessageArrived arrived)
    {
        foreach (ProducerInput.MessageAccepted accepted in _judged.Take(arrived)) Step(accepted);
    }

    private BftMessage Proposal(int sender, int round, int validRound = -1) => Signed(sender, new BftMessage(BftMessageKind.Proposal, 1, round, _block.Id, validRound, _set[sender].Address, default));

    private BftMessage Vote(int sender, BftMessageKind kind, int round, BlockId? block) => Signed(sender, new BftMessage(kind, 1, round, block, -1, _set[sender].Address, default));

    private BftMessage Signed(int sender, BftMessage message) => message with { Signature = Sign(sender, message.Digest(s_chain)) };

    private byte[] Sign(int sender, Hash256 digest)
    {
        byte[] signature = new byte[s_scheme.SignatureSize];
        s_scheme.Sign(_keys[sender], digest, signature);
        return signature;
    }

    /// <summary>What is signed stands in a record that was durable before the signing began.</summary>
    private void AssertIsDurable(BftMessage signed)
    {
        Assert.That(_records, Does.ContainKey("bft.control"), "before the first signature");
        BftRecord[] records = [.. _records.Where(record => record.Key is "bft.control" or "bft.before").Select(record => BftRecord.Decode(record.Value))];
        Assert.That(
            records.Any(record => record.Height == signed.Height && record.Control.Round == signed.Round && signed.Kind switch
            {
                BftMessageKind.Proposal => record.Control.Proposed == signed.Block,
                BftMessageKind.Prevote => record.Control.Step >= BftStep.Prevote && record.Control.Prevoted == signed.Block,
                _ => record.Control.Step >= BftStep.Precommit && record.Control.Precommitted == signed.Block,
            }),
            Is.True,
            Invariant($"{signed.Kind} of round {signed.Round}"));
        if (signed is not { Kind: BftMessageKind.Precommit, Block: { } block }) return;
        BftLock shown = BftLock.Decode(_records["bft.lock"]);
        Assert.That(shown.Prevotes.Select(vote => (vote.Round, vote.Block)), Is.All.EqualTo((signed.Round, (BlockId?)block)));
        Assert.That(shown.Block.ToArray(), Is.EqualTo(_block.Encoded.ToArray()));
    }

    private void Fire(string timer) => Step(new NodeInput.TimerFired(new TimerId(timer)));

    private void Step(IProducerInput input)
    {
        _producer.Step(input, NodeTimes.At(new Timestamp(2_000_000)), this);
        if (input is ProducerInput.TipChanged changed)
        {
            foreach (ProducerInput.MessageAccepted due in _judged.MoveTo(changed.Tip, changed.State)) _producer.Step(due, NodeTimes.At(new Timestamp(2_000_000)), this);
        }

        while (_effects.TryDequeue(out IProducerEffect? effect))
        {
            switch (effect)
            {
                case ProducerEffect.Persist persist:
                    _records[persist.Key.Name] = persist.Value;
                    break;
                case ProducerEffect.Adopt adopt:
                    _adopted.Add(adopt.Block.Id);
                    break;
                case NodeEffect.StartJob start:
                    JobResult? result = start.Work.Run(default);
                    if (result is BftJobs.Signed { Message: { } signed }) AssertIsDurable(signed);
                    _producer.Step(new NodeInput.JobDone(start.Id, result), NodeTimes.At(new Timestamp(2_000_000)), this);
                    break;
                case ProducerEffect.Judge judge:
                    _producer.Step(new ProducerInput.Judged(judge.Block, Verdict.Valid), NodeTimes.At(new Timestamp(2_000_000)), this);
                    break;
                case NodeEffect.Send { Topic: "bft.vote" or "bft.proposal" } send:
                    _sent.Add(BftMessage.Decode(send.Content)!);
                    break;
                case NodeEffect.Send { Topic: "bft.status" } send:
                    _questions.Add(BftStatus.Decode(send.Content)!);
                    _to.Add(send.To);
                    break;
                default:
                    break;
            }
        }
    }

    private sealed class FixedEntropy : IEntropySource
    {
        public void Fill(Span<byte> destination) => destination.Fill(7);
    }

    /// <summary>Where in a node a producer stands.</summary>
    public enum Turn
    {
        Alone = 0,
        First,
        Second,
    }

    /// <summary>What a producer hears of its start within a node.</summary>
    private sealed class StartedOfANode(Turn turn) : IBlockProducer, IChainMachine, IEffectSink<NodeEffect>
    {
        private NodeInput.Started? _heard;

        HaltReason? IChainMachine.HaltReason => null;

        public NodeInput.Started Take(NodeInput.Started started)
        {
            IBlockProducer producer = turn switch
            {
                Turn.First => new RuleChangeProducer(this, 2, null),
                Turn.Second => new RuleChangeProducer(null, 0, this),
                _ => this,
            };
            new NodeCore<StartedOfANode>(this, producer, new FixedEntropy()).Step(started, default, this);
            return _heard!;
        }

        void IBlockProducer.Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
        {
            if (input is NodeInput.Started started) _heard = started;
        }

        void IChainMachine.Step(IChainInput input, Timestamp now, IEffectSink<IChainEffect> effects)
        {
            var header = new BlockHeader { Height = 0, Nonce = 0, Previous = default, MerkleRoot = default, Target = default, Timestamp = default };
            effects.Emit(new ProducerInput.TipChanged(new HeaderView(header, s_tip, default), RuleState.None, 0));
        }

        void IEffectSink<NodeEffect>.Emit(NodeEffect effect)
        {
        }
    }
}
