using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Blocks with proven headers that turned out invalid, or build on such, where the fork choice counts them: each weighs for the
/// last valid block below it, its host, as it does for nodes that have not executed it. None ever carries the chain.
/// </summary>
internal sealed class InvalidBlocks(IForkChoice forkChoice)
{
    // Each costs its maker a proof. What is forgotten weighs no longer, so that sending it again gains nothing.
    private const int Capacity = 10_000;

    private readonly Dictionary<BlockId, (BlockNode Node, BlockNode Host)> _blocks = [];
    private readonly Queue<BlockId> _byAge = new();

    /// <summary>Takes note of what has come to weigh, and no longer does; set once.</summary>
    public SideHeads? Heads { get; set; }

    /// <summary>Returns a block, or <c>null</c>.</summary>
    public BlockNode? Find(BlockId id) => _blocks.TryGetValue(id, out (BlockNode Node, BlockNode Host) found) ? found.Node : null;

    /// <summary>Returns for which block of the tree an invalid one weighs, or <c>null</c> when it is none of these.</summary>
    public BlockNode? HostOf(BlockNode node) => _blocks.TryGetValue(node.Id, out (BlockNode Node, BlockNode Host) found) ? found.Host : null;

    /// <summary>Adds a block.</summary>
    public void Add(BlockNode node, BlockNode host)
    {
        if (!forkChoice.CountsInvalid || !_blocks.TryAdd(node.Id, (node, host))) return;
        Heads?.AddInvalid(node);
        node.Forget();
        forkChoice.ChangeWeight(host.Id, node.Weight, isAdded: true);
        host.HostsInvalid = true;
        _byAge.Enqueue(node.Id);
        if (_byAge.Count > Capacity) Remove(_byAge.Dequeue());
    }

    /// <summary>Adds blocks that were removed from the tree; what they hosted weighs for their host now.</summary>
    public void Add(IReadOnlyList<BlockNode> removed, BlockNode host)
    {
        if (!forkChoice.CountsInvalid) return;
        if (removed.Any(node => node.HostsInvalid))
        {
            HashSet<BlockNode> hosts = [.. removed];
            foreach ((BlockNode node, BlockNode former) in _blocks.Values.Where(block => hosts.Contains(block.Host)).ToArray())
            {
                _blocks[node.Id] = (node, host);
                forkChoice.ChangeWeight(host.Id, node.Weight, isAdded: true);
            }
        }

        foreach (BlockNode node in removed) Add(node, host);
    }

    private void Remove(BlockId id)
    {
        _blocks.Remove(id, out (BlockNode Node, BlockNode Host) gone);
        Heads?.Remove(gone.Node);
        if (gone.Host.IsInTree) forkChoice.ChangeWeight(gone.Host.Id, gone.Node.Weight, isAdded: false);
    }
}
