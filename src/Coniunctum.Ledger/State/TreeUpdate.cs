using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>Makes changed trees: one descent for all changes, and new nodes only where something changes below.</summary>
/// <param name="nodes">Gives the new nodes.</param>
/// <param name="replaced">Takes the nodes that the changed tree does not have any more.</param>
/// <param name="pieceDepth">
/// The depth at which subtrees are fetched into the cache before they are changed, and hashed while they are still there.
/// </param>
/// <param name="isHashed">Whether they are hashed; where the format has no root, nobody asks for the hashes.</param>
internal readonly struct TreeUpdate(TreeNodes nodes, List<TreeNodes.Replaced> replaced, int pieceDepth, bool isHashed)
{
    // A branch of half as many accounts or fewer becomes an array again.
    private const int MinBranch = TreeNodes.MaxAccounts / 2;

    // Below there are no bits of a key left.
    private const int MaxDepth = 8 * Hash256.Size;

    /// <summary>Returns a subtree after changes; <c>null</c> when nothing is left.</summary>
    /// <param name="node">The subtree.</param>
    /// <param name="age">Its age.</param>
    /// <param name="accounts">In rising order of keys, each key once.</param>
    /// <param name="entries">In rising order of keys, each key once.</param>
    /// <param name="depth">How many bits of the path lie above it.</param>
    /// <exception cref="InvalidOperationException">A change does not fit; what was noted as replaced is not.</exception>
    public object? Change(object? node, int age, ReadOnlySpan<PlacedAccountChange> accounts, ReadOnlySpan<PlacedEntryChange> entries, int depth)
    {
        if (node is not null) replaced.Add(new TreeNodes.Replaced(node, age));
        if (node is TreeBranch branch) return ChangeBranch(nodes.Copy(branch), accounts, entries, depth);
        if (entries.IsEmpty && node is not ApplicationLeaf) return ChangeAccounts(node as AccountLeaf[] ?? [], accounts, depth);
        if (accounts.IsEmpty && entries.Length == 1 && (node is null || (node is ApplicationLeaf leaf && leaf.Key == entries[0].Key)))
            return ChangeEntry(node as ApplicationLeaf, entries[0]);

        // Different kinds of leaves, or different entries: the path parts them.
        if (depth == MaxDepth) throw Misfit.Error();
        TreeBranch parted = nodes.Branch();
        if (node is ApplicationLeaf single) parted.Replace(TreeBranch.Turn(single.Key, depth), single, nodes.Age);
        ReadOnlySpan<AccountLeaf> rest = node as AccountLeaf[];
        while (!rest.IsEmpty)
        {
            int turn = TreeBranch.Turn(rest[0].Key, depth);
            parted.Replace(turn, Copy(TakeTurn(ref rest, depth, turn)), nodes.Age);
        }

        return ChangeBranch(parted, accounts, entries, depth);
    }

    /// <summary>Returns a subtree of leaves; <c>null</c> when there are none.</summary>
    public object? Build(ReadOnlySpan<AccountLeaf> accounts, ReadOnlySpan<ApplicationLeaf> entries, int depth)
    {
        if (entries.IsEmpty && accounts.Length <= TreeNodes.MaxAccounts) return accounts.IsEmpty ? null : Copy(accounts);
        if (accounts.IsEmpty && entries.Length == 1) return entries[0];
        TreeBranch branch = nodes.Branch();
        for (int turn = 0; turn < TreeBranch.Width; turn++)
        {
            ReadOnlySpan<AccountLeaf> accountsHere = TakeTurn(ref accounts, depth, turn);
            int entryCount = 0;
            while (entryCount < entries.Length && TreeBranch.Turn(entries[entryCount].Key, depth) == turn) entryCount++;
            branch.Replace(turn, Build(accountsHere, entries[..entryCount], depth + TreeBranch.Bits), nodes.Age);
            entries = entries[entryCount..];
        }

        return branch;
    }

    /// <summary>Changes a branch that nobody else has seen yet.</summary>
    private object? ChangeBranch(TreeBranch branch, ReadOnlySpan<PlacedAccountChange> accounts, ReadOnlySpan<PlacedEntryChange> entries, int depth)
    {
        for (int turn = 0; turn < TreeBranch.Width; turn++)
        {
            int accountCount = 0;
            while (accountCount < accounts.Length && TreeBranch.Turn(accounts[accountCount].Key, depth) == turn) accountCount++;
            int entryCount = 0;
            while (entryCount < entries.Length && TreeBranch.Turn(entries[entryCount].Key, depth) == turn) entryCount++;
            if (accountCount == 0 && entryCount == 0) continue;
            bool isPiece = depth + TreeBranch.Bits == pieceDepth;
            if (isPiece) TreePrefetch.Fetch(branch.Children[turn], accounts[..accountCount], pieceDepth);
            object? child = Change(branch.Children[turn], branch.Ages[turn], accounts[..accountCount], entries[..entryCount], depth + TreeBranch.Bits);
            branch.Replace(turn, child, nodes.Age);
            if (isPiece && isHashed && child is TreeBranch) branch.Hashes[turn] = nodes.Hasher.Hash(child, pieceDepth);
            accounts = accounts[accountCount..];
            entries = entries[entryCount..];
        }

        return Shrink(branch);
    }

    /// <summary>Returns a branch of few accounts as an array of them, and one of a single entry as that.</summary>
    private object? Shrink(TreeBranch branch)
    {
        int accountCount = 0;
        int entryCount = 0;
        ApplicationLeaf? entry = null;
        foreach (object? child in branch.Children)
        {
            if (child is TreeBranch) return branch;
            if (child is AccountLeaf[] accounts)
            {
                accountCount += accounts.Length;
            }
            else if (child is ApplicationLeaf leaf)
            {
                entry = leaf;
                entryCount++;
            }
        }

        if (entryCount == 1 && accountCount == 0) return entry;
        if (entryCount > 0 || accountCount > MinBranch) return branch;
        if (accountCount == 0) return null;
        AccountLeaf[] joined = nodes.Accounts(accountCount);
        int filled = 0;
        foreach (object? child in branch.Children)
        {
            if (child is not AccountLeaf[] accounts) continue;
            accounts.CopyTo(joined, filled);
            filled += accounts.Length;
        }

        return joined;
    }

    private object? ChangeAccounts(AccountLeaf[] accounts, ReadOnlySpan<PlacedAccountChange> changes, int depth)
    {
        int count = CheckFit(accounts, changes);
        if (count == 0) return null;
        AccountLeaf[] changed = nodes.Accounts(count);
        int from = 0;
        int to = 0;
        foreach (ref readonly PlacedAccountChange change in changes)
        {
            while (from < accounts.Length && accounts[from].Key < change.Key) changed[to++] = accounts[from++];
            if (change.Change.Before > 0) from++;
            if (change.Change.After > 0)
                changed[to++] = new AccountLeaf { Key = change.Key, Owner = change.Change.Owner, Balance = change.Change.After };
        }

        accounts.AsSpan(from).CopyTo(changed.AsSpan(to));
        return count <= TreeNodes.MaxAccounts ? changed : Build(changed, [], depth);
    }

    /// <summary>Compares what the changes found with the accounts, and returns how many there are afterwards.</summary>
    private static int CheckFit(AccountLeaf[] accounts, ReadOnlySpan<PlacedAccountChange> changes)
    {
        int count = accounts.Length;
        int from = 0;
        foreach (ref readonly PlacedAccountChange change in changes)
        {
            while (from < accounts.Length && accounts[from].Key < change.Key) from++;
            bool isThere = from < accounts.Length && accounts[from].Key == change.Key;
            ulong found = isThere ? accounts[from].Balance : 0;
            if (found != change.Change.Before || (isThere && accounts[from].Owner != change.Change.Owner)) throw Misfit.Error();
            count += change.Change.Growth;
        }

        return count;
    }

    private static ApplicationLeaf? ChangeEntry(ApplicationLeaf? leaf, in PlacedEntryChange placed)
    {
        EntryChange change = placed.Change;
        ReadOnlySpan<byte> found = leaf is null ? [] : leaf.Value.Span;
        if (!found.SequenceEqual(change.Before.Span)) throw Misfit.Error();
        return change.After.IsEmpty ? null : new ApplicationLeaf(placed.Key, change.App, change.Key, change.After);
    }

    private AccountLeaf[] Copy(ReadOnlySpan<AccountLeaf> accounts)
    {
        AccountLeaf[] copy = nodes.Accounts(accounts.Length);
        accounts.CopyTo(copy);
        return copy;
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
