using Coniunctum.Ledger;

namespace Coniunctum.P2P.Topics;

/// <summary>The last blocks that travelled beside messages. They are not durable, and are given to whoever has heard of them.</summary>
internal sealed class PublishedBlocks
{
    private const int MostBlocks = 16;
    private const long MostBytes = 16L * 1_024 * 1_024;

    private readonly List<HashedBlock> _blocks = [];

    public HashedBlock? Find(BlockId id) => _blocks.Find(block => block.Id == id);

    /// <summary>Forgets a copy of a block.</summary>
    public void Remove(HashedBlock block) => _blocks.RemoveAll(kept => ReferenceEquals(kept, block));

    public void Add(HashedBlock block)
    {
        if (Find(block.Id) is not null) return;
        _blocks.Add(block);
        while (_blocks.Count > MostBlocks || _blocks.Count > 1 && _blocks.Sum(kept => (long)kept.Encoded.Length) > MostBytes) _blocks.RemoveAt(0);
    }
}
