namespace Coniunctum.Consensus.Chain;

/// <summary>
/// The chain below a block: nodes of the tree, by index where they are the best chain's, and below the blocks in memory the store's
/// headers. A tree begins at the best chain, so that all that is below its beginning is the best chain's too.
/// </summary>
internal sealed class Ancestors(BlockNode parent, BestChain best, StoredHeaders stored) : IAncestors
{
    public HeaderView Parent => parent.Header;

    public HeaderView At(ulong height)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, parent.Height);
        BlockNode? node = parent;
        while (node is not null && node.Height > height)
        {
            if (best.Contains(node)) return best.At(height)?.Header ?? stored.At(height);
            node = node.Parent;
        }

        return node?.Header ?? stored.At(height);
    }
}
