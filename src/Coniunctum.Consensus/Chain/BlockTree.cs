using System.Buffers.Binary;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// The blocks that are in memory, and the identities of those that turned out invalid. Every tree begins at a block of the
/// best chain: the main one at the oldest block in memory, others at older blocks on which someone built again.
/// </summary>
internal sealed class BlockTree(IForkChoice forkChoice, IEntropySource? ties, InvalidBlocks invalid)
{
    private readonly Dictionary<BlockId, BlockNode> _nodes = [];
    private readonly HashSet<BlockNode> _roots = [];

    // Apart, so that blocks which cost their maker nothing never push out those that were expensive to check.
    private readonly RefusedBlocks _proven = new();
    private readonly RefusedBlocks _unproven = new();
    private readonly InvalidBlocks _invalid = invalid;
    private long _arrivals;

    public int Count => _nodes.Count;

    /// <summary>The greatest height that any block of the tree has had.</summary>
    public ulong Highest { get; private set; }

    /// <summary>The tip of the chain that wins.</summary>
    public BlockNode Head => _nodes[forkChoice.Head];

    /// <summary>Where trees begin.</summary>
    public IReadOnlyCollection<BlockNode> Roots => _roots;

    /// <summary>The blocks on which none builds.</summary>
    public IEnumerable<BlockNode> Leaves => _nodes.Values.Where(node => node.Children.Count == 0);

    public BlockNode? Find(BlockId id) => _nodes.GetValueOrDefault(id);

    /// <summary>Returns why a block is known to be of no use, or <c>null</c>.</summary>
    public Verdict? WhyRefused(BlockId id) => _proven.Why(id) ?? _unproven.Why(id);

    /// <summary>Returns a block that is invalid and weighs all the same, so that others are known to build on it, or <c>null</c>.</summary>
    public BlockNode? FindInvalid(BlockId id) => _invalid.Find(id);

    /// <summary>Lets an invalid block weigh whose header is proven and whose body has come, where the fork choice counts such.</summary>
    public void CountInvalid(BlockNode node)
    {
        if (node.Parent is { } parent && (_invalid.HostOf(parent) ?? parent) is { IsInTree: true } host) _invalid.Add(node, host);
    }

    /// <summary>Lets blocks weigh on that were removed since they are invalid.</summary>
    /// <param name="removed">A block and all that was built on it.</param>
    public void CountInvalid(IReadOnlyList<BlockNode> removed)
    {
        if (removed[0].Parent is { IsInTree: true } host) _invalid.Add(removed, host);
    }

    /// <summary>Begins a tree at a block of the best chain.</summary>
    public void Anchor(BlockNode node)
    {
        Remember(node);
        _roots.Add(node);
        forkChoice.Anchor(node.ForForkChoice);
    }

    public void Add(BlockNode node)
    {
        Remember(node);
        node.Parent!.Children.Add(node);
        forkChoice.Add(node.ForForkChoice);
    }

    /// <summary>Counts arrivals on from a number, where an earlier run has counted.</summary>
    public void ArriveAfter(long arrival) => _arrivals = Math.Max(_arrivals, arrival);

    /// <summary>Remembers that no block of this identity is of any use.</summary>
    /// <param name="id">The identity.</param>
    /// <param name="verdict">Why.</param>
    /// <param name="isProven">Whether the header passed its rule before: such an identity costs its maker a proof.</param>
    public void MarkRefused(BlockId id, Verdict verdict, bool isProven) => (isProven ? _proven : _unproven).Add(id, verdict);

    /// <summary>Removes a block and all that builds on it, and returns them, parents first. A tree that only bore them ends.</summary>
    public List<BlockNode> RemoveSubtree(BlockNode top)
    {
        forkChoice.Remove(top.Id);
        top.Parent?.Children.Remove(top);
        _roots.Remove(top);
        List<BlockNode> removed = [top];
        for (int i = 0; i < removed.Count; i++)
        {
            _nodes.Remove(removed[i].Id);
            removed[i].IsInTree = false;
            removed.AddRange(removed[i].Children);
        }

        return removed;
    }

    /// <summary>Lets the tree of a root begin at one of its children, a block of the best chain; other children keep the root.</summary>
    public void MoveRoot(BlockNode root, BlockNode child)
    {
        root.Children.Remove(child);
        child.Detach();
        forkChoice.Detach(child.Id);
        _roots.Add(child);
        if (root.Children.Count == 0) Release(root);
    }

    /// <summary>Forgets a root on which nothing builds any more.</summary>
    public void Release(BlockNode root)
    {
        _nodes.Remove(root.Id);
        root.IsInTree = false;
        _roots.Remove(root);
        forkChoice.Remove(root.Id);
    }

    private void Remember(BlockNode node)
    {
        node.Arrival = ++_arrivals;
        node.Precedence = DrawPrecedence();
        Highest = Math.Max(Highest, node.Height);
        _nodes.Add(node.Id, node);
        node.IsInTree = true;
    }

    private ulong DrawPrecedence()
    {
        if (ties is null) return 0;
        Span<byte> lot = stackalloc byte[sizeof(ulong)];
        ties.Fill(lot);
        return BinaryPrimitives.ReadUInt64LittleEndian(lot);
    }
}
