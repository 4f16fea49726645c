using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The table of all accounts and application entries, which is at once the binary sparse Merkle tree over them in the style
/// of Jellyfish: a subtree of one leaf is that leaf, an empty one is 32 zero bytes. Persistent: a changed tree shares with the
/// old one all that did not change, so that keeping the state after any block is keeping a reference. Hashes are computed
/// when the root is asked for, many at once; formats without a state root never ask.
/// </summary>
/// <remarks>
/// This object is the tree's top and a few totals; its nodes live in <see cref="TreeNodes"/>, where those of trees that no one
/// holds any more are used again. So whoever reads a tree holds it while he does. A tree whose root was asked for, or never
/// will be, may be read from several threads.
/// </remarks>
internal sealed class StateTree
{
    // The buffers for so many are not worth keeping.
    private const int ManyLeaves = 1 << 15;

    private readonly int _age;
    private readonly int _unhashed;
    private Hash256 _hash;

    private StateTree(TreeNodes? nodes, Subtree top, int age, int accounts, int entries, int unhashed)
    {
        Nodes = nodes;
        Top = top;
        _age = age;
        AccountCount = accounts;
        EntryCount = entries;
        _unhashed = unhashed;
    }

    public static StateTree Empty { get; } = new(null, Subtree.None, 0, 0, 0, 0);

    /// <summary>How many accounts own something.</summary>
    public int AccountCount { get; }

    /// <summary>How many entries applications have.</summary>
    public int EntryCount { get; }

    /// <summary>The root: of no entries 32 zero bytes.</summary>
    public Hash256 Root
    {
        get
        {
            if (!Top.IsNone && _hash.IsZero) _hash = new TreeHasher(Nodes!, TreeHasher.PieceDepth(_unhashed)).Hash(Top, 0);
            GC.KeepAlive(this);
            return _hash;
        }
    }

    /// <summary>Every account, in rising order of keys.</summary>
    public IEnumerable<AccountLeaf> Accounts
    {
        get
        {
            var cursor = new TreeCursor(this);
            while (cursor.MoveNext())
            {
                if (cursor.Entry is null) yield return cursor.Account;
            }
        }
    }

    /// <summary>Where the nodes live; <c>null</c> as long as there are none.</summary>
    internal TreeNodes? Nodes { get; }

    /// <summary>What the tree hangs from.</summary>
    internal Subtree Top { get; }

    /// <summary>Returns the balance under an account's key; 0 when there is none.</summary>
    public ulong BalanceAt(in Hash256 key)
    {
        ulong balance = BalanceIn(Descend(key), key);
        GC.KeepAlive(this);
        return balance;
    }

    /// <summary>Returns the value under an application's key; empty when there is none.</summary>
    public ReadOnlyMemory<byte> ValueAt(in Hash256 key)
    {
        Subtree found = Descend(key);
        ApplicationLeaf? leaf = found.IsEntry ? Nodes!.Entry(found) : null;
        GC.KeepAlive(this);
        return leaf?.Key == key ? leaf.Value : default;
    }

    /// <summary>Looks many balances up. The descents go on side by side, so that the processor waits for many of them at once.</summary>
    /// <param name="keys">The accounts' keys, in any order.</param>
    /// <param name="balances">Receives as many balances; 0 where there is no account.</param>
    public void BalancesAt(ReadOnlySpan<Hash256> keys, Span<ulong> balances)
    {
        Subtree[] rented = Scratch.Rent<Subtree>(keys.Length);
        Span<Subtree> at = rented.AsSpan(0, keys.Length);
        at.Fill(Top);
        bool isDescending = Top.IsBranch;
        for (int depth = 0; isDescending; depth += TreeBranch.Bits)
        {
            isDescending = false;
            for (int i = 0; i < at.Length; i++)
            {
                if (!at[i].IsBranch) continue;
                at[i] = Nodes!.Branch(at[i]).Children[TreeBranch.Turn(keys[i], depth)];
                TreePrefetch.Fetch(Nodes!, at[i]);
                isDescending |= at[i].IsBranch;
            }
        }

        for (int i = 0; i < at.Length; i++) balances[i] = BalanceIn(at[i], keys[i]);
        Scratch.Return(rented);
        GC.KeepAlive(this);
    }

