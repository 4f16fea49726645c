using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>The last blocks that were told or read, within bounded bytes, so that many readers of the same ones share them. Safe to use from all threads.</summary>
internal sealed class RecentBlocks
{
    private const long MaxBytes = 8L * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<BlockId, HashedBlock> _blocks = [];
    private readonly Queue<HashedBlock> _byAge = new();
    private long _bytes;

    public HashedBlock? Find(BlockId id)
    {
        lock (_gate) return _blocks.GetValueOrDefault(id);
    }

    public void Add(HashedBlock block)
    {
        lock (_gate)
        {
            if (!_blocks.TryAdd(block.Id, block)) return;
            _byAge.Enqueue(block);
            _bytes += block.Encoded.Length;
            while (_bytes > MaxBytes && _byAge.Count > 1)
            {
                HashedBlock oldest = _byAge.Dequeue();
                _blocks.Remove(oldest.Id);
                _bytes -= oldest.Encoded.Length;
            }
        }
    }
}
