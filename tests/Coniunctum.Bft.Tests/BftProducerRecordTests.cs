using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Bft.Tests;

/// <summary>A validator that is a quorum by itself, from the first proposal on: everything that it signs must have been recorded before.</summary>
public sealed class BftProducerRecordTests : IEffectSink<IProducerEffect>
{
    private readonly Queue<IProducerEffect> _effects = new();
    private readonly Dictionary<TimerId, SteadyTime> _timers = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _records = [];
    private readonly List<BftMessage> _signed = [];
    private readonly List<BftMessage> _sent = [];
    private World _world = null!;
    private BftProducer _producer = null!;
    private PrivateKey _key = null!;
    private ChainHarness _chain = null!;
    private HashedBlock? _adopted;

    [SetUp]
    public void Create()
    {
        _effects.Clear();
        _timers.Clear();
        _records.Clear();
        _signed.Clear();
        _sent.Clear();
        _adopted = null;
        PrivateKey.Read(Sha3_256.Hash("validator"u8).AsSpan(), out PrivateKey? key);
        _key = key!;
        var scheme = new Secp256k1Scheme<Sha3_256>();
        var rule = new BftConsensus(ValidatorSet.Of(scheme.AddressOf(_key.PublicKey)));
        _world = new World(World.ProfileOf(StandardFormat.Instance) with { Signatures = scheme, Consensus = rule });
        _producer = new BftProducer(rule, _key, _world.Profile, SystemEntropy.Instance);
        _chain = new ChainHarness(_world);
    }

    [TearDown]
    public void Dispose() => _key.Dispose();

    [Test]
    public void Step_UntilABlockIsAdopted_RecordsEverythingBeforeItIsSignedOrSent()
    {
        Step(new NodeInput.Started(_world.ChainId, _ => null));
        Step(new ProducerInput.TipChanged(HeaderView.Of(_chain.Core.Tip), _chain.Core.TipState, 0));
        for (int i = 0; _adopted is null; i++)
        {
            Assert.That(i, Is.LessThan(1_000), "nothing was decided");
            if (_effects.TryDequeue(out IProducerEffect? effect))
                Answer(effect);
            else
                FireTheNextTimer();
        }

        Assert.That(
            _signed.Select(message => message.Kind),
            Is.EqualTo(new[] { BftMessageKind.Proposal, BftMessageKind.Prevote, BftMessageKind.Precommit }));
        Assert.That(_signed.Select(message => message.Block), Is.All.EqualTo((BlockId?)_adopted!.Id));
        Assert.That(_sent.Select(message => message.Kind), Is.SupersetOf(_signed.Select(message => message.Kind)));
    }

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect)
    {
        // What comes before in the order of effects is what is durable first.
        switch (effect)
        {
            case NodeEffect.SetTimer timer:
                _timers[timer.Timer] = timer.At;
                break;
            case ProducerEffect.Persist persist:
                _records[persist.Key.Name] = persist.Value;
                break;
            case NodeEffect.StartJob job when job.Work.Run(default) is BftJobs.Signed { Message: { } message }:
                AssertRecorded(message);
                _signed.Add(message);
                _effects.Enqueue(effect);
                break;
            case NodeEffect.Send { Topic: BftTopics.VoteTopic or BftTopics.ProposalTopic } send:
                AssertSent(BftMessage.Decode(send.Content)!);
                break;
            default:
                _effects.Enqueue(effect);
                break;
        }
    }

    /// <summary>What was signed was recorded then; it may be sent again at any time.</summary>
    private void AssertSent(BftMessage message)
    {
        Assert.That(_signed.Select(signed => signed.Digest(_world.ChainId)), Does.Contain(message.Digest(_world.ChainId)));
        _sent.Add(message);
    }

    private void AssertRecorded(BftMessage message)
    {
        Assert.That(_records.TryGetValue("bft.control", out ReadOnlyMemory<byte> encoded), Is.True, () => $"{message} was signed without a record");
        RoundState control = BftRecord.Decode(encoded).Control;
        BlockId? recorded = message.Kind switch
        {
            BftMessageKind.Proposal => control.Proposed,
            BftMessageKind.Prevote => control.Prevoted,
            _ => control.Precommitted,
        };
        Assert.That((control.Round, recorded), Is.EqualTo((message.Round, message.Block)), () => $"{message} was signed before its record");
    }

    private void Answer(IProducerEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.StartJob job:
                Step(new NodeInput.JobDone(job.Id, job.Work.Run(default)));
                break;
            case ProducerEffect.Prepare prepare:
                _chain.Send(new ProducerEffect.Prepare(prepare.Receiver) { ExtraNonce = Sha3_256.Hash("extra nonce"u8) });
                Step(new ProducerInput.Prepared(_chain.Of<ProducerInput.Prepared>().Last().Candidate));
                break;
            case ProducerEffect.Judge judge:
                Step(new ProducerInput.Judged(judge.Block, Verdict.Valid));
                break;
            case ProducerEffect.Adopt adopt:
                _adopted = adopt.Block;
                break;
            default:
                break;
        }
    }

    private void FireTheNextTimer()
    {
        (TimerId timer, SteadyTime at) = _timers.MinBy(pair => pair.Value);
        _timers.Remove(timer);
        _chain.Now = new Timestamp((ulong)at.Elapsed.TotalMilliseconds);
        Step(new NodeInput.TimerFired(timer));
    }

    private void Step(IProducerInput input) => _producer.Step(input, NodeTimes.At(_chain.Now), this);
}
