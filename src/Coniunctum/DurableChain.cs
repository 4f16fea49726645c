using Coniunctum.Consensus.Chain;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>The best chain as far as it is durable, for readers on all threads, and the signal that it has moved.</summary>
internal sealed class DurableChain
{
    private readonly Lock _gate = new();
    private readonly List<HashedBlock> _blocks = [];

    // With those that were once part of the chain: a slow subscriber may still have to walk back over them.
    private readonly Dictionary<BlockId, HashedBlock> _known = [];
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _end;

    public DurableChain(ChainCore chain)
    {
        for (ulong height = 0; chain.BlockAt(height) is { } block; height++) Add(block);
    }

    public HashedBlock Tip
    {
        get
        {
            lock (_gate) return _blocks[^1];
        }
    }

    /// <summary>
    /// Waits for the next move, or returns at once when the chain has moved since a subscriber at a block heard all. Throws when
    /// there is nothing left to tell and the chain has ended.
    /// </summary>
    public Task WaitBeyondAsync(BlockId cursor, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (Next(cursor) is not null) return Task.CompletedTask;
            return _end is null ? _moved.Task.WaitAsync(cancellation) : Task.FromException(_end);
        }
    }

    public HashedBlock? At(ulong height)
    {
        lock (_gate) return height < (ulong)_blocks.Count ? _blocks[(int)height] : null;
    }

    public void Move(NodeEffect.TipMoved move)
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            _blocks.RemoveRange(_blocks.Count - move.Disconnected.Length, move.Disconnected.Length);
            foreach (HashedBlock block in move.Connected) Add(block);
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.TrySetResult();
    }

    /// <summary>Says that no move will follow.</summary>
    public void End(Exception reason)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = reason;
        }

        // Those who wait look again, and meet the reason.
        _moved.TrySetResult();
    }

    /// <summary>Returns what a subscriber at a block must hear next, or <c>null</c> at the tip.</summary>
    public LedgerEvent? Next(BlockId cursor)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(cursor, out HashedBlock? seen))
                throw new ArgumentException($"No block {cursor} was ever part of the best chain.", nameof(cursor));
            int height = (int)seen.Header.Height;
            if (height >= _blocks.Count || _blocks[height].Id != cursor) return new LedgerEvent.Disconnected(seen);
            return height + 1 < _blocks.Count ? new LedgerEvent.Connected(_blocks[height + 1]) : null;
        }
    }

    private void Add(HashedBlock block)
    {
        _blocks.Add(block);
        _known[block.Id] = block;
    }
}
