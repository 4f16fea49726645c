using Coniunctum.Authority;
using Coniunctum.Consensus.Upgrades;

namespace Coniunctum.Consensus.Tests.Upgrades;

public sealed class RuleChangeProducerTests : IEffectSink<IProducerEffect>
{
    private const ulong Height = 10;

    private readonly List<IProducerEffect> _effects = [];
    private readonly Recorder _first = new();
    private readonly Recorder _second = new();
    private RuleChangeProducer _producer = null!;

    [SetUp]
    public void Create()
    {
        _effects.Clear();
        _first.Inputs.Clear();
        _second.Inputs.Clear();
        _producer = new RuleChangeProducer(_first, Height, _second);
    }

    [TestCase(8UL, true)]
    [TestCase(9UL, true)]
    [TestCase(10UL, false)]
    public void TipChanged_GoesToTheOneWhoMakesTheNextBlock(ulong tip, bool isFirst)
    {
        Step(Tip(tip));
        Assert.That((_first.Inputs.Count, _second.Inputs.Count), Is.EqualTo(isFirst ? (1, 0) : (0, 1)));
    }

    [Test]
    public void TipChanged_UnwrapsWhatTheSecondRuleCarries()
    {
        var state = new SignerState([World.Alice]);
        Step(Tip(Height, new ChangedState(Height, Work.From(3), state)));
        Assert.That(((ProducerInput.TipChanged)_second.Inputs.Single()).State, Is.SameAs(state));
    }

    [Test]
    public void Refused_ACandidateOfTheOthersHeight_IsNotHeard()
    {
        Step(Tip(Height));
        _first.Inputs.Clear();
        _second.Inputs.Clear();
        Step(new ProducerInput.Refused(Height, null, default));
        Assert.That((_first.Inputs.Count, _second.Inputs.Count), Is.EqualTo((0, 0)), "what the first asked for, before its turn ended");
        Step(new ProducerInput.Refused(Height + 1, null, default));
        Assert.That((_first.Inputs.Count, _second.Inputs.Count), Is.EqualTo((0, 1)));
    }

    [Test]
    public void JobsAndTimers_OfTheTwo_AreToldApart()
    {
        _first.Answers.Enqueue([new NodeEffect.StartJob(new JobId(7), null!), new NodeEffect.SetTimer(new TimerId("t"), default)]);
        Step(Tip(5));
        NodeEffect.StartJob old = _effects.OfType<NodeEffect.StartJob>().Single();
        TimerId oldTimer = _effects.OfType<NodeEffect.SetTimer>().Single().Timer;

        _second.Answers.Enqueue([new NodeEffect.StartJob(new JobId(7), null!), new NodeEffect.SetTimer(new TimerId("t"), default)]);
        _effects.Clear();
        Step(Tip(Height));
        Assert.That(_effects.OfType<NodeEffect.CancelJob>().Single().Id, Is.EqualTo(old.Id), "its turn is over");
        NodeEffect.StartJob young = _effects.OfType<NodeEffect.StartJob>().Single();
        TimerId youngTimer = _effects.OfType<NodeEffect.SetTimer>().Single().Timer;
        Assert.That(young.Id, Is.Not.EqualTo(old.Id));
        Assert.That(youngTimer, Is.Not.EqualTo(oldTimer));

        _first.Inputs.Clear();
        _second.Inputs.Clear();
        Step(new NodeInput.JobDone(old.Id, null));
        Step(new NodeInput.JobDone(young.Id, null));
        Step(new NodeInput.TimerFired(oldTimer));
        Step(new NodeInput.TimerFired(youngTimer));
        Step(new NodeInput.TimerFired(new TimerId("nobody's")));
        Step(new ProducerInput.PoolFilled());
        Assert.That(_first.Inputs, Is.EqualTo(new IProducerInput[] { new NodeInput.JobDone(new JobId(7), null) }));
        Assert.That(_second.Inputs, Is.EqualTo(new IProducerInput[] { new NodeInput.JobDone(new JobId(7), null), new NodeInput.TimerFired(new TimerId("t")), new ProducerInput.PoolFilled() }));
    }

    [Test]
    public void Records_OfTheTwo_AreToldApart_AndAreTheirsAlsoInsideOfALaterChange()
    {
        var last = new Recorder();
        var outer = new RuleChangeProducer(_producer, Height * 2, last);
        var read = new List<RecordKey>();
        outer.Step(new NodeInput.Started(default, key => Note(read, key)), default, this);
        var alone = new List<RecordKey>();
        _producer = new RuleChangeProducer(_first, Height, _second);
        Step(new NodeInput.Started(default, key => Note(alone, key)));
        foreach (Recorder recorder in (Recorder[])[_first, _second, last])
        {
            recorder.Answers.Enqueue([new ProducerEffect.Persist(new RecordKey("vote"), default)]);
            recorder.Answers.Enqueue([new ProducerEffect.Persist(new RecordKey("vote"), default)]);
        }

        foreach (ulong height in (ulong[])[1, Height, Height * 2])
        {
            outer.Step(Tip(height), default, this);
            if (height <= Height) Step(Tip(height));
        }

        RecordKey[] keys = [.. _effects.OfType<ProducerEffect.Persist>().Select(persist => persist.Key).Distinct()];
        Assert.That(keys, Has.Length.EqualTo(3), "one of each, whether a later change is around it or not");
        Assert.That(keys.Select(key => key.Name), Is.All.EqualTo("vote"));
        foreach (Recorder recorder in (Recorder[])[_first, _second, last])
        {
            foreach (NodeInput.Started started in recorder.Inputs.OfType<NodeInput.Started>()) started.ReadRecord(new RecordKey("vote"));
        }

        Assert.That(read.Concat(alone).Distinct(), Is.EquivalentTo(keys), "what is read is what was written");

        static ReadOnlyMemory<byte>? Note(List<RecordKey> keys, RecordKey key)
        {
            keys.Add(key);
            return null;
        }
    }

    [Test]
    public void TipChanged_BackBelowTheHeight_GivesTheFirstItsTurnAgain()
    {
        Step(Tip(Height));
        _second.Answers.Enqueue([new NodeEffect.StartJob(new JobId(1), null!)]);
        Step(Tip(Height));
        Step(Tip(Height - 1));
        Assert.That(_first.Inputs, Has.Exactly(1).Items);
        Assert.That(_effects.OfType<NodeEffect.CancelJob>(), Has.Exactly(1).Items);
    }

    private static ProducerInput.TipChanged Tip(ulong height, RuleState? state = null)
    {
        var header = new BlockHeader { Height = height, Nonce = 0, Previous = default, MerkleRoot = default, Target = default };
        return new ProducerInput.TipChanged(new HeaderView(header, default, default), state ?? RuleState.None, 0);
    }

    private void Step(IProducerInput input) => _producer.Step(input, default, this);

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect) => _effects.Add(effect);

    private sealed class Recorder : IBlockProducer
    {
        public List<IProducerInput> Inputs { get; } = [];

        public Queue<IProducerEffect[]> Answers { get; } = [];

        public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
        {
            Inputs.Add(input);
            if (!Answers.TryDequeue(out IProducerEffect[]? answers)) return;
            foreach (IProducerEffect answer in answers) effects.Emit(answer);
        }
    }
}
