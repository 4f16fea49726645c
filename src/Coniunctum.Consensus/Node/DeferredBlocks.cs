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

    // Some of any one source: what it sends too early keeps out nothing of others.
    private const int MostOfOne = 4;

    private readonly List<(Timestamp Until, NodeInput.BlockArrived Arrived)> _blocks = [];

    /// <summary>When the time of the first kept block comes, or <c>null</c> when none is kept.</summary>
    public Timestamp? NextDue => _blocks.Count == 0 ? null : _blocks.Min(kept => kept.Until);

    /// <summary>Keeps a block until its time, if it is among the first that are due, and among the first of its sender's.</summary>
    public bool TryKeep(NodeInput.BlockArrived arrived, Timestamp until)
    {
        if (_blocks.Exists(kept => kept.Arrived.Block.Id == arrived.Block.Id)) return false;
        bool isOneTooMany = !arrived.From.IsOwn && _blocks.Count(kept => kept.Arrived.From == arrived.From) == MostOfOne;
        if (isOneTooMany || _blocks.Count == Capacity)
        {
            (Timestamp Until, NodeInput.BlockArrived Arrived) last = _blocks.Where(kept => !isOneTooMany || kept.Arrived.From == arrived.From).MaxBy(kept => kept.Until);
            if (last.Until <= until) return false;
            _blocks.Remove(last);
        }

        _blocks.Add((until, arrived));
        return true;
    }

    /// <summary>Returns the blocks whose time has come, and forgets them.</summary>
    public IReadOnlyList<NodeInput.BlockArrived> TakeDue(Timestamp now)
    {
        NodeInput.BlockArrived[] due = [.. _blocks.Where(kept => kept.Until <= now).OrderBy(kept => kept.Arrived.Block.Header.Height).Select(kept => kept.Arrived)];
        _blocks.RemoveAll(kept => kept.Until <= now);
        return due;
    }
}
