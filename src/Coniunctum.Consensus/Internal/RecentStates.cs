using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Internal;

/// <summary>
/// The states after the last durable tips, and after the last ones at multiples of 4,096, so that whoever holds a header a little
/// older than the tip can be given a proof against it. What is not kept any more is given up at once, so that the tree's nodes are
/// used again. Looked up on all threads, changed by one.
/// </summary>
public sealed class RecentStates
{
    private const int Tips = 64;
    private const int Spaced = 16;
    private const ulong Spacing = 4096;

    // What a kept state alone still needs grows with what came after it: a few KB a transaction.
    private const long MaxTransactions = 4096;

    private readonly Lock _gate = new();
    private readonly LinkedList<Kept> _tips = new();
    private readonly LinkedList<Kept> _spaced = new();
    private readonly List<OwnedReading> _dropped = [];

    // Transactions of all blocks that have come since the start.
    private long _transactions;

    /// <summary>Begins with a tip.</summary>
    /// <param name="tip">The durable tip.</param>
    /// <param name="state">The state after it.</param>
    public RecentStates(HashedBlock tip, OwnedReading state)
    {
        ArgumentNullException.ThrowIfNull(tip);
        ArgumentNullException.ThrowIfNull(state);
        Keep(tip, state);
    }

    /// <summary>Returns the state after a block of the durable chain, or <c>null</c> where it is not kept, or no longer.</summary>
    /// <param name="block">The block.</param>
    public StateReading? Find(BlockId block)
    {
        lock (_gate) return StateOf(block) is { } found && found.TryGive(out StateReading? state) ? state : null;
    }

    /// <summary>Looks into the state after a block of the durable chain; false where it is not kept, or no longer.</summary>
    /// <param name="block">The block.</param>
    /// <param name="look">The state; dispose it soon.</param>
    public bool TryLook(BlockId block, out OwnedReading.Look look)
    {
        look = default;
        lock (_gate) return StateOf(block) is { } found && found.TryLook(out look);
    }

    /// <summary>Keeps the state after a new durable tip. Nothing is given up before <see cref="GiveUp"/>.</summary>
    /// <param name="moved">The move to it.</param>
    /// <param name="state">The state after it.</param>
    public void Keep(NodeEffect.TipMoved moved, OwnedReading state)
    {
        ArgumentNullException.ThrowIfNull(moved);
        ArgumentNullException.ThrowIfNull(state);
        lock (_gate)
        {
            foreach (HashedBlock block in moved.Disconnected) Forget(block.Id);
            foreach (HashedBlock block in moved.Connected) _transactions += block.Transactions.Count;
            Keep(moved.Tip, state);
            Trim(_tips, Tips);
            Trim(_spaced, Spaced);
        }
    }

    /// <summary>Gives up what is not kept any more. No one is given it from here on.</summary>
    public void GiveUp()
    {
        foreach (OwnedReading state in _dropped) state.Retire();
        _dropped.Clear();
    }

    private OwnedReading? StateOf(BlockId block) => _tips.Concat(_spaced).FirstOrDefault(kept => kept.Block == block)?.State;

    private void Keep(HashedBlock tip, OwnedReading state)
    {
        // After a revert it may be here already.
        Forget(tip.Id);
        var kept = new Kept(tip.Id, _transactions, state);
        _tips.AddFirst(kept);
        if (tip.Header.Height % Spacing == 0) _spaced.AddFirst(kept);
    }

    private void Forget(BlockId block)
    {
        foreach (LinkedList<Kept> list in (LinkedList<Kept>[])[_tips, _spaced])
        {
            if (list.FirstOrDefault(kept => kept.Block == block) is { } lost) Drop(list, lost);
        }
    }

    /// <summary>Drops the oldest while there are too many, or too much has come after them.</summary>
    private void Trim(LinkedList<Kept> list, int most)
    {
        while (list.Last is { Value: var oldest } && (list.Count > most || _transactions - oldest.Before > MaxTransactions)) Drop(list, oldest);
    }

    private void Drop(LinkedList<Kept> list, Kept kept)
    {
        list.Remove(kept);
        if (!_tips.Contains(kept) && !_spaced.Contains(kept)) _dropped.Add(kept.State);
    }

    /// <summary>A state that is kept.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Before">How many transactions had come by then.</param>
    /// <param name="State">The state after it.</param>
    private sealed record Kept(BlockId Block, long Before, OwnedReading State);
}
