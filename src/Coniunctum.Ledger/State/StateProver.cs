using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.State;

/// <summary>Makes proofs of one tree: a descent that notes the hash beside the path on every level.</summary>
internal static class StateProver
{
    public static StateProof Prove(StateTree tree, FormatTraits traits, in Hash256 key)
    {
        if (!traits.HasExtendedHeader) throw new ArgumentException($"Blocks of the format '{traits.Name}' have no state root that a proof could lead to.", nameof(traits));
        _ = tree.Root;
        ImmutableArray<Hash256>.Builder siblings = ImmutableArray.CreateBuilder<Hash256>();
        object? node = tree.Top;
        int depth = 0;
        while (node is TreeBranch branch)
        {
            int turn = TreeBranch.Turn(key, depth);
            int side = turn >> 1;
            siblings.Add(branch.Hashes[TreeBranch.PairSlot + (side ^ 1)]);
            depth++;
            object? left = branch.Children[side * 2];
            object? right = branch.Children[(side * 2) + 1];

            // A pair that holds one leaf or none is no node: the path ends above it.
            if (left is null ? TreeHasher.IsOneLeaf(right) : right is null && TreeHasher.IsOneLeaf(left))
            {
                node = left ?? right;
                break;
            }

            if (left is null && right is null)
            {
                node = null;
                break;
            }

            int sibling = turn ^ 1;
            siblings.Add(HashOf(branch, sibling, depth + 1));
            depth++;
            node = branch.Children[turn];
        }

        StateProof.Ending end = node is AccountLeaf[] accounts ? EndIn(accounts, key, depth, siblings) : EndIn(node as ApplicationLeaf, key);
        return new StateProof(siblings.ToImmutable(), end);
    }

    private static StateProof.Ending EndIn(ApplicationLeaf? leaf, in Hash256 key) =>
        leaf is null ? default
        : leaf.Key == key ? StateProof.Ending.Of(leaf.Value)
        : StateProof.Ending.Of(leaf.Key, Sha3_256.Hash(leaf.Value.Span));

    /// <summary>Goes on through the nodes over an array of accounts, which exist only as hashes.</summary>
    private static StateProof.Ending EndIn(ReadOnlySpan<AccountLeaf> accounts, in Hash256 key, int depth, ImmutableArray<Hash256>.Builder siblings)
    {
        for (; accounts.Length > 1; depth++)
        {
            int middle = 0;
            while (middle < accounts.Length && !Bit(accounts[middle].Key, depth)) middle++;
            bool isRight = Bit(key, depth);
            siblings.Add(HashOf(isRight ? accounts[..middle] : accounts[middle..], depth + 1));
            accounts = isRight ? accounts[middle..] : accounts[..middle];
        }

        if (accounts.IsEmpty) return default;
        byte[] value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(value, accounts[0].Balance);
        return accounts[0].Key == key ? StateProof.Ending.Of(value) : StateProof.Ending.Of(accounts[0].Key, Sha3_256.Hash(value));
    }

    private static Hash256 HashOf(TreeBranch branch, int index, int depth)
    {
        if (branch.Children[index] is not { } child) return default;
        Hash256 known = branch.Hashes[index];
        return known.IsZero ? new TreeHasher().Hash(child, depth) : known;
    }

    private static Hash256 HashOf(ReadOnlySpan<AccountLeaf> accounts, int depth) =>
        accounts.IsEmpty ? default : new TreeHasher().Hash(accounts.ToArray(), depth);

    private static bool Bit(in Hash256 key, int depth) => (key.AsSpan()[depth >> 3] & (0x80 >> (depth & 7))) != 0;
}
