using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Node;

/// <summary>
/// Blocks whose time has not come. Few are kept, those whose time comes first: a block of a far future keeps none out that
/// will soon be due. Others are asked for again if they matter.
/// </summary>
internal sealed class DeferredBlocks
{
    /// <summary>The timer that looks at them again.</summary>
    public static readonly TimerId Timer = new("deferred blocks");

    private const int Capacity = 16;

    private readonly List<(Timestamp Until, HashedBlock Block)> _blocks = [];

    /// <summary>When the time of the first kept block comes, or <c>null</c> when none is kept.</summary>
    public Timestamp? NextDue => _blocks.Count == 0 ? null : _blocks.Min(kept => kept.Until);

    /// <summary>Keeps a block until its time, if it is among the first that are due.</summary>
    public bool TryKeep(HashedBlock block, Timestamp until)
    {
        if (_blocks.Exists(kept => kept.Block.Id == block.Id)) return false;
        if (_blocks.Count == Capacity)
        {
            (Timestamp Until, HashedBlock Block) last = _blocks.MaxBy(kept => kept.Until);
            if (last.Until <= until) return false;
            _blocks.Remove(last);
        }

        _blocks.Add((until, block));
        return true;
    }

    /// <summary>Returns the blocks whose time has come, and forgets them.</summary>
    public IReadOnlyList<HashedBlock> TakeDue(Timestamp now)
    {
        HashedBlock[] due = [.. _blocks.Where(kept => kept.Until <= now).OrderBy(kept => kept.Block.Header.Height).Select(kept => kept.Block)];
        _blocks.RemoveAll(kept => kept.Until <= now);
        return due;
    }
}
