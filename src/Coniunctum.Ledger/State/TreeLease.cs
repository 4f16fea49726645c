namespace Coniunctum.Ledger.State;

/// <summary>
/// Keeps the nodes of one tree of the past from being used again: until it is given back, or else until the garbage collector has
/// found that no one holds the tree.
/// </summary>
/// <param name="nodes">Where the tree's nodes live.</param>
/// <param name="age">The tree may see nodes of this age and older ones.</param>
/// <param name="tree">Whoever reads the tree holds this.</param>
/// <param name="waiting">An empty list, for <see cref="Waiting"/>.</param>
internal sealed class TreeLease(TreeNodes nodes, int age, StateTree tree, List<TreeDraft.Replaced> waiting)
{
    private readonly WeakReference<StateTree> _tree = new(tree);
    private int _isReleased;

    public int Age => age;

    /// <summary>Nodes that have left the tip's tree before the next lease began. Guarded by whoever changes the nodes.</summary>
    public List<TreeDraft.Replaced> Waiting => waiting;

    public bool IsReleased => Volatile.Read(ref _isReleased) != 0;

    /// <summary>Whether no one reads the tree any more.</summary>
    public bool IsOver => IsReleased || !_tree.TryGetTarget(out _);

    /// <summary>Gives the nodes back: the tree must not be read any more. Safe on all threads; they are used again by the next change of the tip.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0) nodes.NoteRelease();
    }
}
