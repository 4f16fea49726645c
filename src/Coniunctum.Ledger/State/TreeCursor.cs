namespace Coniunctum.Ledger.State;

/// <summary>Walks over the leaves of a tree in rising order of keys, and may rest anywhere: the tree it was made for never changes.</summary>
internal sealed class TreeCursor
{
    private readonly Stack<(TreeBranch Branch, int Next)> _way = [];
    private AccountLeaf[] _accounts = [];
    private int _index;

    // Where the walk goes next, before it has begun.
    private object? _start;

    public TreeCursor(StateTree tree) => _start = tree.Top;

    /// <summary>The account at which the walk stands, if it stands at one.</summary>
    public ref readonly AccountLeaf Account => ref _accounts[_index];

    /// <summary>The application's entry at which the walk stands; <c>null</c> at an account.</summary>
    public ApplicationLeaf? Entry { get; private set; }

    public bool MoveNext()
    {
        if (++_index < _accounts.Length) return true;
        if (_start is { } start)
        {
            _start = null;
            if (Enter(start)) return true;
        }

        while (_way.TryPop(out (TreeBranch Branch, int Next) step))
        {
            if (step.Next + 1 < TreeBranch.Width) _way.Push((step.Branch, step.Next + 1));
            if (Enter(step.Branch.Children[step.Next])) return true;
        }

        Entry = null;
        _accounts = [];
        return false;
    }

    /// <summary>Goes down into a subtree; returns whether that led to a leaf at once.</summary>
    private bool Enter(object? node)
    {
        if (node is TreeBranch branch) _way.Push((branch, 0));
        _accounts = node as AccountLeaf[] ?? [];
        _index = 0;
        Entry = node as ApplicationLeaf;
        return Entry is not null || _accounts.Length > 0;
    }
}
