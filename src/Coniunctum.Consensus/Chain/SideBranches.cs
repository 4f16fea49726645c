using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// The blocks of the tree that are not part of the best chain, within bounded bytes: what a flood of side blocks can cost.
/// When there are too many, the lightest ends go first, the newest of equals before all.
/// </summary>
internal sealed class SideBranches(
    BlockTree tree, BestChain best, SideHeads heads, SignaturePrefetch signatures, Settlements settlements, long maxBytes, Func<BlockNode?> target)
{
    // What a node takes beside its block, roughly, with its places in the tree and in the fork choice.
    private const int NodeBytes = 1024;

    // Stale branches are looked for among this many of the lightest ends at a time.
    private const int LookedAt = 32;

    private readonly Dictionary<BlockNode, int> _costs = [];
    private readonly SortedSet<BlockNode> _ends = new(Comparer<BlockNode>.Create(Compare));
    private long _bytes;

    /// <summary>Blocks that have left the tree, for those that wait behind them.</summary>
    public Queue<BlockId> Gone { get; } = new();

    /// <summary>A block has joined the tree, or has left the best chain.</summary>
    public void Add(BlockNode node)
    {
        int cost = NodeBytes + (node.IsCommitted ? 0 : node.Size);
        _costs.Add(node, cost);
        _bytes += cost;
        _ends.Remove(node.Parent!);
        if (node.Children.Count == 0) _ends.Add(node);
        heads.Add(node);
    }

    /// <summary>The body has come of a block of which only the header was here.</summary>
    public void Fill(BlockNode node, BlockNode copy)
    {
        Leave(node);
        node.Fill(copy);
        Add(node);
    }

    /// <summary>A block has become part of the best chain, or has left the tree.</summary>
    public void Leave(BlockNode node)
    {
        if (!_costs.Remove(node, out int cost)) return;
        _bytes -= cost;
        _ends.Remove(node);
    }

    /// <summary>Removes a block and all that builds on it, and returns them, parents first. Nothing is wrong with them, but for what the caller says before.</summary>
    public List<BlockNode> Drop(BlockNode top)
    {
        List<BlockNode> removed = tree.RemoveSubtree(top);
        foreach (BlockNode node in removed)
        {
            signatures.Forget(node);
            Leave(node);
            heads.Remove(node);
            Gone.Enqueue(node.Id);
        }

        if (top.Parent is not { Children.Count: 0 } parent) return removed;
        if (_costs.ContainsKey(parent))
            _ends.Add(parent);
        else
            ReleaseIfBare(parent);
        return removed;
    }

    /// <summary>Forgets an older block of the best chain when nothing builds on it any more.</summary>
    public void ReleaseIfBare(BlockNode node)
    {
        if (node is { Parent: null, Children.Count: 0 } && !best.Contains(node)) tree.Release(node);
    }

    /// <summary>
    /// Drops the lightest ends while there are too many. What is heavier than the tip stays: it is about to be done; and so does
    /// what wins by another measure.
    /// </summary>
    public void MakeRoom()
    {
        while (_bytes > maxBytes && _ends.FirstOrDefault(end => !IsInUse(end)) is { } lightest && lightest.ChainWeight <= best.Tip.ChainWeight)
            Forget(lightest);
    }

    /// <summary>
    /// Drops ends that weigh less than the oldest block in memory and have not grown since it was the tip. A branch that is being fetched from
    /// far below keeps growing.
    /// </summary>
    public void DropStale()
    {
        BlockNode oldest = best.Oldest;
        foreach (BlockNode end in _ends.Take(LookedAt).TakeWhile(end => end.ChainWeight < oldest.ChainWeight).ToArray())
        {
            for (BlockNode? node = end; node is not null && _ends.Contains(node) && node.Arrival < oldest.Arrival && !IsInUse(node);)
            {
                BlockNode? parent = node.Parent;
                Forget(node);
                node = parent;
            }
        }
    }

    /// <summary>Drops a sound block for want of room.</summary>
    public void Forget(BlockNode top)
    {
        foreach (BlockNode node in Drop(top))
            settlements.Add(node, Verdict.RefusedByPolicy($"a branch of weight {node.ChainWeight}", "heavier ones: too many branches are in memory"));
    }

    /// <summary>Whether it is the end of the branch that is being done, or that will be next.</summary>
    private bool IsInUse(BlockNode end) => ReferenceEquals(end, tree.Head) || ReferenceEquals(end, target());

    private static int Compare(BlockNode left, BlockNode right)
    {
        int order = left.ChainWeight.CompareTo(right.ChainWeight);
        return order != 0 ? order : right.Arrival.CompareTo(left.Arrival);
    }
}
