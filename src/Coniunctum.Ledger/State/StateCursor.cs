namespace Coniunctum.Ledger.State;

/// <summary>Walks over the entries of a tree in rising order of keys, and may rest anywhere: the tree it was made for never changes.</summary>
internal sealed class StateCursor
{
    private readonly Stack<(TreeBranch Branch, int Next)> _way = [];
    private StateEntry[] _bucket = [];
    private int _index = -1;

    public StateCursor(StateTree tree) => Enter(tree.Top);

    /// <summary>The entry at which the walk stands.</summary>
    public ref readonly StateEntry Current => ref _bucket[_index];

    public bool MoveNext()
    {
        if (++_index < _bucket.Length) return true;
        while (_way.TryPop(out (TreeBranch Branch, int Next) step))
        {
            if (step.Next + 1 < TreeBranch.Width) _way.Push((step.Branch, step.Next + 1));
            if (!Enter(step.Branch.Children[step.Next])) continue;
            _index = 0;
            return true;
        }

        _bucket = [];
        _index = -1;
        return false;
    }

    /// <summary>Goes down into a subtree; returns whether that led to entries at once.</summary>
    private bool Enter(object? node)
    {
        if (node is TreeBranch branch) _way.Push((branch, 0));
        _bucket = node as StateEntry[] ?? [];
        return _bucket.Length > 0;
    }
}
