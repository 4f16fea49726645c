using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>The chain of most cumulative weight wins; among equals the one seen first.</summary>
public sealed class HeaviestChain : IForkChoice
{
    private readonly Dictionary<BlockId, Entry> _blocks = [];
    private long _arrivals;

    /// <summary>Starts with a chain of one block.</summary>
    /// <param name="genesis">Its identity.</param>
    public HeaviestChain(BlockId genesis)
    {
        Head = genesis;
        _blocks.Add(genesis, new Entry(Work.Zero, _arrivals));
    }

    /// <inheritdoc/>
    public BlockId Head { get; private set; }

    /// <inheritdoc/>
    public void Add(in ForkChoiceBlock block)
    {
        var entry = new Entry(block.ChainWeight, ++_arrivals);
        _blocks[block.Parent].Children.Add(block.Id);
        _blocks.Add(block.Id, entry);
        if (block.ChainWeight > _blocks[Head].ChainWeight) Head = block.Id;
    }

    /// <inheritdoc/>
    public void Remove(BlockId block)
    {
        foreach (Entry entry in _blocks.Values)
        {
            if (entry.Children.Remove(block)) break;
        }

        var doomed = new Stack<BlockId>([block]);
        while (doomed.TryPop(out BlockId id))
        {
            if (!_blocks.Remove(id, out Entry? entry)) continue;
            foreach (BlockId child in entry.Children) doomed.Push(child);
        }

        if (!_blocks.ContainsKey(Head))
        {
            Head = _blocks
                .OrderByDescending(pair => pair.Value.ChainWeight)
                .ThenBy(pair => pair.Value.Arrival)
                .First().Key;
        }
    }

    private sealed class Entry(Work chainWeight, long arrival)
    {
        public Work ChainWeight => chainWeight;

        public long Arrival => arrival;

        public List<BlockId> Children { get; } = [];
    }
}
