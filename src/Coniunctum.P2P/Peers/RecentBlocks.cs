using Coniunctum.Ledger;

namespace Coniunctum.P2P.Peers;

/// <summary>The last blocks of some kind that are not durable and are given to whoever asks for them, within two bounds.</summary>
/// <param name="maxBlocks">How many.</param>
/// <param name="maxBytes">How many bytes they have together; one block is kept whatever its size.</param>
internal sealed class RecentBlocks(int maxBlocks, long maxBytes)
{
    private readonly Dictionary<BlockId, HashedBlock> _blocks = [];

    // The oldest first.
    private readonly LinkedList<HashedBlock> _order = new();
    private long _bytes;

    public HashedBlock? Find(BlockId id) => _blocks.GetValueOrDefault(id);

    /// <summary>Forgets a copy of a block.</summary>
    public void Remove(HashedBlock block)
    {
        if (ReferenceEquals(Find(block.Id), block)) Forget(block);
    }

    /// <summary>Forgets a block.</summary>
    public void Remove(BlockId id)
    {
        if (Find(id) is { } block) Forget(block);
    }

    /// <summary>Adds a block, unless a copy of it is here; returns whether it was added.</summary>
    public bool Add(HashedBlock block)
    {
        if (!_blocks.TryAdd(block.Id, block)) return false;
        _order.AddLast(block);
        _bytes += block.Encoded.Length;
        while (_order.Count > maxBlocks || _order.Count > 1 && _bytes > maxBytes) Forget(_order.First!.Value);
        return true;
    }

    private void Forget(HashedBlock block)
    {
        _blocks.Remove(block.Id);
        _order.Remove(block);
        _bytes -= block.Encoded.Length;
    }
}
