namespace Coniunctum.Ledger.State;

/// <summary>
/// Where the nodes of a ledger's state trees live: those of the tip, of overlays that are tried on it, and of snapshots. All
/// of them share what they have in common, so that someone has to know when a node is part of no tree any more.
/// </summary>
/// <remarks>
/// <para>A node leaves the tip's tree when the tip moves to a tree that was made of it (<see cref="TryAdopt"/>). It is then
/// used again at once, unless a snapshot may see it: nodes carry their age, which rises with every snapshot, and a node that
/// is not younger than the last snapshot waits in that one's list. When a snapshot is gone, its list is gone through: what an
/// older snapshot may see waits there, the rest is free. Nothing is ever counted or searched.</para>
/// <para>A snapshot is gone when its <see cref="TreeLease"/> is given back; snapshots that no one gives back, and drafts
/// (<see cref="TreeDraft"/>), are gone when the garbage collector has found that no one holds them. Drafts are gone when the tip
/// moves, too.</para>
/// <para>Nodes are made and given back on one thread at a time; others may meanwhile read the trees of snapshots, and
/// give them back.</para>
/// </remarks>
internal sealed class TreeNodes
{
    /// <summary>
    /// More accounts than that under one path become a branch. Few: a block is copied whole when one of its accounts changes,
    /// and the nodes within it are hashed anew.
    /// </summary>
    public const int MaxAccounts = 6;

    // As long as there are leases, each block fills a list that may be long: as many are kept as may be given back between two blocks.
    private const int MaxSpareLists = 16;

    private readonly TreeSlab<TreeBranch> _branches = new(1);
    private readonly TreeSlab<AccountLeaf>[] _accounts = [.. Enumerable.Range(0, MaxAccounts + 1).Select(width => new TreeSlab<AccountLeaf>(width))];
    private readonly TreeSlab<ApplicationLeaf> _entries = new(1);
    private readonly List<TreeDraft.Notes> _drafts = [];
    private readonly List<TreeLease> _leases = [];
    private readonly Stack<TreeDraft.Notes> _spareNotes = [];
    private readonly Stack<List<TreeDraft.Replaced>> _spareLists = [];
    private int _collections;

    // How many leases were given back so far, and how many when this was last looked at.
    private int _releases;
    private int _releasesSeen;

    public TreeNodes() => Hasher = new TreeHasher(this);

    /// <summary>Hashes the nodes.</summary>
    public TreeHasher Hasher { get; }

    /// <summary>The age of nodes that are made now; it rises with every snapshot.</summary>
    public int Age { get; private set; } = 1;

    /// <summary>How many nodes are in use, waiting ones included.</summary>
    public int InUse => _branches.InUse + _entries.InUse + _accounts.Sum(slab => slab.InUse);

    /// <summary>A branch's content; it may be written to as long as no one else has seen it.</summary>
    public ref TreeBranch Branch(Subtree branch) => ref _branches[branch.Number][0];

    /// <summary>A block's accounts, in rising order of keys; none if it is another kind of subtree.</summary>
    public Span<AccountLeaf> Accounts(Subtree block) => block.AccountCount is > 0 and int count ? _accounts[count][block.Number] : [];

    /// <summary>An application's entry.</summary>
    public ApplicationLeaf Entry(Subtree entry) => _entries[entry.Number][0];

    /// <summary>Takes a node for a branch, whose content is to be overwritten.</summary>
    public Subtree NewBranch() => Subtree.Branch(_branches.Take());

    /// <summary>Takes a block for accounts, which are to be overwritten.</summary>
    /// <param name="count">1 to <see cref="MaxAccounts"/>.</param>
    public Subtree NewAccounts(int count) => Subtree.Accounts(count, _accounts[count].Take());

    /// <summary>Makes a node of an entry.</summary>
    public Subtree NewEntry(ApplicationLeaf entry)
    {
        int number = _entries.Take();
        _entries[number][0] = entry;
        return Subtree.Entry(number);
    }

    /// <summary>Begins to change a tree.</summary>
    public TreeDraft BeginDraft()
    {
        Collect();
        var draft = new TreeDraft(this, _spareNotes.TryPop(out TreeDraft.Notes? notes) ? notes : new TreeDraft.Notes());
        _drafts.Add(draft.Content);
        return draft;
    }

