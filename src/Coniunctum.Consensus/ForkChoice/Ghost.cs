using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// The heaviest observed subtree wins, from the first block on at every fork (Sompolinsky and Zohar 2015): blocks that lost a
/// race still count for what they were built on, and so do those that turned out invalid, which never win. Adding a block takes amortised time logarithmic in the number of blocks, times
/// the number of forks on its way down at which it is on the lighter side, of which there are at most as many as the weight of
/// all has bits.
/// </summary>
public sealed class Ghost : IForkChoice
{
    private readonly Dictionary<BlockId, GhostNode> _nodes = [];

    // All anchors are blocks of one chain. Each counts as a child of the next older one, with all that lies between in its own
    // weight, so that there is one tree, and what is decided at an old anchor takes all into account that is known above it.
    private readonly SortedSet<GhostNode> _anchors = new(Comparer<GhostNode>.Create((left, right) => left.Height.CompareTo(right.Height)));
    private long _arrivals;

    /// <inheritdoc/>
    public BlockId Head => _anchors.Min!.Last.Id;

    /// <inheritdoc/>
    public void Anchor(in ForkChoiceBlock block)
    {
        GhostNode node = CreateNode(block, Work.Zero);
        GhostNode? oldest = _anchors.Min;
        GhostNode? older = oldest is not null && oldest.Height <= node.Height ? _anchors.GetViewBetween(oldest, node).Max : null;
        GhostNode? newer = older is null ? oldest : older.Heir;
        if (!_anchors.Add(node)) throw new ArgumentException($"Another block is an anchor at height {block.Height}.", nameof(block));
        _nodes.Add(node.Id, node);
        node.IsAnchor = true;

        if (older is not null) SetOwn(node, node.ChainWeight - older.ChainWeight);
        if (newer is not null)
            InsertBelow(newer, node, older);
        else if (older is not null)
            Attach(node, older);
        if (older is not null) older.Heir = node;
    }

    /// <inheritdoc/>
    public void Add(in ForkChoiceBlock block)
    {
        GhostNode parent = _nodes[block.Parent];
        GhostNode node = CreateNode(block, block.Weight);
        _nodes.Add(node.Id, node);
        Attach(node, parent);
    }

    /// <inheritdoc/>
    public bool CountsInvalid => true;

    /// <inheritdoc/>
    public void ChangeWeight(BlockId block, in Work weight, bool isAdded)
    {
        GhostNode node = _nodes[block];
        SignedWeight change = Twice(SignedWeight.Of(weight));
        node.Gain = isAdded ? node.Gain + change : node.Gain - change;
        Settle(node);
    }

    /// <inheritdoc/>
    public void Remove(BlockId block)
    {
        GhostNode node = _nodes[block];
        if (node.Heir is { } heir)
        {
            RemoveBetween(node, heir);
            return;
        }

        GhostNode? parent = node.Parent;
        if (parent is not null) CutOff(node, parent);
        Forget(node);
        if (!node.IsAnchor)
        {
            Settle(parent!);
            return;
        }

        _anchors.Remove(node);
        if (parent is null) return;
        parent.Heir = null;
        Settle(parent);
    }

    /// <inheritdoc/>
    public void Detach(BlockId block)
    {
        GhostNode node = _nodes[block];
        if (node.Parent is not { IsAnchor: true, Heir: null } parent)
            throw new ArgumentException($"The block {block} is not a child of the newest anchor.", nameof(block));
        node.IsAnchor = true;
        _anchors.Add(node);
        parent.Heir = node;
    }

    /// <summary>Returns where the heaviest subtrees lead from a block on.</summary>
    internal BlockId HeadFrom(BlockId block) => _nodes[block].Last.Id;

    /// <summary>Returns twice the weight of a block's subtree, its own included; <c>null</c> for one that is not known.</summary>
    internal SignedWeight? WeightOf(BlockId block) => _nodes.GetValueOrDefault(block)?.SubtreeWeight;

    private static SignedWeight Twice(in SignedWeight weight) => weight + weight;

