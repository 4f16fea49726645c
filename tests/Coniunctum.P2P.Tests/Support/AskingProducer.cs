using Coniunctum.Consensus;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>Asks for a candidate on each tip, and makes no block of it.</summary>
internal sealed class AskingProducer : IBlockProducer
{
    public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
    {
        if (input is ProducerInput.TipChanged) effects.Emit(new ProducerEffect.Prepare(World.Miner));
    }
}
