namespace Coniunctum.Consensus.Chain;

/// <summary>The chain below a block, read from the tree. Within the best chain a look-up is by index.</summary>
internal sealed class Ancestors(BlockNode parent, BestChain best) : IAncestors
{
    public HeaderView Parent => parent.Header;

    public HeaderView At(ulong height)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, parent.Height);
        BlockNode node = parent;
        while (node.Height > height)
        {
            if (best.Contains(node)) return best[height].Header;
            node = node.Parent!;
        }

        return node.Header;
    }
}
