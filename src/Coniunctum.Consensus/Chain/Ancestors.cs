namespace Coniunctum.Consensus.Chain;

/// <summary>The chain below a block, read from the tree. Within the best chain a look-up is by index.</summary>
internal sealed class Ancestors(BlockNode parent, IReadOnlyList<BlockNode> bestChain) : IAncestors
{
    public HeaderView Parent => HeaderView.Of(parent.Block);

    public HeaderView At(ulong height)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, parent.Height);
        BlockNode node = parent;
        while (node.Height > height)
        {
            if (node.Height < (ulong)bestChain.Count && ReferenceEquals(bestChain[(int)node.Height], node))
                return HeaderView.Of(bestChain[(int)height].Block);
            node = node.Parent!;
        }

        return HeaderView.Of(node.Block);
    }
}
