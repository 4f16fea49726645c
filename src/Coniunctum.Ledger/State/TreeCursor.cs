namespace Coniunctum.Ledger.State;

/// <summary>Walks over the leaves of a tree in rising order of keys, and may rest anywhere: the tree it was made for never changes.</summary>
internal sealed class TreeCursor
{
    private readonly Stack<(Subtree Branch, int Next)> _way = [];
    private readonly StateTree _tree;
    private Subtree _accounts;
    private int _index;

    // Where the walk goes next, before it has begun.
    private Subtree _start;

    public TreeCursor(StateTree tree) => (_tree, _start) = (tree, tree.Top);

    /// <summary>The account at which the walk stands, if it stands at one.</summary>
    public AccountLeaf Account => _tree.Nodes!.Accounts(_accounts)[_index];

    /// <summary>The application's entry at which the walk stands; <c>null</c> at an account.</summary>
    public ApplicationLeaf? Entry { get; private set; }

    public bool MoveNext()
    {
        bool isThere = Advance();
        GC.KeepAlive(_tree);
        return isThere;
    }

    private bool Advance()
    {
        if (++_index < _accounts.AccountCount) return true;
        Subtree start = _start;
        _start = Subtree.None;
        if (Enter(start)) return true;
        while (_way.TryPop(out (Subtree Branch, int Next) step))
        {
            if (step.Next + 1 < TreeBranch.Width) _way.Push((step.Branch, step.Next + 1));
            if (Enter(_tree.Nodes!.Branch(step.Branch).Children[step.Next])) return true;
        }

        Entry = null;
        _accounts = Subtree.None;
        return false;
    }

    /// <summary>Goes down into a subtree; returns whether that led to a leaf at once.</summary>
    private bool Enter(Subtree node)
    {
        if (node.IsBranch) _way.Push((node, 0));
        _accounts = node.AccountCount > 0 ? node : Subtree.None;
        _index = 0;
        Entry = node.IsEntry ? _tree.Nodes!.Entry(node) : null;
        return node.IsOneLeaf || node.AccountCount > 0;
    }
}
