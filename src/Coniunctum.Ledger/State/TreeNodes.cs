namespace Coniunctum.Ledger.State;

/// <summary>
/// Gives a state tree its nodes, and takes back those that a newer tree at the tip has replaced: nodes of a large tree live
/// long enough to be costly garbage, and one that was in use a block ago still lies in the cache. Forgetting to return a node
/// costs nothing but that; returning one that somebody may still see is what must never happen.
/// </summary>
/// <remarks>
/// A node may be taken back when nobody holds a tree that it is part of. Trees are held by the tip, by overlays, which die
/// when the tip moves, and by whoever asked for a snapshot: nodes that are older than the last snapshot are left to the
/// garbage collector. Not safe to use from several threads at once.
/// </remarks>
internal sealed class TreeNodes
{
    /// <summary>
    /// More accounts than that under one path become a branch. Few: an array is copied whole when one of its accounts changes,
    /// and the nodes within it are hashed anew.
    /// </summary>
    public const int MaxAccounts = 6;

    // As many as a few large blocks replace.
    private const int MaxKept = 1 << 16;

    private readonly Stack<TreeBranch> _branches = [];
    private readonly Stack<AccountLeaf[]>[] _accounts = [.. Enumerable.Range(0, MaxAccounts + 1).Select(_ => new Stack<AccountLeaf[]>())];
    private int _oldestToTake;

    /// <summary>Hashes the nodes.</summary>
    public TreeHasher Hasher { get; } = new();

    /// <summary>The age of nodes that are made now; it rises with every snapshot.</summary>
    public int Age { get; private set; } = 1;

    /// <summary>Returns an empty branch.</summary>
    public TreeBranch Branch()
    {
        if (!_branches.TryPop(out TreeBranch? branch)) return new TreeBranch();
        branch.Hashes = default;
        return branch;
    }

    /// <summary>Returns a branch of the same subtrees.</summary>
    public TreeBranch Copy(TreeBranch original)
    {
        if (!_branches.TryPop(out TreeBranch? branch)) branch = new TreeBranch();
        branch.Children = original.Children;
        branch.Ages = original.Ages;
        branch.Hashes = original.Hashes;
        return branch;
    }

    /// <summary>Returns an array of accounts; what it holds is to be overwritten.</summary>
    public AccountLeaf[] Accounts(int count) =>
        count < _accounts.Length && _accounts[count].TryPop(out AccountLeaf[]? accounts) ? accounts : new AccountLeaf[count];

    /// <summary>From now on somebody else may see the nodes that there are.</summary>
    public void Share()
    {
        if (Age == int.MaxValue) throw new InvalidOperationException("There were too many snapshots.");
        _oldestToTake = ++Age;
    }

    /// <summary>Takes replaced nodes back.</summary>
    /// <param name="replaced">Nodes that are part of no tree that anybody holds, unless that is a snapshot.</param>
    public void Take(IReadOnlyList<Replaced> replaced)
    {
        foreach (Replaced node in replaced)
        {
            if (node.Age < _oldestToTake) continue;
            if (node.Node is TreeBranch branch && _branches.Count < MaxKept)
            {
                branch.Children = default;
                _branches.Push(branch);
            }
            else if (node.Node is AccountLeaf[] accounts && _accounts[accounts.Length].Count < MaxKept)
            {
                _accounts[accounts.Length].Push(accounts);
            }
        }
    }

    /// <summary>A node that a newer tree does not have any more, and its age.</summary>
    internal readonly record struct Replaced(object Node, int Age);
}
