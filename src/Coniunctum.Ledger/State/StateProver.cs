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
        if (tree.Nodes is not { } nodes) return new StateProof([], default);
        Subtree node = tree.Top;
        int depth = 0;
        while (node.IsBranch)
        {
            ref readonly TreeBranch branch = ref nodes.Branch(node);
            int turn = TreeBranch.Turn(key, depth);
            int side = turn >> 1;
            siblings.Add(branch.Hashes[TreeBranch.PairSlot + (side ^ 1)]);
            depth++;
            Subtree left = branch.Children[side * 2];
            Subtree right = branch.Children[(side * 2) + 1];

            // A pair that holds one leaf or none is no node: the path ends above it.
            if (left.IsNone ? right.IsOneLeaf : right.IsNone && left.IsOneLeaf)
            {
                node = left.IsNone ? right : left;
                break;
            }

            if (left.IsNone && right.IsNone)
            {
                node = Subtree.None;
                break;
            }

            int sibling = turn ^ 1;
            siblings.Add(HashOf(nodes, branch, sibling, depth + 1));
            depth++;
            node = branch.Children[turn];
        }

        StateProof.Ending end = node.AccountCount > 0 ? EndIn(nodes, node, key, depth, siblings) : EndIn(node.IsEntry ? nodes.Entry(node) : null, key);
        GC.KeepAlive(tree);
        return new StateProof(siblings.ToImmutable(), end);
    }

    private static StateProof.Ending EndIn(ApplicationLeaf? leaf, in Hash256 key) =>
        leaf is null ? default
        : leaf.Key == key ? StateProof.Ending.Of(leaf.Value)
        : StateProof.Ending.Of(leaf.Key, Sha3_256.Hash(leaf.Value.Span));

    /// <summary>Goes on through the nodes over a block of accounts, which exist only as hashes.</summary>
    private static StateProof.Ending EndIn(TreeNodes nodes, Subtree block, in Hash256 key, int depth, ImmutableArray<Hash256>.Builder siblings)
    {
        ReadOnlySpan<AccountLeaf> accounts = nodes.Accounts(block);
        int start = 0;
        int end = accounts.Length;
        for (; end - start > 1; depth++)
        {
            int middle = start;
            while (middle < end && !Bit(accounts[middle].Key, depth)) middle++;
            bool isRight = Bit(key, depth);
            (int from, int to) = isRight ? (start, middle) : (middle, end);
            siblings.Add(from == to ? default : new TreeHasher(nodes).Hash(block, from, to, depth + 1));
            (start, end) = isRight ? (middle, end) : (start, middle);
        }

        if (start == end) return default;
        byte[] value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(value, accounts[start].Balance);
        return accounts[start].Key == key ? StateProof.Ending.Of(value) : StateProof.Ending.Of(accounts[start].Key, Sha3_256.Hash(value));
    }

    private static Hash256 HashOf(TreeNodes nodes, in TreeBranch branch, int index, int depth)
    {
        if (branch.Children[index].IsNone) return default;
        Hash256 known = branch.Hashes[index];
        return known.IsZero ? new TreeHasher(nodes).Hash(branch.Children[index], depth) : known;
    }

    private static bool Bit(in Hash256 key, int depth) => (key.AsSpan()[depth >> 3] & (0x80 >> (depth & 7))) != 0;
}
