using Coniunctum.Consensus;

namespace Coniunctum;

/// <summary>The effects of one step, in order.</summary>
internal sealed class NodeEffects : IEffectSink<NodeEffect>
{
    public List<NodeEffect> Items { get; } = [];

    public void Emit(NodeEffect effect) => Items.Add(effect);
}
