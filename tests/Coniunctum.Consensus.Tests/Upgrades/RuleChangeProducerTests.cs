using Coniunctum.Authority;
using Coniunctum.Consensus.Upgrades;

namespace Coniunctum.Consensus.Tests.Upgrades;

public sealed class RuleChangeProducerTests : IEffectSink<ProducerEffect>
{
    private const ulong Height = 10;

    private readonly List<ProducerEffect> _effects = [];
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
    public void JobsAndTimers_OfTheTwo_AreToldApart()
    {
        _first.Answers.Enqueue([new ProducerEffect.StartJob(7, null!), new ProducerEffect.SetTimer("t", default)]);
        Step(Tip(5));
        ProducerEffect.StartJob old = _effects.OfType<ProducerEffect.StartJob>().Single();
        string oldTimer = _effects.OfType<ProducerEffect.SetTimer>().Single().Timer;

        _second.Answers.Enqueue([new ProducerEffect.StartJob(7, null!), new ProducerEffect.SetTimer("t", default)]);
        _effects.Clear();
        Step(Tip(Height));
        Assert.That(_effects.OfType<ProducerEffect.CancelJob>().Single().Id, Is.EqualTo(old.Id), "its turn is over");
        ProducerEffect.StartJob young = _effects.OfType<ProducerEffect.StartJob>().Single();
        string youngTimer = _effects.OfType<ProducerEffect.SetTimer>().Single().Timer;
        Assert.That(young.Id, Is.Not.EqualTo(old.Id));
        Assert.That(youngTimer, Is.Not.EqualTo(oldTimer));

        _first.Inputs.Clear();
        _second.Inputs.Clear();
        Step(new ProducerInput.JobDone(old.Id, null));
        Step(new ProducerInput.JobDone(young.Id, null));
        Step(new ProducerInput.TimerFired(oldTimer));
        Step(new ProducerInput.TimerFired(youngTimer));
        Step(new ProducerInput.TimerFired("nobody's"));
        Step(new ProducerInput.PoolFilled());
        Assert.That(_first.Inputs, Is.EqualTo(new ProducerInput[] { new ProducerInput.JobDone(7, null) }));
        Assert.That(_second.Inputs, Is.EqualTo(new ProducerInput[] { new ProducerInput.JobDone(7, null), new ProducerInput.TimerFired("t"), new ProducerInput.PoolFilled() }));
    }

    [Test]
    public void TipChanged_BackBelowTheHeight_GivesTheFirstItsTurnAgain()
    {
        Step(Tip(Height));
        _second.Answers.Enqueue([new ProducerEffect.StartJob(1, null!)]);
        Step(Tip(Height));
        Step(Tip(Height - 1));
        Assert.That(_first.Inputs, Has.Exactly(1).Items);
        Assert.That(_effects.OfType<ProducerEffect.CancelJob>(), Has.Exactly(1).Items);
    }

    private static ProducerInput.TipChanged Tip(ulong height, RuleState? state = null)
    {
        var header = new BlockHeader { Height = height, Nonce = 0, Previous = default, MerkleRoot = default, Target = default };
        return new ProducerInput.TipChanged(new HeaderView(header, default, default), state ?? RuleState.None, 0);
    }

    private void Step(ProducerInput input) => _producer.Step(input, default, this);

    void IEffectSink<ProducerEffect>.Emit(ProducerEffect effect) => _effects.Add(effect);

    private sealed class Recorder : IBlockProducer
    {
        public List<ProducerInput> Inputs { get; } = [];

        public Queue<ProducerEffect[]> Answers { get; } = [];

        public void Step(ProducerInput input, Timestamp now, IEffectSink<ProducerEffect> effects)
        {
            Inputs.Add(input);
            if (!Answers.TryDequeue(out ProducerEffect[]? answers)) return;
            foreach (ProducerEffect answer in answers) effects.Emit(answer);
        }
    }
}