    /// <summary>
    /// Makes a draft's tree the tip's: every other draft is gone, and the nodes that it has replaced are free unless a snapshot
    /// may see them. Returns whether the draft was still there.
    /// </summary>
    /// <param name="mark">The draft when the tree was complete; what was made and replaced since is not part of it.</param>
    public bool TryAdopt(TreeDraft.Mark mark)
    {
        if (mark.Draft.IsGone) return false;
        TreeDraft.Notes adopted = mark.Draft.Content;
        foreach (TreeDraft.Replaced node in adopted.ReplacedUntil(mark.ReplacedCount)) Release(node);
        foreach (Subtree node in adopted.MadeFrom(mark.MadeCount)) Free(node);
        foreach (TreeDraft.Notes notes in _drafts) End(notes, isAdopted: ReferenceEquals(notes, adopted));
        _drafts.Clear();
        Collect();
        return true;
    }

    /// <summary>Frees what was made for a draft since a mark: no one has seen it. What was replaced since is not.</summary>
    public void Revert(TreeDraft.Mark mark)
    {
        TreeDraft.Notes notes = mark.Draft.Content;
        foreach (Subtree node in notes.MadeFrom(mark.MadeCount)) Free(node);
        notes.RevertTo(mark);
    }

    /// <summary>
    /// Keeps a tree of the tip for as long as someone holds what is returned. That is the same tree; the tip's own goes
    /// once the tip has moved on.
    /// </summary>
    public StateTree Share(StateTree tree) => Share(tree, out _);

    /// <summary>Keeps a tree of the tip until its lease is given back, or else for as long as someone holds what is returned.</summary>
    public StateTree Share(StateTree tree, out TreeLease lease)
    {
        if (Age == int.MaxValue) throw new InvalidOperationException("There were too many snapshots.");
        Collect();
        StateTree held = tree.Again();
        _leases.Add(lease = new TreeLease(this, Age++, held, _spareLists.TryPop(out List<TreeDraft.Replaced>? spare) ? spare : []));
        return held;
    }

    /// <summary>Says that a lease was given back, so that it is looked for. Safe on all threads.</summary>
    public void NoteRelease() => Interlocked.Increment(ref _releases);

    /// <summary>Finds out which drafts and snapshots are gone, if one was given back or the garbage collector has run since this was last asked.</summary>
    private void Collect()
    {
        int collections = GC.CollectionCount(0);
        int releases = Volatile.Read(ref _releases);
        if (collections == _collections && releases == _releasesSeen) return;
        (_collections, _releasesSeen) = (collections, releases);
        for (int i = _drafts.Count - 1; i >= 0; i--)
        {
            if (_drafts[i].Holder.TryGetTarget(out _)) continue;
            End(_drafts[i], isAdopted: false);
            _drafts.RemoveAt(i);
        }

        for (int i = _leases.Count - 1; i >= 0; i--)
        {
            TreeLease lease = _leases[i];
            if (!lease.IsOver) continue;
            _leases.RemoveAt(i);

            // No younger snapshot saw them, or they would wait there.
            foreach (TreeDraft.Replaced node in lease.Waiting) Release(node, youngest: i - 1);
            lease.Waiting.Clear();
            if (_spareLists.Count < MaxSpareLists) _spareLists.Push(lease.Waiting);
        }
    }

    private void Release(TreeDraft.Replaced node) => Release(node, _leases.Count - 1);

    /// <summary>Frees a node that only some of the snapshots may see, or lets it wait with the youngest of them.</summary>
    private void Release(TreeDraft.Replaced node, int youngest)
    {
        if (youngest >= 0 && node.Age <= _leases[youngest].Age)
            _leases[youngest].Waiting.Add(node);
        else
            Free(node.Node);
    }

    private void End(TreeDraft.Notes notes, bool isAdopted)
    {
        if (!isAdopted)
        {
            foreach (Subtree node in notes.MadeFrom(0)) Free(node);
        }

        notes.Clear();
        if (_spareNotes.Count < 2) _spareNotes.Push(notes);
    }

    private void Free(Subtree node)
    {
        if (node.IsBranch)
        {
            _branches.Return(node.Number);
        }
        else if (node.IsEntry)
        {
            _entries[node.Number].Clear();
            _entries.Return(node.Number);
        }
        else
        {
            _accounts[node.AccountCount].Return(node.Number);
        }
    }
}
