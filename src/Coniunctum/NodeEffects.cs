using Coniunctum.Consensus;

namespace Coniunctum;

/// <summary>The effects of one step, in order. The state that a commit makes durable is taken as it comes.</summary>
internal sealed class NodeEffects(ViewPublisher views) : IEffectSink<NodeEffect>
{
    public List<NodeEffect> Items { get; } = [];

    public void Emit(NodeEffect effect)
    {
        if (effect is NodeEffect.Commit commit) views.TakeState(commit.Batch);
        Items.Add(effect);
    }
}
