using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>All blocks that are known with all their ancestors, and the identities of those that turned out invalid.</summary>
internal sealed class BlockTree
{
    // Refused identities are only remembered so that the same block is not checked twice; forgetting one costs that check again.
    private const int MaxRemembered = 10_000;

    private readonly Dictionary<BlockId, BlockNode> _nodes = [];
    private readonly Dictionary<BlockId, Verdict> _invalid = [];
    private readonly Queue<BlockId> _invalidByAge = new();

    public BlockNode? Find(BlockId id) => _nodes.GetValueOrDefault(id);

    /// <summary>Returns why a block is known to be invalid for ever, or <c>null</c>.</summary>
    public Verdict? WhyInvalid(BlockId id) => _invalid.TryGetValue(id, out Verdict verdict) ? verdict : null;

    public void Add(BlockNode node)
    {
        _nodes.Add(node.Id, node);
        node.Parent?.Children.Add(node);
    }

    /// <summary>
    /// Remembers that no block of this identity can ever be valid. Only for identities that cost their maker a proof: others
    /// would push those out for nothing.
    /// </summary>
    public void MarkInvalid(BlockId id, Verdict verdict)
    {
        if (!_invalid.TryAdd(id, verdict)) return;
        _invalidByAge.Enqueue(id);
        if (_invalidByAge.Count > MaxRemembered) _invalid.Remove(_invalidByAge.Dequeue());
    }

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
