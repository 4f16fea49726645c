using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// The chain of most cumulative weight wins; among equals the one seen first. Adding or removing a block takes time
/// logarithmic in the number of chains' ends.
/// </summary>
public sealed class HeaviestChain : IForkChoice
{
    private readonly Dictionary<BlockId, Entry> _blocks = [];

    // Every block weighs something, so that the heaviest one has no children.
    private readonly SortedSet<Entry> _ends = new(Comparer<Entry>.Create(Compare));
    private long _arrivals;

    /// <summary>Starts with a chain of one block.</summary>
    /// <param name="genesis">Its identity.</param>
    public HeaviestChain(BlockId genesis)
    {
        var entry = new Entry(genesis, null, Work.Zero, _arrivals);
        _blocks.Add(genesis, entry);
        _ends.Add(entry);
    }

    /// <inheritdoc/>
    public BlockId Head => _ends.Min!.Id;

    /// <inheritdoc/>
    public void Add(in ForkChoiceBlock block)
    {
        Entry parent = _blocks[block.Parent];
        if (block.ChainWeight <= parent.ChainWeight)
            throw new ArgumentException($"The block {block.Id} weighs nothing.", nameof(block));
        var entry = new Entry(block.Id, parent, block.ChainWeight, ++_arrivals);
        _blocks.Add(block.Id, entry);
        _ends.Remove(parent);
        _ends.Add(entry);
        parent.Children.Add(entry);
    }

    /// <inheritdoc/>
    public void Remove(BlockId block)
    {
        Entry root = _blocks[block];
        Entry parent = root.Parent!;
        parent.Children.Remove(root);
        if (parent.Children.Count == 0) _ends.Add(parent);

        var doomed = new Stack<Entry>([root]);
        while (doomed.TryPop(out Entry? entry))
        {
            _blocks.Remove(entry.Id);
            _ends.Remove(entry);
            foreach (Entry child in entry.Children) doomed.Push(child);
        }
    }

    /// <summary>Orders the heaviest first, among equals the one seen first.</summary>
    private static int Compare(Entry left, Entry right)
    {
        int order = right.ChainWeight.CompareTo(left.ChainWeight);
        return order != 0 ? order : left.Arrival.CompareTo(right.Arrival);
    }

    private sealed class Entry(BlockId id, Entry? parent, Work chainWeight, long arrival)
    {
        public BlockId Id => id;

        public Entry? Parent => parent;

        public Work ChainWeight => chainWeight;

        public long Arrival => arrival;

        public List<Entry> Children { get; } = new(capacity: 1);
    }
}
