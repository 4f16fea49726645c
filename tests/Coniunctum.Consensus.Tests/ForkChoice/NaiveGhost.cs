using System.Numerics;

namespace Coniunctum.Consensus.Tests.ForkChoice;

/// <summary>The heaviest subtree, weighed from scratch for every question.</summary>
internal sealed class NaiveGhost : IForkChoice
{
    private readonly Dictionary<BlockId, Entry> _blocks = [];
    private long _arrivals;

    public BlockId Head => HeadFrom(_blocks.Values.Where(entry => entry.IsAnchor).MinBy(entry => entry.Block.Height)!.Block.Id);

    public int Count => _blocks.Count;

    public IEnumerable<ForkChoiceBlock> Blocks => _blocks.Values.Select(entry => entry.Block);

    public IEnumerable<ForkChoiceBlock> Anchors => _blocks.Values.Where(entry => entry.IsAnchor).Select(entry => entry.Block).OrderBy(block => block.Height);

    public IEnumerable<ForkChoiceBlock> ChildrenOf(BlockId id) =>
        _blocks.Values.Where(entry => !entry.IsAnchor && entry.Block.Parent == id).Select(entry => entry.Block);

    public void Anchor(in ForkChoiceBlock block) => _blocks.Add(block.Id, new Entry(block, ++_arrivals) { IsAnchor = true });

    public void Add(in ForkChoiceBlock block) => _blocks.Add(block.Id, new Entry(block, ++_arrivals));

    public void Remove(BlockId block)
    {
        foreach (ForkChoiceBlock child in ChildrenOf(block).ToArray()) Remove(child.Id);
        _blocks.Remove(block);
    }

    public bool CountsInvalid => true;

    public void ChangeWeight(BlockId block, in Work weight, bool isAdded) => _blocks[block].Extra += isAdded ? Number(weight) : -Number(weight);

    public void Detach(BlockId block) => _blocks[block].IsAnchor = true;

    public BlockId HeadFrom(BlockId root)
    {
        ForkChoiceBlock[] anchors = [.. Anchors];
        var weights = new Dictionary<BlockId, BigInteger>();
        var heaviest = new Dictionary<BlockId, (BigInteger Weight, Entry Child)>();
        foreach (Entry entry in _blocks.Values.OrderByDescending(entry => entry.Block.Height))
        {
            ForkChoiceBlock block = entry.Block;
            ForkChoiceBlock? older = anchors.Where(anchor => anchor.Height < block.Height).Cast<ForkChoiceBlock?>().LastOrDefault();
            BlockId parent = entry.IsAnchor ? older?.Id ?? default : block.Parent;
            BigInteger own = !entry.IsAnchor ? Number(block.Weight) : older is { } below ? Number(block.ChainWeight) - Number(below.ChainWeight) : 0;
            BigInteger weight = weights.GetValueOrDefault(block.Id) + own + entry.Extra;
            weights[parent] = weights.GetValueOrDefault(parent) + weight;
            if (!heaviest.TryGetValue(parent, out (BigInteger Weight, Entry Child) best) || Wins(weight, entry, best.Weight, best.Child))
                heaviest[parent] = (weight, entry);
        }

        while (heaviest.TryGetValue(root, out (BigInteger Weight, Entry Child) next)) root = next.Child.Block.Id;
        return root;
    }

    private static bool Wins(BigInteger weight, Entry entry, BigInteger otherWeight, Entry other)
    {
        if (weight != otherWeight) return weight > otherWeight;
        return entry.Block.Precedence != other.Block.Precedence ? entry.Block.Precedence > other.Block.Precedence : entry.Arrival < other.Arrival;
    }

    private static BigInteger Number(Work work) => new(work.ToBytes().AsSpan(), isUnsigned: true, isBigEndian: true);

    private sealed class Entry(ForkChoiceBlock block, long arrival)
    {
        public ForkChoiceBlock Block => block;

        public long Arrival => arrival;

        public bool IsAnchor { get; set; }

        /// <summary>What invalid blocks weigh that build on it.</summary>
        public BigInteger Extra { get; set; }
    }
}
