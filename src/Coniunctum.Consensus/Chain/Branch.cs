using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// A way from the tip to another block: blocks to undo, blocks to do, and the overlay on which that happens while the tip
/// stays as it is.
/// </summary>
internal sealed class Branch
{
    private readonly Queue<BlockNode> _toUndo = new();
    private readonly Stack<BlockNode> _toDo = new();

    public Branch(BlockNode tip, BlockNode target, LedgerState state)
    {
        Target = target;
        Overlay = new StateOverlay(state);
        BlockNode old = tip;
        BlockNode fresh = target;
        while (!ReferenceEquals(old, fresh))
        {
            if (old.Height >= fresh.Height)
            {
                _toUndo.Enqueue(old);
                old = old.Parent!;
            }
            else
            {
                _toDo.Push(fresh);
                fresh = fresh.Parent!;
            }
        }

        Fork = old;
    }

    public BlockNode Target { get; }

    /// <summary>The highest block that both chains share.</summary>
    public BlockNode Fork { get; }

    public StateOverlay Overlay { get; }

    /// <summary>Blocks that were undone, the highest first.</summary>
    public List<BlockNode> Undone { get; } = [];

    /// <summary>Blocks that were done, the lowest first.</summary>
    public List<BlockNode> Done { get; } = [];

    public BlockNode? NextToUndo => _toUndo.TryPeek(out BlockNode? node) ? node : null;

    public BlockNode? NextToDo => _toDo.TryPeek(out BlockNode? node) ? node : null;

    public void Undo()
    {
        BlockNode node = _toUndo.Dequeue();
        Overlay.Apply(node.Delta!.Reverse());
        Undone.Add(node);
    }

    /// <summary>Counts the next block as done; the overlay stands after it.</summary>
    public void Advance() => Done.Add(_toDo.Pop());
}
