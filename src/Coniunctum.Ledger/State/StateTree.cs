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
internal sealed partial class StateTree
{
    private readonly object? _root;
    private Hash256 _hash;

    private StateTree(object? root, int accounts, int applicationEntries)
    {
        _root = root;
        Accounts = accounts;
        ApplicationEntries = applicationEntries;
    }

    public static StateTree Empty { get; } = new(null, 0, 0);

    /// <summary>How many accounts own something.</summary>
    public int Accounts { get; }

    /// <summary>How many keys applications have set.</summary>
    public int ApplicationEntries { get; }

    /// <summary>The root: of no entries 32 zero bytes.</summary>
    public Hash256 Root
    {
        get
        {
            if (_root is not null && _hash.IsZero) _hash = TreeHasher.Hash(_root, 0);
            return _hash;
        }
    }

    /// <summary>All entries, in rising order of keys.</summary>
    public IEnumerable<StateEntry> Entries
    {
        get
        {
            var cursor = new StateCursor(this);
            while (cursor.MoveNext()) yield return cursor.Current;
        }
    }

    /// <summary>What the tree hangs from: a <see cref="TreeBranch"/>, an array of entries, or <c>null</c>.</summary>
    internal object? Top => _root;

    /// <summary>Returns the balance under an account's key; 0 when there is none.</summary>
    public ulong BalanceAt(in Hash256 key)
    {
        int index = Find(Descend(key), key, out StateEntry[] bucket);
        return index < 0 ? 0 : bucket[index].Balance;
    }

    /// <summary>Returns the entry under an application's key, or <c>null</c>.</summary>
    public ApplicationEntry? ApplicationAt(in Hash256 key)
    {
        int index = Find(Descend(key), key, out StateEntry[] bucket);
        return index < 0 ? null : bucket[index].Application;
    }

    /// <summary>Looks many balances up. The descents go on side by side, so that the processor waits for many of them at once.</summary>
    /// <param name="keys">The accounts' keys, in any order.</param>
    /// <param name="balances">Receives as many balances; 0 where there is no account.</param>
    public void BalancesAt(ReadOnlySpan<Hash256> keys, Span<ulong> balances)
    {
        object?[] nodes = ArrayPool<object?>.Shared.Rent(keys.Length);
        Span<object?> at = nodes.AsSpan(0, keys.Length);
        at.Fill(_root);
        bool isDescending = _root is TreeBranch;
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

        for (int i = 0; i < at.Length; i++)
        {
            int index = Find(at[i], keys[i], out StateEntry[] bucket);
            balances[i] = index < 0 ? 0 : bucket[index].Balance;
        }

        ArrayPool<object?>.Shared.Return(nodes, clearArray: true);
    }

    private object? Descend(in Hash256 key)
    {
        object? node = _root;
        for (int depth = 0; node is TreeBranch branch; depth += TreeBranch.Bits)
            node = branch.Children[TreeBranch.Turn(key, depth)];
        return node;
    }

    private static int Find(object? node, in Hash256 key, out StateEntry[] bucket)
    {
        bucket = node as StateEntry[] ?? [];
        for (int i = 0; i < bucket.Length; i++)
        {
            if (bucket[i].Key == key) return i;
        }

        return -1;
    }
}