    private GhostNode CreateNode(in ForkChoiceBlock block, in Work weight) => new(block, Twice(SignedWeight.Of(weight)), ++_arrivals);

    private static void SetOwn(GhostNode node, in SignedWeight weight)
    {
        SignedWeight own = Twice(weight);
        node.Gain += own - node.Own;
        node.Own = own;
        node.Refresh();
    }

    private static void Attach(GhostNode first, GhostNode parent)
    {
        first.Parent = parent;
        if (parent.Next is null)
            parent.Append(first);
        else
            parent.AddSide(first);
        Settle(parent);
    }

    /// <summary>Takes the path that begins at a block, or a part of one, off what it builds on; its weight is still to be settled.</summary>
    private static void CutOff(GhostNode node, GhostNode parent)
    {
        if (node.CutBefore())
            parent.Refresh();
        else
            parent.RemoveSide(node);
    }

    /// <summary>Lets every path follow the heaviest subtrees again, after something has changed at a block: there and below.</summary>
    private static void Settle(GhostNode changed)
    {
        for (GhostNode? node = changed; node is not null;)
        {
            if (node.Next is null && node.Sides?.Min is { } heaviest)
            {
                node.RemoveSide(heaviest);
                node.Append(heaviest);
            }

            node.Refresh();
            GhostNode first = node.First;
            Rebalance(first);
            node = first.Parent;
            if (node is null) return;
            node.RemoveSide(first);
            node.AddSide(first);
        }
    }

    /// <summary>
    /// Lets a path go on with what hangs off it wherever that has come to outweigh what lies above. A subtree weighs the same
    /// afterwards; only what was cut off may have to be looked at again.
    /// </summary>
    private static void Rebalance(GhostNode path)
    {
        while (path.FindOutweighed() is { } fork)
        {
            GhostNode heaviest = fork.Sides!.Min!;
            fork.RemoveSide(heaviest);
            path = fork.CutAfter()!;
            fork.Append(heaviest);
            fork.AddSide(path);
        }
    }

    /// <summary>Puts an anchor between the next newer one and what that builds on.</summary>
    private static void InsertBelow(GhostNode newer, GhostNode node, GhostNode? older)
    {
        bool isSide = !newer.CutBefore();
        if (older is not null && isSide) older.RemoveSide(newer);
        SetOwn(newer, newer.ChainWeight - node.ChainWeight);
        (newer.Parent, node.Parent, node.Heir) = (node, older, newer);
        node.Append(newer);
        if (older is null) return;
        if (isSide)
            older.AddSide(node);
        else
            older.Append(node);
        Settle(older);
    }

    /// <summary>Removes an anchor that is not the newest, with all that builds on it below the next newer one.</summary>
    private void RemoveBetween(GhostNode node, GhostNode heir)
    {
        foreach (GhostNode side in node.Sides?.ToArray() ?? [])
        {
            node.RemoveSide(side);
            if (side != heir) Forget(side);
        }

        if (node.CutAfter() is { } next && next != heir) Forget(next);
        node.Refresh();

        GhostNode? older = node.Parent;
        bool isSide = older is not null && !node.CutBefore();
        if (isSide) older!.RemoveSide(node);
        if (older is not null) SetOwn(heir, heir.ChainWeight - older.ChainWeight);
        heir.Parent = older;
        _nodes.Remove(node.Id);
        _anchors.Remove(node);
        if (older is null) return;
        older.Heir = heir;
        if (isSide)
            older.AddSide(heir);
        else
            older.Append(heir);
        Settle(older);
    }

    /// <summary>Forgets a path that was cut off, with all that hangs off it.</summary>
    private void Forget(GhostNode first)
    {
        var doomed = new Stack<GhostNode>([first]);
        while (doomed.TryPop(out GhostNode? node))
        {
            _nodes.Remove(node.Id);
            foreach (GhostNode side in node.Sides ?? []) doomed.Push(side);
            if (node.CutAfter() is { } next) doomed.Push(next);
        }
    }
}
