namespace Coniunctum.Consensus.Chain;

/// <summary>The blocks of the best chain that are in memory, by height: from the oldest to the tip.</summary>
internal sealed class BestChain(BlockNode oldest)
{
    // Removing the first of a list moves all others; this many are removed at once.
    private const int Slack = 256;

    private readonly List<BlockNode> _nodes = [oldest];
    private int _first;

    /// <summary>The lowest block in memory. What lies below it is in the store.</summary>
    public BlockNode Oldest => _nodes[_first];

    public BlockNode Tip => _nodes[^1];

    /// <summary>How many blocks are in memory.</summary>
    public int Count => _nodes.Count - _first;

    /// <summary>The block at a height from the oldest one's to the tip's.</summary>
    public BlockNode this[ulong height] =>
        At(height) ?? throw new ArgumentOutOfRangeException(nameof(height), height, $"In memory are {Oldest.Height} to {Tip.Height}.");

    /// <summary>Returns the block at a height, or <c>null</c> below the blocks in memory and above the tip.</summary>
    public BlockNode? At(ulong height) => height >= Oldest.Height && height <= Tip.Height ? _nodes[IndexOf(height)] : null;

    public bool Contains(BlockNode node) => ReferenceEquals(At(node.Height), node);

    /// <summary>Goes on behind a block of the chain with others. When that lies below the blocks in memory, it becomes the oldest one in memory.</summary>
    public void Move(BlockNode fork, IEnumerable<BlockNode> connected)
    {
        if (fork.Height < Oldest.Height)
        {
            _nodes.Clear();
            _first = 0;
            _nodes.Add(fork);
        }
        else
        {
            int kept = IndexOf(fork.Height) + 1;
            _nodes.RemoveRange(kept, _nodes.Count - kept);
        }

        _nodes.AddRange(connected);
    }

    /// <summary>Lets the chain in memory begin one block higher.</summary>
    public void AdvanceOldest()
    {
        if (Count == 1) throw new InvalidOperationException("The tip stays in memory.");
        _nodes[_first++] = null!;
        if (_first < Slack) return;
        _nodes.RemoveRange(0, _first);
        _first = 0;
    }

    private int IndexOf(ulong height) => _first + (int)(height - Oldest.Height);
}
