using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Authority.Tests;

public sealed class AuthorityProducerTests : IEffectSink<IProducerEffect>
{
    private static readonly Secp256k1Scheme<Sha3_256> s_scheme = new();

    private readonly List<IProducerEffect> _effects = [];
    private World _world = null!;
    private ChainHarness _node = null!;
    private PrivateKey _key = null!;
    private AuthorityProducer _producer = null!;

    [SetUp]
    public void Create()
    {
        _effects.Clear();
        _world = new World(Int32CoinFormat.Instance);
        _node = new ChainHarness(_world);
        byte[] bytes = new byte[32];
        bytes[31] = 9;
        PrivateKey.Read(bytes, out PrivateKey? key);
        _key = key!;
        _producer = new AuthorityProducer(_key, s_scheme);
    }

    [TearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public void Step_WithNothingThatFits_MakesNoBlock()
    {
        Step(Tip(pool: 1));
        Take<ProducerEffect.Prepare>();
        Step(new ProducerInput.Prepared(_node.Candidate()));
        Assert.That(_effects, Is.Empty);
        Step(new ProducerInput.PoolFilled());
        Take<ProducerEffect.Prepare>();
        _node.Submit(_world.Pay(Alice, Bob, 1));
        Step(new ProducerInput.Prepared(_node.Candidate()));
        Take<NodeEffect.StartJob>();
    }

    [Test]
    public void Step_CandidateOrBlockRefused_TriesAgainByItself([Values] bool isBlock)
    {
        Step(Tip(pool: 1));
        Take<ProducerEffect.Prepare>();
        Assert.That(_producer.Status, Is.EqualTo(ProductionStatus.Making));
        Step(new ProducerInput.Refused(1, isBlock ? _node.Core.Genesis : null, Verdict.Invalid(BlockRule.TagReused, 1, 2)));
        NodeEffect.SetTimer retry = Take<NodeEffect.SetTimer>();
        Assert.That(_effects, Is.Empty, "at once would be for ever");
        Assert.That(retry.At, Is.EqualTo(new SteadyTime(TimeSpan.FromSeconds(1))));
        Step(new NodeInput.TimerFired(retry.Timer));
        Take<ProducerEffect.Prepare>();
        Step(new NodeInput.TimerFired(retry.Timer));
        Assert.That(_effects, Is.Empty, "one is being made");
    }

    [Test]
    public void Step_WithoutTransactions_WaitsForThemAndMakesOneBlockAtATime()
    {
        Step(Tip(pool: 0));
        Assert.That(_effects, Is.Empty);
        Assert.That(_producer.Status, Is.EqualTo(ProductionStatus.WaitsForTransactions));
        Step(new NodeInput.TimerFired(new TimerId("another")));
        Assert.That(_effects, Is.Empty);
        Step(new ProducerInput.PoolFilled());
        Assert.That(Take<ProducerEffect.Prepare>().Receiver, Is.EqualTo(s_scheme.AddressOf(_key.PublicKey)));
        Step(new ProducerInput.PoolFilled());
        Assert.That(_effects, Is.Empty, "one is being made");

        _node.Submit(_world.Pay(Alice, Bob, 1));
        Step(new ProducerInput.Prepared(_node.Candidate()));
        NodeEffect.StartJob older = Take<NodeEffect.StartJob>();
        Step(new ProducerInput.Prepared(_node.Candidate()));
        NodeEffect.StartJob newer = Take<NodeEffect.StartJob>();
        HashedBlock block = _node.Core.Genesis; // Any block would do.
        Step(new NodeInput.JobDone(older.Id, new JobResult.Sealed(block)));
        Assert.That(_effects, Is.Empty, "an older job's");
        Step(new NodeInput.JobDone(newer.Id, new JobResult.Sealed(block)));
        Assert.That(Take<ProducerEffect.Adopt>().Block, Is.SameAs(block));
        Step(Tip(pool: 1));
        Take<ProducerEffect.Prepare>();
    }

    [Test]
    public void Constructor_WithoutAKeyOrAScheme_Throws()
    {
        Assert.That(() => new AuthorityProducer(null!, s_scheme), Throws.ArgumentNullException);
        Assert.That(() => new AuthorityProducer(_key, null!), Throws.ArgumentNullException);
    }

    void IEffectSink<IProducerEffect>.Emit(IProducerEffect effect) => _effects.Add(effect);

    private ProducerInput.TipChanged Tip(int pool) => new(HeaderView.Of(_node.Core.Tip), RuleState.None, pool);

    private void Step(IProducerInput input) => _producer.Step(input, default, this);

    /// <summary>The only effect of a kind so far; it is taken away.</summary>
    private T Take<T>()
        where T : IProducerEffect
    {
        T effect = _effects.OfType<T>().Single();
        _effects.Remove(effect);
        return effect;
    }
}
