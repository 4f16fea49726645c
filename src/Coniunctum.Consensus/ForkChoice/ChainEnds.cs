using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>The ends of all chains in the order of a rank that rises from every block to its children.</summary>
/// <param name="rankOf">Returns a block's rank.</param>
internal sealed class ChainEnds(Func<ForkChoiceBlock, Work> rankOf)
{
    private readonly Dictionary<BlockId, Entry> _blocks = [];

    // A child's rank is greater, so that the best block has no children.
    private readonly SortedSet<Entry> _ends = new(Comparer<Entry>.Create(Compare));
    private long _arrivals;

    public BlockId Best => _ends.Min!.Id;

    public void Anchor(in ForkChoiceBlock block) => Add(new Entry(block.Id, null, rankOf(block), block.Precedence, ++_arrivals));

    public void Add(in ForkChoiceBlock block)
    {
        Entry parent = _blocks[block.Parent];
        Work rank = rankOf(block);
        if (rank <= parent.Rank) throw new ArgumentException($"The block {block.Id} weighs nothing.", nameof(block));
        var entry = new Entry(block.Id, parent, rank, block.Precedence, ++_arrivals);
        Add(entry);
        _ends.Remove(parent);
        parent.Children.Add(entry);
    }

    public void Remove(BlockId block)
    {
        Entry root = _blocks[block];
        CutOff(root);
        var doomed = new Stack<Entry>([root]);
        while (doomed.TryPop(out Entry? entry))
        {
            _blocks.Remove(entry.Id);
            _ends.Remove(entry);
            foreach (Entry child in entry.Children) doomed.Push(child);
        }
    }

    public void Detach(BlockId block) => CutOff(_blocks[block]);

    private void CutOff(Entry entry)
    {
        if (entry.Parent is not { } parent) return;
        entry.Parent = null;
        parent.Children.Remove(entry);
        if (parent.Children.Count == 0) _ends.Add(parent);
    }

    private void Add(Entry entry)
    {
        _blocks.Add(entry.Id, entry);
        _ends.Add(entry);
    }

    /// <summary>Orders the best first.</summary>
    private static int Compare(Entry left, Entry right)
    {
        int order = right.Rank.CompareTo(left.Rank);
        if (order == 0) order = right.Precedence.CompareTo(left.Precedence);
        return order != 0 ? order : left.Arrival.CompareTo(right.Arrival);
    }

    private sealed class Entry(BlockId id, Entry? parent, Work rank, ulong precedence, long arrival)
    {
        public BlockId Id => id;

        public Entry? Parent { get; set; } = parent;

        public Work Rank => rank;

        public ulong Precedence => precedence;

        public long Arrival => arrival;

        public List<Entry> Children { get; } = new(capacity: 1);
    }
}
