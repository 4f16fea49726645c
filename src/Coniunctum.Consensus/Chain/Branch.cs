using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// A way from the tip to another block: blocks to undo, blocks to do, and the overlay on which that happens while the tip
/// stays as it is.
/// </summary>
internal sealed class Branch
{
    private readonly Queue<BlockNode> _toUndo = new();
    private readonly Queue<BlockNode> _toDo = new();

    public Branch(BestChain best, BlockNode target, LedgerState state)
    {
        Target = best.Tip;
        Overlay = new StateOverlay(state);
        var path = new Stack<BlockNode>();
        BlockNode node = target;
        for (; !best.Contains(node); node = node.Parent!) path.Push(node);
        Fork = node;
        while (path.TryPop(out BlockNode? next)) Extend(next);
        for (ulong height = best.Tip.Height; height > Fork.Height; height--) _toUndo.Enqueue(best[height]);
        IsExtension = _toUndo.Count == 0;
    }

    /// <summary>The block at the end.</summary>
    public BlockNode Target { get; private set; }

    /// <summary>The highest block that both chains share.</summary>
    public BlockNode Fork { get; private set; }

    /// <summary>Whether nothing has to be undone, so that every block that was done may become the tip.</summary>
    public bool IsExtension { get; }

    public StateOverlay Overlay { get; private set; }

    /// <summary>Blocks that were undone, the highest first.</summary>
    public List<BlockNode> Undone { get; } = [];

    /// <summary>Blocks that were done, the lowest first.</summary>
    public List<BlockNode> Done { get; private set; } = [];

    /// <summary>Blocks that are still to be done, the lowest first.</summary>
    public IReadOnlyCollection<BlockNode> ToDo => _toDo;

    /// <summary>Their bytes.</summary>
    public long ToDoBytes { get; private set; }

    public BlockNode? NextToDo => _toDo.TryPeek(out BlockNode? node) ? node : null;

    /// <summary>Undoes the next block, if one is left to undo.</summary>
    public bool TryUndo()
    {
        if (!_toUndo.TryDequeue(out BlockNode? node)) return false;
        Overlay.Apply(node.Delta!.Reverse());
        Undone.Add(node);
        return true;
    }

    /// <summary>Counts the next block as done; the overlay stands after it.</summary>
    public void Advance()
    {
        BlockNode node = _toDo.Dequeue();
        ToDoBytes -= node.Size;
        Done.Add(node);
    }

    /// <summary>Goes on to a child of the target.</summary>
    public void Extend(BlockNode node)
    {
        _toDo.Enqueue(node);
        ToDoBytes += node.Size;
        Target = node;
    }

    /// <summary>Begins anew behind what was done, once that was adopted.</summary>
    public void Restart(LedgerState state)
    {
        Fork = Done[^1];
        Done = [];
        Overlay = new StateOverlay(state);
    }
}
