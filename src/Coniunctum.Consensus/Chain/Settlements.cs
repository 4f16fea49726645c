using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>The last answers to blocks that were taken at first: exactly one for each copy, reported at the end of the step in which it is found.</summary>
internal sealed class Settlements
{
    private readonly Queue<NodeEffect.BlockSettled> _found = new();

    /// <summary>Settles a block of the tree, unless it was settled before.</summary>
    public void Add(BlockNode node, Verdict verdict)
    {
        if (node is not { IsSettled: false, Body: { } block }) return;
        node.IsSettled = true;
        Add(block, node.From, verdict);
    }

    /// <summary>Settles a copy that has not come into the tree.</summary>
    public void Add(HashedBlock block, PeerId from, Verdict verdict) =>
        _found.Enqueue(new NodeEffect.BlockSettled(block, from, verdict, BlockValidator.BlameOf(block, verdict)));

    /// <summary>Reports what was found.</summary>
    public void Report(IEffectSink<IChainEffect> effects)
    {
        while (_found.TryDequeue(out NodeEffect.BlockSettled? settled)) effects.Emit(settled);
    }
}
