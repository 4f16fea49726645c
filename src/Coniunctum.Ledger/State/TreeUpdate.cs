using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>Makes changed trees: one descent for all changes, and new nodes only where something changes below.</summary>
/// <param name="draft">Gives the new nodes, and takes those that the changed tree does not have any more.</param>
/// <param name="pieceDepth">
/// The depth at which subtrees are fetched into the cache before they are changed, and hashed while they are still there.
/// </param>
/// <param name="isHashed">Whether they are hashed; where the format has no root, no one asks for the hashes.</param>
internal readonly struct TreeUpdate(TreeDraft draft, int pieceDepth, bool isHashed)
{
    // A branch of half as many accounts or fewer becomes a block again.
    private const int MinBranch = TreeNodes.MaxAccounts / 2;

    // Below there are no bits of a key left.
    private const int MaxDepth = 8 * Hash256.Size;

    private readonly TreeNodes _nodes = draft.Nodes;

    /// <summary>Returns a subtree after changes; nothing when nothing is left.</summary>
    /// <param name="node">The subtree.</param>
    /// <param name="age">Its age.</param>
    /// <param name="accounts">In rising order of keys, each key once.</param>
    /// <param name="entries">In rising order of keys, each key once.</param>
    /// <param name="depth">How many bits of the path lie above it.</param>
    /// <exception cref="InvalidOperationException">A change does not fit; the draft must be reverted.</exception>
    public Subtree Change(Subtree node, int age, ReadOnlySpan<PlacedAccountChange> accounts, ReadOnlySpan<PlacedEntryChange> entries, int depth)
    {
        if (!node.IsNone) draft.Replace(node, age);
        if (node.IsBranch)
        {
            Subtree copy = draft.NewBranch();
            _nodes.Branch(copy) = _nodes.Branch(node);
            return ChangeBranch(copy, accounts, entries, depth);
        }

        if (entries.IsEmpty && !node.IsEntry) return ChangeAccounts(_nodes.Accounts(node), accounts, depth);
        ApplicationLeaf? leaf = node.IsEntry ? _nodes.Entry(node) : null;
        if (accounts.IsEmpty && entries.Length == 1 && (node.IsNone || leaf?.Key == entries[0].Key))
            return ChangeEntry(leaf, entries[0]);

        // Different kinds of leaves, or different entries: the path parts them.
        if (depth == MaxDepth) throw StateMismatch.Error();
        Subtree parted = NewBranch();
        ref TreeBranch branch = ref _nodes.Branch(parted);
        if (leaf is not null) branch.Replace(TreeBranch.Turn(leaf.Key, depth), draft.NewEntry(leaf), _nodes.Age);
        ReadOnlySpan<AccountLeaf> rest = _nodes.Accounts(node);
        while (!rest.IsEmpty)
        {
            int turn = TreeBranch.Turn(rest[0].Key, depth);
            branch.Replace(turn, draft.NewAccounts(TakeTurn(ref rest, depth, turn)), _nodes.Age);
        }

        return ChangeBranch(parted, accounts, entries, depth);
    }

    /// <summary>Returns a subtree of accounts.</summary>
    private Subtree Build(ReadOnlySpan<AccountLeaf> accounts, int depth)
    {
        if (accounts.Length <= TreeNodes.MaxAccounts) return accounts.IsEmpty ? Subtree.None : draft.NewAccounts(accounts);
        Subtree built = NewBranch();
        ref TreeBranch branch = ref _nodes.Branch(built);
        for (int turn = 0; turn < TreeBranch.Width; turn++)
            branch.Replace(turn, Build(TakeTurn(ref accounts, depth, turn), depth + TreeBranch.Bits), _nodes.Age);
        return built;
    }

    /// <summary>Changes a branch that no one else has seen yet.</summary>
    private Subtree ChangeBranch(Subtree node, ReadOnlySpan<PlacedAccountChange> accounts, ReadOnlySpan<PlacedEntryChange> entries, int depth)
    {
        ref TreeBranch branch = ref _nodes.Branch(node);
        bool isPiece = depth + TreeBranch.Bits == pieceDepth;
        while (!accounts.IsEmpty || !entries.IsEmpty)
        {
            int turn = Math.Min(
                accounts.IsEmpty ? TreeBranch.Width : TreeBranch.Turn(accounts[0].Key, depth),
                entries.IsEmpty ? TreeBranch.Width : TreeBranch.Turn(entries[0].Key, depth));
            int accountCount = 0;
            while (accountCount < accounts.Length && TreeBranch.Turn(accounts[accountCount].Key, depth) == turn) accountCount++;
            int entryCount = 0;
            while (entryCount < entries.Length && TreeBranch.Turn(entries[entryCount].Key, depth) == turn) entryCount++;
            if (isPiece) TreePrefetch.Fetch(_nodes, branch.Children[turn], accounts[..accountCount], pieceDepth);
            Subtree child = Change(branch.Children[turn], branch.Ages[turn], accounts[..accountCount], entries[..entryCount], depth + TreeBranch.Bits);
            branch.Replace(turn, child, _nodes.Age);
            if (isPiece && isHashed && child.IsBranch) branch.Hashes[turn] = _nodes.Hasher.Hash(child, pieceDepth);
            accounts = accounts[accountCount..];
            entries = entries[entryCount..];
        }

        return Shrink(node);
    }

    /// <summary>Returns a branch of few accounts as a block of them, and one of a single entry as that.</summary>
    private Subtree Shrink(Subtree node)
    {
        ref readonly TreeBranch branch = ref _nodes.Branch(node);
        int accountCount = 0;
        int entryCount = 0;
        foreach (Subtree child in branch.Children)
        {
            if (child.IsBranch) return node;
            accountCount += child.AccountCount;
            if (child.IsEntry) entryCount++;
        }

        if (entryCount > 1 || (entryCount == 1 ? accountCount > 0 : accountCount > MinBranch)) return node;
        Span<AccountLeaf> joined = new AccountLeaf[accountCount];
        ApplicationLeaf? entry = null;
        int filled = 0;
        for (int turn = 0; turn < TreeBranch.Width; turn++)
        {
            Subtree child = branch.Children[turn];
            if (child.IsNone) continue;
            if (child.IsEntry) entry = _nodes.Entry(child);
            _nodes.Accounts(child).CopyTo(joined[filled..]);
            filled += child.AccountCount;
            draft.Replace(child, branch.Ages[turn]);
        }

        draft.Replace(node, _nodes.Age);
        if (entry is not null) return draft.NewEntry(entry);
        return joined.IsEmpty ? Subtree.None : draft.NewAccounts(joined);
    }

    private Subtree ChangeAccounts(ReadOnlySpan<AccountLeaf> accounts, ReadOnlySpan<PlacedAccountChange> changes, int depth)
    {
        int count = CheckFit(accounts, changes);
        if (count == 0) return Subtree.None;
        bool isBlock = count <= TreeNodes.MaxAccounts;
        Subtree block = isBlock ? draft.NewAccounts(count) : Subtree.None;
        Span<AccountLeaf> changed = isBlock ? _nodes.Accounts(block) : new AccountLeaf[count];
        int from = 0;
        int to = 0;
        foreach (ref readonly PlacedAccountChange change in changes)
        {
            while (from < accounts.Length && accounts[from].Key < change.Key) changed[to++] = accounts[from++];
            if (change.Change.Before > 0) from++;
            if (change.Change.After > 0)
                changed[to++] = new AccountLeaf { Key = change.Key, Owner = change.Change.Owner, Balance = change.Change.After };
        }

        accounts[from..].CopyTo(changed[to..]);
        return isBlock ? block : Build(changed, depth);
    }

    /// <summary>Compares what the changes found with the accounts, and returns how many there are afterwards.</summary>
    private static int CheckFit(ReadOnlySpan<AccountLeaf> accounts, ReadOnlySpan<PlacedAccountChange> changes)
    {
        int count = accounts.Length;
        int from = 0;
        foreach (ref readonly PlacedAccountChange change in changes)
        {
            while (from < accounts.Length && accounts[from].Key < change.Key) from++;
            bool isThere = from < accounts.Length && accounts[from].Key == change.Key;
            ulong found = isThere ? accounts[from].Balance : 0;
            if (found != change.Change.Before || (isThere && accounts[from].Owner != change.Change.Owner)) throw StateMismatch.Error();
            count += change.Change.Growth;
        }

        return count;
    }

    private Subtree ChangeEntry(ApplicationLeaf? leaf, in PlacedEntryChange placed)
    {
        EntryChange change = placed.Change;
        ReadOnlySpan<byte> found = leaf is null ? [] : leaf.Value.Span;
        if (!found.SequenceEqual(change.Before.Span)) throw StateMismatch.Error();
        return change.After.IsEmpty ? Subtree.None : draft.NewEntry(new ApplicationLeaf(placed.Key, change.App, change.Key, change.After));
    }

    private Subtree NewBranch()
    {
        Subtree branch = draft.NewBranch();
        _nodes.Branch(branch) = default;
        return branch;
    }

    /// <summary>Takes the first accounts, if they take a turn; they are sorted, so that halving the range finds the last one.</summary>
    private static ReadOnlySpan<AccountLeaf> TakeTurn(ref ReadOnlySpan<AccountLeaf> accounts, int depth, int turn)
    {
        int low = 0;
        int high = accounts.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (TreeBranch.Turn(accounts[middle].Key, depth) <= turn)
                low = middle + 1;
            else
                high = middle;
        }

        ReadOnlySpan<AccountLeaf> taken = accounts[..low];
        accounts = accounts[low..];
        return taken;
    }
}
