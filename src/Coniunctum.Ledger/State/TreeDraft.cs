using System.Runtime.InteropServices;

namespace Coniunctum.Ledger.State;

/// <summary>
/// What becomes of the nodes while trees are tried on top of the tip's: which were made for them, and which of the tip's or of
/// the trees between they have replaced. The nodes live as long as someone holds the draft and the tip has not moved.
/// </summary>
internal sealed class TreeDraft
{
    private readonly int _session;

    public TreeDraft(TreeNodes nodes, Notes notes)
    {
        Nodes = nodes;
        Content = notes;
        _session = notes.Session;
        notes.Holder.SetTarget(this);
    }

    public TreeNodes Nodes { get; }

    /// <summary>What is kept of the draft where it does not keep the draft itself.</summary>
    public Notes Content { get; }

    /// <summary>Whether the tip has moved since, so that the draft's nodes are others' now.</summary>
    public bool IsGone => _session != Content.Session;

    /// <summary>Everything up to now.</summary>
    public Mark Now => new(this, Content.MadeCount, Content.ReplacedCount);

    /// <inheritdoc cref="TreeNodes.NewBranch"/>
    public Subtree NewBranch() => Note(Nodes.NewBranch());

    /// <inheritdoc cref="TreeNodes.NewAccounts"/>
    public Subtree NewAccounts(int count) => Note(Nodes.NewAccounts(count));

    /// <inheritdoc cref="TreeNodes.NewEntry"/>
    public Subtree NewEntry(ApplicationLeaf entry) => Note(Nodes.NewEntry(entry));

    /// <summary>Makes a block of accounts.</summary>
    /// <param name="accounts">1 to <see cref="TreeNodes.MaxAccounts"/>, in rising order of keys.</param>
    public Subtree NewAccounts(ReadOnlySpan<AccountLeaf> accounts)
    {
        Subtree block = NewAccounts(accounts.Length);
        accounts.CopyTo(Nodes.Accounts(block));
        return block;
    }

    /// <summary>Notes that a node is not part of the newer trees.</summary>
    public void Replace(Subtree node, int age) => Content.Add(new Replaced(node, age));

    private Subtree Note(Subtree made)
    {
        Content.Add(made);
        return made;
    }

    /// <summary>A node that a newer tree does not have any more, and its age.</summary>
    internal readonly record struct Replaced(Subtree Node, int Age);

    /// <summary>A draft at one moment.</summary>
    internal readonly record struct Mark(TreeDraft Draft, int MadeCount, int ReplacedCount);

    /// <summary>The lists of a draft. They are used for one draft after the other, and hold none.</summary>
    internal sealed class Notes
    {
        private readonly List<Subtree> _made = [];
        private readonly List<Replaced> _replaced = [];

        /// <summary>Whoever uses the draft holds this.</summary>
        public WeakReference<TreeDraft> Holder { get; } = new(null!);

        /// <summary>How many drafts these were the lists of before.</summary>
        public int Session { get; private set; }

        public int MadeCount => _made.Count;

        public int ReplacedCount => _replaced.Count;

        public void Add(Subtree made) => _made.Add(made);

        public void Add(Replaced replaced) => _replaced.Add(replaced);

        public ReadOnlySpan<Subtree> MadeFrom(int index) => CollectionsMarshal.AsSpan(_made)[index..];

        public ReadOnlySpan<Replaced> ReplacedUntil(int count) => CollectionsMarshal.AsSpan(_replaced)[..count];

        public void RevertTo(Mark mark)
        {
            CollectionsMarshal.SetCount(_made, mark.MadeCount);
            CollectionsMarshal.SetCount(_replaced, mark.ReplacedCount);
        }

        public void Clear()
        {
            _made.Clear();
            _replaced.Clear();
            Session++;
        }
    }
}
