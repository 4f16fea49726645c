using System.Buffers;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The table of all accounts and application entries, which is at once the binary sparse Merkle tree over them in the style
/// of Jellyfish: a subtree of one leaf is that leaf, an empty one is 32 zero bytes. Persistent: a changed tree shares with the
/// old one all that did not change, so that keeping the state after any block is keeping a reference. Hashes are computed
/// when the root is asked for, many at once; formats without a state root never ask.
/// </summary>
/// <remarks>A tree whose root was asked for, or never will be, may be read from several threads.</remarks>
internal sealed class StateTree
{
    private readonly int _age;
    private readonly int _unhashed;
    private Hash256 _hash;

    private StateTree(object? top, int age, int accounts, int entries, int unhashed)
    {
        Top = top;
        _age = age;
        AccountCount = accounts;
        EntryCount = entries;
        _unhashed = unhashed;
    }

    public static StateTree Empty { get; } = new(null, 0, 0, 0, 0);

    /// <summary>How many accounts own something.</summary>
    public int AccountCount { get; }

    /// <summary>How many entries applications have.</summary>
    public int EntryCount { get; }

    /// <summary>The root: of no entries 32 zero bytes.</summary>
    public Hash256 Root
    {
        get
        {
            if (Top is not null && _hash.IsZero) _hash = new TreeHasher(TreeHasher.PieceDepth(_unhashed)).Hash(Top, 0);
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

    /// <summary>What the tree hangs from: a branch, an array of accounts, an application's leaf, or <c>null</c>.</summary>
    internal object? Top { get; }

    /// <summary>Returns the balance under an account's key; 0 when there is none.</summary>
    public ulong BalanceAt(in Hash256 key) => BalanceIn(Descend(key), key);

    /// <summary>Returns the value under an application's key; empty when there is none.</summary>
    public ReadOnlyMemory<byte> ValueAt(in Hash256 key) =>
        Descend(key) is ApplicationLeaf leaf && leaf.Key == key ? leaf.Value : default;

    /// <summary>Looks many balances up. The descents go on side by side, so that the processor waits for many of them at once.</summary>
    /// <param name="keys">The accounts' keys, in any order.</param>
    /// <param name="balances">Receives as many balances; 0 where there is no account.</param>
    public void BalancesAt(ReadOnlySpan<Hash256> keys, Span<ulong> balances)
    {
        object?[] nodes = ArrayPool<object?>.Shared.Rent(keys.Length);
        Span<object?> at = nodes.AsSpan(0, keys.Length);
        at.Fill(Top);
        bool isDescending = true;
        for (int depth = 0; isDescending; depth += TreeBranch.Bits)
        {
            isDescending = false;
            for (int i = 0; i < at.Length; i++)
            {
                if (at[i] is not TreeBranch branch) continue;
                at[i] = branch.Children[TreeBranch.Turn(keys[i], depth)];
                isDescending = true;
            }
        }

        for (int i = 0; i < at.Length; i++) balances[i] = BalanceIn(at[i], keys[i]);
        ArrayPool<object?>.Shared.Return(nodes, clearArray: true);
    }

    /// <summary>Returns the tree after changes.</summary>
    /// <param name="accounts">In rising order of keys, each key once.</param>
    /// <param name="entries">In rising order of keys, each key once.</param>
    /// <param name="isHashed">Whether the root will be asked for soon.</param>
    /// <param name="nodes">Gives the new nodes.</param>
    /// <param name="replaced">Takes the nodes that are not part of the new tree.</param>
    /// <exception cref="InvalidOperationException">A change does not fit: it found something else than the tree holds.</exception>
    public StateTree With(
        ReadOnlySpan<PlacedAccountChange> accounts, ReadOnlySpan<PlacedEntryChange> entries, bool isHashed, TreeNodes nodes, List<TreeNodes.Replaced> replaced)
    {
        if (accounts.IsEmpty && entries.IsEmpty) return this;
        int accountCount = AccountCount;
        foreach (ref readonly PlacedAccountChange change in accounts) accountCount += change.Change.Growth;
        int entryCount = EntryCount;
        foreach (ref readonly PlacedEntryChange change in entries) entryCount += change.Change.Growth;
        int unhashed = accounts.Length + entries.Length + (_hash.IsZero ? _unhashed : 0);
        int alreadyReplaced = replaced.Count;
        try
        {
            int pieceDepth = TreeHasher.PieceDepth(accounts.Length + entries.Length);
            object? top = new TreeUpdate(nodes, replaced, pieceDepth, isHashed).Change(Top, _age, accounts, entries, 0);
            return new StateTree(top, nodes.Age, accountCount, entryCount, unhashed);
        }
        catch
        {
            // Nothing was replaced: a node that is still in use must never be given out again.
            replaced.RemoveRange(alreadyReplaced, replaced.Count - alreadyReplaced);
            throw;
        }
    }

    /// <summary>Returns the tree after a delta's changes.</summary>
    /// <inheritdoc cref="With(ReadOnlySpan{PlacedAccountChange}, ReadOnlySpan{PlacedEntryChange}, bool, TreeNodes, List{TreeNodes.Replaced})"/>
    public StateTree With(StateDelta delta, TreeNodes nodes, List<TreeNodes.Replaced> replaced)
    {
        PlacedAccountChange[] accounts = ArrayPool<PlacedAccountChange>.Shared.Rent(delta.Accounts.Length);
        AccountChange.Place(delta.Accounts, accounts);
        PlacedEntryChange[] entries = Array.ConvertAll(delta.Entries, change => new PlacedEntryChange(change.Place, change));
        StateTree tree = With(accounts.AsSpan(0, delta.Accounts.Length), entries, isHashed: false, nodes, replaced);
        ArrayPool<PlacedAccountChange>.Shared.Return(accounts);
        return tree;
    }

    /// <summary>Returns a tree of leaves, in time linear in their number.</summary>
    /// <param name="accounts">In rising order of keys, each key once.</param>
    /// <param name="entries">In rising order of keys, each key once.</param>
    /// <param name="nodes">Gives the nodes.</param>
    public static StateTree Of(ReadOnlySpan<AccountLeaf> accounts, ReadOnlySpan<ApplicationLeaf> entries, TreeNodes nodes) =>
        new(new TreeUpdate(nodes, [], TreeHasher.NoPieces, isHashed: false).Build(accounts, entries, 0), nodes.Age, accounts.Length, entries.Length, accounts.Length + entries.Length);

    private object? Descend(in Hash256 key)
    {
        object? node = Top;
        for (int depth = 0; node is TreeBranch branch; depth += TreeBranch.Bits)
            node = branch.Children[TreeBranch.Turn(key, depth)];
        return node;
    }

    private static ulong BalanceIn(object? node, in Hash256 key)
    {
        if (node is not AccountLeaf[] accounts) return 0;
        foreach (ref readonly AccountLeaf account in accounts.AsSpan())
        {
            if (account.Key == key) return account.Balance;
        }

        return 0;
    }
}
