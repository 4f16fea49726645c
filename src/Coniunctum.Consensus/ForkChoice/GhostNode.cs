using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// A block of <see cref="Ghost"/>'s tree. The tree is cut into paths: each goes on to the child with the heaviest subtree, and
/// the other children begin paths of their own, which hang off it. A path is a splay tree in the order of height, so that the
/// weight above any of its blocks, and whether a path that hangs off outweighs it, take logarithmic time.
/// </summary>
/// <param name="block">The block.</param>
/// <param name="own">Twice its own weight.</param>
/// <param name="arrival">When it came.</param>
internal sealed class GhostNode(in ForkChoiceBlock block, in SignedWeight own, long arrival)
{
    private readonly ulong _precedence = block.Precedence;
    private readonly long _arrival = arrival;

    // The splay tree: what comes before, what comes after, and what this is before or after of.
    private GhostNode? _before;
    private GhostNode? _after;
    private GhostNode? _above;

    // Twice the heaviest side's weight, less one where the path's next block wins a tie: what must lie above this block.
    private SignedWeight _bound;
    private bool _isBound;
    private SignedWeight _sum = own;
    private SignedWeight _slack = SignedWeight.Infinite;

    public BlockId Id { get; } = block.Id;

    public ulong Height { get; } = block.Height;

    public SignedWeight ChainWeight { get; } = SignedWeight.Of(block.ChainWeight);

    /// <summary>The block below; where an anchor is this the next older anchor, with all that lies between in its own weight.</summary>
    public GhostNode? Parent { get; set; }

    public bool IsAnchor { get; set; }

    /// <summary>The next newer anchor.</summary>
    public GhostNode? Heir { get; set; }

    /// <summary>Twice the block's own weight. All weights here are doubled, so that a tie can count for one.</summary>
    public SignedWeight Own { get; set; } = own;

    /// <summary>Its own weight, and those of the subtrees that hang off here.</summary>
    public SignedWeight Gain { get; set; } = own;

    /// <summary>The weight under which it stands among its parent's sides, where it begins a path.</summary>
    public SignedWeight SideWeight { get; set; }

    /// <summary>The paths that hang off here, by their first blocks, the heaviest first.</summary>
    public SortedSet<GhostNode>? Sides { get; private set; }

    /// <summary>The next block on the path, or <c>null</c> at its end.</summary>
    public GhostNode? Next
    {
        get
        {
            Splay();
            if (_after is null) return null;
            GhostNode next = _after;
            while (next._before is not null) next = next._before;
            next.Splay();
            return next;
        }
    }

    /// <summary>The path's first block.</summary>
    public GhostNode First
    {
        get
        {
            Splay();
            GhostNode first = this;
            while (first._before is not null) first = first._before;
            first.Splay();
            return first;
        }
    }

    /// <summary>The path's last block: where the heaviest subtrees lead from any block of it.</summary>
    public GhostNode Last
    {
        get
        {
            Splay();
            GhostNode last = this;
            while (last._after is not null) last = last._after;
            last.Splay();
            return last;
        }
    }

    /// <summary>The weight of the whole path with all that hangs off it.</summary>
    public SignedWeight PathWeight
    {
        get
        {
            Splay();
            return _sum;
        }
    }

    /// <summary>The weight of this block with all that is built on it.</summary>
    public SignedWeight SubtreeWeight
    {
        get
        {
            Splay();
            return SumOf(_after) + Gain;
        }
    }

    /// <summary>Orders equally heavy subtrees by the draw, then by arrival; the winner first.</summary>
    public int CompareLot(GhostNode other)
    {
        int order = other._precedence.CompareTo(_precedence);
        return order != 0 ? order : _arrival.CompareTo(other._arrival);
    }

    /// <summary>Lets a path hang off here, with the weight that it has now.</summary>
    public void AddSide(GhostNode first)
    {
        first.SideWeight = first.PathWeight;
        Sides ??= new SortedSet<GhostNode>(SideOrder.Instance);
        Sides.Add(first);
        Gain += first.SideWeight;
        Refresh();
    }

