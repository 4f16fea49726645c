using Coniunctum.Ledger;

namespace Coniunctum.Bft;

/// <summary>The blocks of one height that may be voted for, and what the chain has said of each. Few are kept.</summary>
internal sealed class ProposedBlocks
{
    private const int Capacity = 16;

    private readonly Dictionary<BlockId, HashedBlock> _blocks = [];
    private readonly HashSet<BlockId> _unjudged = [];
    private readonly HashSet<BlockId> _invalid = [];

    public HashedBlock this[BlockId id] => _blocks[id];

    /// <summary>Those of which it is not known whether they are valid.</summary>
    public IEnumerable<HashedBlock> Unjudged => _unjudged.Select(id => _blocks[id]);

    /// <summary>Those that are valid.</summary>
    public IEnumerable<BlockId> Valid => _blocks.Keys.Except(_unjudged).Except(_invalid);

    public bool Contains(BlockId id) => _blocks.ContainsKey(id);

    public HashedBlock? Find(BlockId id) => _blocks.GetValueOrDefault(id);

    /// <summary>Keeps a block, not judged yet, unless it is known or too many are.</summary>
    public bool TryAdd(HashedBlock block) => _blocks.Count < Capacity && _blocks.TryAdd(block.Id, block) && _unjudged.Add(block.Id);

    /// <summary>Takes a verdict. A block that is too early, or that could not be judged now, stays unjudged.</summary>
    public void TakeVerdict(BlockId id, VerdictKind verdict)
    {
        if (verdict is VerdictKind.Valid or VerdictKind.Invalid) _unjudged.Remove(id);
        if (verdict == VerdictKind.Invalid) _invalid.Add(id);
    }

    public void RemoveExcept(Func<BlockId, bool> isKept)
    {
        foreach (BlockId block in _blocks.Keys.Where(block => !isKept(block)).ToArray())
        {
            _blocks.Remove(block);
            _unjudged.Remove(block);
            _invalid.Remove(block);
        }
    }

    public void Clear()
    {
        _blocks.Clear();
        _unjudged.Clear();
        _invalid.Clear();
    }
}
