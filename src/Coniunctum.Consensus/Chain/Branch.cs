using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// A way from the tip to another block: blocks to undo, blocks to do, and the overlay on which that happens while the tip
/// stays as it is.
/// </summary>
internal sealed class Branch
{
    private readonly Queue<BlockNode> _pending = new();
    private readonly bool _undoes;

    public Branch(BestChain best, BlockNode target, LedgerState state)
    {
        Target = best.Tip;
        Overlay = new StateOverlay(state);
        var path = new Stack<BlockNode>();
        BlockNode node = target;
        // A tree that does not begin at the oldest block in memory begins at an older block of the best chain.
        for (; !best.Contains(node) && node.Parent is not null; node = node.Parent) path.Push(node);
        Fork = node;
        while (path.TryPop(out BlockNode? next)) Extend(next);
        UndoHeight = best.Tip.Height;
        _undoes = UndoHeight > Fork.Height;
    }

    /// <summary>The ticket of whoever wants the chain to end at <see cref="Fork"/>, or <c>null</c> for a branch that has won.</summary>
    public long? Ticket { get; init; }

    /// <summary>The block at the end.</summary>
    public BlockNode Target { get; private set; }

    /// <summary>The highest block that both chains share.</summary>
    public BlockNode Fork { get; private set; }

    /// <summary>
    /// Whether nothing has to be undone, so that every block that was done may become the tip. A way back to the tip is none:
    /// nothing may be done upon it.
    /// </summary>
    public bool IsExtension => !_undoes && Ticket is null;

    public StateOverlay Overlay { get; private set; }

    /// <summary>The height of the next block to undo; nothing is left to undo at the fork's.</summary>
    public ulong UndoHeight { get; private set; }

    /// <summary>Blocks that were undone, the highest first.</summary>
    public List<AppliedBlock> Undone { get; } = [];

    /// <summary>Blocks that were done, the lowest first.</summary>
    public List<AppliedBlock> Done { get; private set; } = [];

    /// <summary>Blocks that are still to be done, the lowest first.</summary>
    public IReadOnlyCollection<BlockNode> Pending => _pending;

    /// <summary>Their bytes.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Whether a block is still to be done on this way. A way back to an older block holds none.</summary>
    public bool Holds(BlockNode node) => _pending.Contains(node);

    public BlockNode? NextPending => _pending.TryPeek(out BlockNode? node) ? node : null;

    /// <summary>Undoes the block at <see cref="UndoHeight"/>.</summary>
    public void Undo(in AppliedBlock block)
    {
        Overlay.Apply(block.Delta.Reverse());
        Undone.Add(block);
        UndoHeight--;
    }

    /// <summary>Counts the next block as done; the overlay stands after it.</summary>
    public void Advance(HashedBlock block, StateDelta delta)
    {
        BlockNode node = _pending.Dequeue();
        PendingBytes -= node.Size;
        Done.Add(new AppliedBlock(node, block, delta));
    }

    /// <summary>Goes on to a child of the target.</summary>
    public void Extend(BlockNode node)
    {
        _pending.Enqueue(node);
        PendingBytes += node.Size;
        Target = node;
    }

    /// <summary>Takes the state after the first block where it was made elsewhere on the same tip.</summary>
    public void Take(StateOverlay overlay)
    {
        if (!IsExtension || Done.Count > 0) throw new InvalidOperationException("What was prepared stands on the tip, where the branch no longer is.");
        Overlay = overlay;
    }

    /// <summary>Begins anew behind what was done, once that was adopted.</summary>
    public void Restart(LedgerState state)
    {
        Fork = Done[^1].Node;
        UndoHeight = Fork.Height;
        Done = [];
        Overlay = new StateOverlay(state);
    }
}
