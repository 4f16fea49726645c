namespace Coniunctum.Consensus.Chain;

/// <summary>The blocks of the best chain, by height.</summary>
internal sealed class BestChain(BlockNode root)
{
    private readonly List<BlockNode> _nodes = [root];

    public BlockNode Tip => _nodes[^1];

    /// <summary>The block at a height up to the tip's.</summary>
    public BlockNode this[ulong height] => _nodes[(int)height];

    /// <summary>Returns the block at a height, or <c>null</c> above the tip.</summary>
    public BlockNode? At(ulong height) => height <= Tip.Height ? this[height] : null;

    public bool Contains(BlockNode node) => ReferenceEquals(At(node.Height), node);

    /// <summary>Goes on behind a block of the chain with others.</summary>
    public void Move(BlockNode fork, IReadOnlyList<BlockNode> connected)
    {
        int kept = (int)fork.Height + 1;
        _nodes.RemoveRange(kept, _nodes.Count - kept);
        _nodes.AddRange(connected);
    }
}
