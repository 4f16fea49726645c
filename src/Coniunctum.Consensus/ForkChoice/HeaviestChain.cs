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

    /// <inheritdoc/>
    public BlockId Head => _ends.Min!.Id;

    /// <inheritdoc/>
    public void Anchor(in ForkChoiceBlock block) => Add(new Entry(block.Id, null, block.ChainWeight, ++_arrivals));

    /// <inheritdoc/>
    public void Add(in ForkChoiceBlock block)
    {
        Entry parent = _blocks[block.Parent];
        if (block.ChainWeight <= parent.ChainWeight)
            throw new ArgumentException($"The block {block.Id} weighs nothing.", nameof(block));
        var entry = new Entry(block.Id, parent, block.ChainWeight, ++_arrivals);
        Add(entry);
        _ends.Remove(parent);
        parent.Children.Add(entry);
    }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
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

    /// <summary>Orders the heaviest first, among equals the one seen first.</summary>
    private static int Compare(Entry left, Entry right)
    {
        int order = right.ChainWeight.CompareTo(left.ChainWeight);
        return order != 0 ? order : left.Arrival.CompareTo(right.Arrival);
    }

    private sealed class Entry(BlockId id, Entry? parent, Work chainWeight, long arrival)
    {
        public BlockId Id => id;

        public Entry? Parent { get; set; } = parent;

        public Work ChainWeight => chainWeight;

        public long Arrival => arrival;

        public List<Entry> Children { get; } = new(capacity: 1);
    }
}
