using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Checkpoints of the state: when one is due it is taken at once, which copies nothing, and then written slice by slice
/// between the blocks, one slice under way at a time.
/// </summary>
internal sealed class CheckpointScheduler(ChainOptions options)
{
    // While blocks keep coming, a slice is written for so much of what undoes them, half of a slice's size: a checkpoint that is
    // never finished would make starting again ever slower.
    private const long UndoBytesASlice = 128 * 1024;

    private BlockNode? _block;
    private IEnumerator<ReadOnlyMemory<byte>>? _slices;
    private int _index;
    private bool _isUnderWay;
    private long _blocksSince;
    private long _bytesSince;
    private long _bytesSinceSlice;

    /// <summary>Whether a slice may be written: one is there, or is about to be, and none is under way.</summary>
    public bool IsReady => !_isUnderWay && (_slices is not null || IsDue);

    /// <summary>Whether blocks should wait for a slice, since so many have gone before.</summary>
    public bool IsOverdue => IsReady && _bytesSinceSlice >= UndoBytesASlice;

    private bool IsDue => _blocksSince >= options.CheckpointBlocks || _bytesSince >= options.CheckpointBytes;

    /// <summary>Counts blocks that joined the best chain, and gives up a checkpoint whose block has left it.</summary>
    /// <param name="forkHeight">The height of the last block that stayed.</param>
    /// <param name="blocks">The blocks.</param>
    public void Count(ulong forkHeight, IReadOnlyList<StoredBlock> blocks)
    {
        long bytes = blocks.Sum(block => (long)block.Undo.Length);
        (_blocksSince, _bytesSince, _bytesSinceSlice) = (_blocksSince + blocks.Count, _bytesSince + bytes, _bytesSinceSlice + bytes);
        if (_block?.Height > forkHeight) GiveUp();
    }

    /// <summary>Counts a block that was replayed since the last checkpoint.</summary>
    public void CountReplayed(long undoBytes) => (_blocksSince, _bytesSince) = (_blocksSince + 1, _bytesSince + undoBytes);

    /// <summary>Returns the next slice to commit; takes the checkpoint at the tip if none is being written.</summary>
    public CheckpointSlice Next(BlockNode tip, LedgerState state)
    {
        if (_slices is null)
        {
            (_block, _index, _blocksSince, _bytesSince) = (tip, 0, 0, 0);
            _slices = StateCheckpoint.Write(state.Snapshot()).GetEnumerator();
            _slices.MoveNext();
        }

        _isUnderWay = true;
        _bytesSinceSlice = 0;
        ReadOnlyMemory<byte> content = _slices.Current;
        bool isLast = !_slices.MoveNext();
        var slice = new CheckpointSlice(_block!.Id, _block.Height, _index++, content, isLast);
        if (isLast) GiveUp();
        return slice;
    }

    /// <summary>The slice under way is durable.</summary>
    public void Acknowledge() => _isUnderWay = false;

    /// <summary>Releases the state that was being written. The next checkpoint's first slice discards what is left of it.</summary>
    private void GiveUp()
    {
        _slices?.Dispose();
        (_block, _slices) = (null, null);
    }
}
