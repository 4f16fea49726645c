using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>All blocks that are known with all their ancestors, and the identities of those that turned out invalid.</summary>
internal sealed class BlockTree
{
    private readonly Dictionary<BlockId, BlockNode> _nodes = [];
    private readonly Dictionary<BlockId, List<BlockNode>> _children = [];
    private readonly Dictionary<BlockId, Verdict> _invalid = [];
    private readonly Queue<BlockId> _invalidByAge = new();

    // Refused identities are only remembered so that the same block is not checked twice; forgetting one costs that check again.
    private const int MaxRemembered = 10_000;

    public BlockNode? Find(BlockId id) => _nodes.GetValueOrDefault(id);

    /// <summary>Returns why a block is known to be invalid for ever, or <c>null</c>.</summary>
    public Verdict? WhyInvalid(BlockId id) => _invalid.TryGetValue(id, out Verdict verdict) ? verdict : null;

    public void Add(BlockNode node)
    {
        _nodes.Add(node.Id, node);
        if (node.Parent is null) return;
        if (!_children.TryGetValue(node.Parent.Id, out List<BlockNode>? siblings))
            _children.Add(node.Parent.Id, siblings = []);
        siblings.Add(node);
    }

    /// <summary>Remembers that no block of this identity can ever be valid.</summary>
    public void MarkInvalid(BlockId id, Verdict verdict)
    {
        if (!_invalid.TryAdd(id, verdict)) return;
        _invalidByAge.Enqueue(id);
        if (_invalidByAge.Count > MaxRemembered) _invalid.Remove(_invalidByAge.Dequeue());
    }

    /// <summary>Removes a block and all that builds on it, and returns them, parents first.</summary>
    public List<BlockNode> RemoveSubtree(BlockNode root)
    {
        _children[root.Parent!.Id].Remove(root);
        var removed = new List<BlockNode>();
        var doomed = new Queue<BlockNode>([root]);
        while (doomed.TryDequeue(out BlockNode? node))
        {
            removed.Add(node);
            _nodes.Remove(node.Id);
            if (!_children.Remove(node.Id, out List<BlockNode>? children)) continue;
            foreach (BlockNode child in children) doomed.Enqueue(child);
        }

        return removed;
    }
}
