using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum;

/// <summary>
/// The states after the last durable tips, and after the last ones at multiples of 4,096, so that whoever holds a header a little
/// older than the tip can be given a proof against it. A state is kept where it is the node's own when its block becomes durable:
/// while blocks come faster than they are written, as in an import, most are passed over, and the tree's nodes are used again.
/// </summary>
internal sealed class RecentStates : INodeListener
{
    private const int Tips = 64;
    private const int Spaced = 16;
    private const ulong Spacing = 4096;

    // What a kept state alone still needs grows with what came after it: about 10 KB a transaction, until the garbage collector runs.
    private const long MaxTransactions = 4096;

    private readonly ChainCore _node;
    private readonly Lock _gate = new();
    private readonly LinkedList<Kept> _tips = new();
    private readonly LinkedList<Kept> _spaced = new();

    // Transactions of all blocks that have come since the start.
    private long _transactions;

    public RecentStates(ChainCore node)
    {
        _node = node;
        Keep(node.Tip);
    }

    /// <summary>Returns the state after a block of the durable chain, or <c>null</c> where it is not kept, or no longer.</summary>
    public StateReading? Find(BlockId block)
    {
        lock (_gate) return _tips.Concat(_spaced).FirstOrDefault(kept => kept.Block == block)?.State;
    }

    void INodeListener.Take(NodeEffect effect)
    {
        if (effect is not NodeEffect.TipMoved moved) return;
        lock (_gate)
        {
            foreach (HashedBlock block in moved.Disconnected) Forget(block.Id);
            foreach (HashedBlock block in moved.Connected) _transactions += block.Transactions.Count;
            if (_node.Tip.Id == moved.Tip.Id) Keep(moved.Tip);
            Trim(_tips, Tips);
            Trim(_spaced, Spaced);
        }
    }

    void INodeListener.End(LedgerHaltedException reason)
    {
        // What is durable stays true.
    }

    private void Keep(HashedBlock tip)
    {
        // After a revert it may be here already.
        Forget(tip.Id);
        var kept = new Kept(tip.Id, _transactions, _node.TakeReading());
        _tips.AddFirst(kept);
        if (tip.Header.Height % Spacing == 0) _spaced.AddFirst(kept);
    }

    private void Forget(BlockId block)
    {
        foreach (LinkedList<Kept> list in (LinkedList<Kept>[])[_tips, _spaced])
        {
            if (list.FirstOrDefault(kept => kept.Block == block) is { } lost) list.Remove(lost);
        }
    }

    /// <summary>Drops the oldest while there are too many, or too much has come after them.</summary>
    private void Trim(LinkedList<Kept> list, int most)
    {
        while (list.Last is { Value: var oldest } && (list.Count > most || _transactions - oldest.Before > MaxTransactions)) list.RemoveLast();
    }

    /// <summary>A state that is kept.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Before">How many transactions had come by then.</param>
    /// <param name="State">The state after it.</param>
    private sealed record Kept(BlockId Block, long Before, StateReading State);
}