    public void RemoveSide(GhostNode first)
    {
        Sides!.Remove(first);
        Gain -= first.SideWeight;
        if (Sides.Count == 0) Sides = null;
        Refresh();
    }

    /// <summary>Ends the path here, and returns the first block of what followed, now a path of its own; <c>null</c> at the end.</summary>
    public GhostNode? CutAfter()
    {
        GhostNode? next = Next;
        if (next is null) return null;
        Splay();
        _after!._above = null;
        _after = null;
        Update();
        return next;
    }

    /// <summary>Begins a path here; returns whether it did not before.</summary>
    public bool CutBefore()
    {
        Splay();
        if (_before is null) return false;
        _before._above = null;
        _before = null;
        Update();
        return true;
    }

    /// <summary>Goes on with another path behind the last block of this one.</summary>
    public void Append(GhostNode first)
    {
        GhostNode last = Last;
        first.Splay();
        last._after = first;
        first._above = last;
        last.Refresh();
    }

    /// <summary>Takes in what has changed about this block.</summary>
    public void Refresh()
    {
        _isBound = false;
        if (Sides?.Min is { } heaviest)
        {
            _isBound = true;
            bool winsTie = Next is { } next && next.CompareLot(heaviest) < 0;
            _bound = winsTie ? heaviest.SideWeight - SignedWeight.One : heaviest.SideWeight;
        }

        Splay();
        Update();
    }

    /// <summary>Returns the first block of the path off which a subtree hangs that outweighs what lies above it on the path.</summary>
    public GhostNode? FindOutweighed()
    {
        Splay();
        if (_slack.IsPositive) return null;
        GhostNode node = this;
        SignedWeight above = SignedWeight.Zero;
        while (true)
        {
            SignedWeight after = above + SumOf(node._after);
            if (node._before is { _slack.IsInfinite: false } before && !(before._slack + after + node.Gain).IsPositive)
            {
                above = after + node.Gain;
                node = before;
            }
            else if (node._isBound && !(after - node._bound).IsPositive)
            {
                return node;
            }
            else
            {
                node = node._after!;
            }
        }
    }

    private static SignedWeight SumOf(GhostNode? node) => node is null ? SignedWeight.Zero : node._sum;

    private void Update()
    {
        SignedWeight after = SumOf(_after);
        SignedWeight fromHere = after + Gain;
        _sum = fromHere + SumOf(_before);
        _slack = _after is null ? SignedWeight.Infinite : _after._slack;
        if (_isBound) _slack = Lesser(_slack, after - _bound);
        if (_before is { _slack.IsInfinite: false }) _slack = Lesser(_slack, _before._slack + fromHere);
    }

    private static SignedWeight Lesser(in SignedWeight left, in SignedWeight right) => SignedWeight.Compare(left, right) <= 0 ? left : right;

    // Sleator and Tarjan 1985: brings the block to the root; a sequence of m calls takes O(m log n).
    private void Splay()
    {
        if (_above is null) return;
        while (_above is { } parent)
        {
            if (parent._above is { } grandparent)
            {
                bool isStraight = grandparent._before == parent == (parent._before == this);
                (isStraight ? parent : this).Rotate();
            }

            Rotate();
        }

        Update();
    }

    private void Rotate()
    {
        GhostNode parent = _above!;
        GhostNode? grandparent = parent._above;
        if (parent._before == this)
        {
            parent._before = _after;
            if (_after is not null) _after._above = parent;
            _after = parent;
        }
        else
        {
            parent._after = _before;
            if (_before is not null) _before._above = parent;
            _before = parent;
        }

        parent._above = this;
        _above = grandparent;
        if (grandparent is not null)
        {
            if (grandparent._before == parent)
                grandparent._before = this;
            else
                grandparent._after = this;
        }

        parent.Update();
    }

    private sealed class SideOrder : IComparer<GhostNode>
    {
        public static SideOrder Instance { get; } = new();

        public int Compare(GhostNode? x, GhostNode? y)
        {
            int order = SignedWeight.Compare(y!.SideWeight, x!.SideWeight);
            return order != 0 ? order : x.CompareLot(y);
        }
    }
}
