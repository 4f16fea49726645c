using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>All blocks that are known with all their ancestors, and the identities of those that turned out invalid.</summary>
internal sealed class BlockTree
{
    private readonly Dictionary<BlockId, BlockNode> _nodes = [];

    // Apart, so that blocks which cost their maker nothing never push out those that were expensive to check.
    private readonly RefusedBlocks _proven = new();
    private readonly RefusedBlocks _unproven = new();

    public BlockNode? Find(BlockId id) => _nodes.GetValueOrDefault(id);

    /// <summary>Returns why a block is known to be invalid for ever, or <c>null</c>.</summary>
    public Verdict? WhyInvalid(BlockId id) => _proven.Why(id) ?? _unproven.Why(id);

    public void Add(BlockNode node)
    {
        _nodes.Add(node.Id, node);
        node.Parent?.Children.Add(node);
    }

    /// <summary>Remembers that no block of this identity can ever be valid.</summary>
    /// <param name="id">The identity.</param>
    /// <param name="verdict">Why.</param>
    /// <param name="isProven">Whether the header passed its rule before: such an identity costs its maker a proof.</param>
    public void MarkInvalid(BlockId id, Verdict verdict, bool isProven) => (isProven ? _proven : _unproven).Add(id, verdict);

    /// <summary>Removes a block and all that builds on it, and returns them, parents first.</summary>
    public List<BlockNode> RemoveSubtree(BlockNode root)
    {
        root.Parent!.Children.Remove(root);
        List<BlockNode> removed = [root];
        for (int i = 0; i < removed.Count; i++)
        {
            _nodes.Remove(removed[i].Id);
            removed.AddRange(removed[i].Children);
        }

        return removed;
    }
}
