using Coniunctum.Crypto;

namespace Coniunctum.Mining.Tests;

public sealed class ProofOfWorkProducerTests
{
    private static readonly Address s_miner = new(Sha3_256.Hash("miner"u8));

    [TestCase(6UL, true)]
    [TestCase(7UL, false)]
    [TestCase(8UL, false)]
    public void Step_AtATip_WantsACandidateBelowTheLastHeight(ulong height, bool mines)
    {
        var producer = new ProofOfWorkProducer(s_miner, new MiningOptions { LastHeight = 7 }, new NonceSearch(1));
        var effects = new Effects();

        producer.Step(TipAt(height), default, effects);

        Assert.That(effects.Items.OfType<ProducerEffect.Prepare>().Any(), Is.EqualTo(mines));
    }

    [TestCase(6UL, true)]
    [TestCase(7UL, false)]
    public void Step_WhenThePoolFills_WantsACandidateBelowTheLastHeight(ulong height, bool mines)
    {
        var producer = new ProofOfWorkProducer(s_miner, new MiningOptions { LastHeight = 7, WaitsForTransactions = true }, new NonceSearch(1));
        producer.Step(TipAt(height), default, new Effects());
        var effects = new Effects();

        producer.Step(new ProducerInput.PoolFilled(), default, effects);

        Assert.That(effects.Items.OfType<ProducerEffect.Prepare>().Any(), Is.EqualTo(mines));
    }

    private static ProducerInput.TipChanged TipAt(ulong height)
    {
        var header = new BlockHeader { Height = height, Nonce = 0, Previous = default, MerkleRoot = default, Target = ProofOfWork.TargetFor(1) };
        return new ProducerInput.TipChanged(new HeaderView(header, default, default), RuleState.None, 0);
    }

    private sealed class Effects : IEffectSink<IProducerEffect>
    {
        public List<IProducerEffect> Items { get; } = [];

        public void Emit(IProducerEffect effect) => Items.Add(effect);
    }
}