    /// <summary>Returns the tree after changes.</summary>
    /// <param name="accounts">In rising order of keys, each key once.</param>
    /// <param name="entries">In rising order of keys, each key once.</param>
    /// <param name="isHashed">Whether the root will be asked for soon.</param>
    /// <param name="draft">Gives the new nodes, and takes those that are not part of the new tree.</param>
    /// <exception cref="InvalidOperationException">A change does not fit: it found something else than the tree holds.</exception>
    public StateTree With(ReadOnlySpan<PlacedAccountChange> accounts, ReadOnlySpan<PlacedEntryChange> entries, bool isHashed, TreeDraft draft)
    {
        if (draft.IsGone || (Nodes is not null && Nodes != draft.Nodes)) throw new InvalidOperationException("The draft was not begun on this tree's nodes, or is gone.");
        if (accounts.IsEmpty && entries.IsEmpty) return this;
        int accountCount = AccountCount;
        foreach (ref readonly PlacedAccountChange change in accounts) accountCount += change.Change.Growth;
        int entryCount = EntryCount;
        foreach (ref readonly PlacedEntryChange change in entries) entryCount += change.Change.Growth;
        int unhashed = accounts.Length + entries.Length + (_hash.IsZero ? _unhashed : 0);
        TreeDraft.Mark before = draft.Now;
        try
        {
            int pieceDepth = TreeHasher.PieceDepth(accounts.Length + entries.Length);
            Subtree top = new TreeUpdate(draft, pieceDepth, isHashed).Change(Top, _age, accounts, entries, 0);
            var tree = new StateTree(draft.Nodes, top, draft.Nodes.Age, accountCount, entryCount, unhashed);
            if (isHashed && !top.IsNone && unhashed < ManyLeaves) tree._hash = draft.Nodes.Hasher.Hash(top, 0);
            return tree;
        }
        catch
        {
            draft.Nodes.Revert(before);
            throw;
        }
    }

    /// <summary>Returns the tree after a delta's changes.</summary>
    /// <inheritdoc cref="With(ReadOnlySpan{PlacedAccountChange}, ReadOnlySpan{PlacedEntryChange}, bool, TreeDraft)"/>
    public StateTree With(StateDelta delta, TreeDraft draft)
    {
        PlacedAccountChange[] accounts = Scratch.Rent<PlacedAccountChange>(delta.Accounts.Length);
        AccountChange.Place(delta.Accounts, accounts);
        PlacedEntryChange[] entries = Array.ConvertAll(delta.Entries, change => new PlacedEntryChange(change.Place, change));
        StateTree tree = With(accounts.AsSpan(0, delta.Accounts.Length), entries, isHashed: false, draft);
        Scratch.Return(accounts);
        return tree;
    }

    /// <summary>Returns the same tree as another object, so that it is known when no one holds that one any more.</summary>
    internal StateTree Again() => new(Nodes, Top, _age, AccountCount, EntryCount, _unhashed) { _hash = _hash };

    private Subtree Descend(in Hash256 key)
    {
        Subtree node = Top;
        for (int depth = 0; node.IsBranch; depth += TreeBranch.Bits)
            node = Nodes!.Branch(node).Children[TreeBranch.Turn(key, depth)];
        return node;
    }

    private ulong BalanceIn(Subtree node, in Hash256 key)
    {
        if (node.AccountCount == 0) return 0;
        foreach (ref readonly AccountLeaf account in Nodes!.Accounts(node))
        {
            if (account.Key == key) return account.Balance;
        }

        return 0;
    }
}
