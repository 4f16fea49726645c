using System.Buffers.Binary;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The binary sparse Merkle tree over the state, in the style of Jellyfish: a subtree of one leaf is that leaf, an empty one
/// is 32 zero bytes. Persistent: a changed tree shares with the old one all that did not change, so that undoing is keeping
/// the old tree. A node is hashed when its root is asked for, once.
/// </summary>
internal sealed class StateTree
{
    private readonly Node? _root;

    private StateTree(Node? root) => _root = root;

    public static StateTree Empty { get; } = new(null);

    /// <summary>The root: of no entries 32 zero bytes.</summary>
    public Hash256 Root => _root?.Hash ?? default;

    /// <summary>The key under which an account's balance stands: H(0x00‖address).</summary>
    public static Hash256 AccountKey(Address address)
    {
        Span<byte> bytes = stackalloc byte[1 + Hash256.Size];
        bytes[0] = 0;
        address.Value.CopyTo(bytes[1..]);
        return Sha3_256.Hash(bytes);
    }

    /// <summary>The hash of an account's value: H(be8(balance)).</summary>
    public static Hash256 BalanceHash(ulong balance)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, balance);
        return Sha3_256.Hash(bytes);
    }

    public StateTree WithBalances(ReadOnlySpan<TableChange<Address, ulong>> changes)
    {
        StateTree tree = this;
        foreach (TableChange<Address, ulong> change in changes)
        {
            Hash256 key = AccountKey(change.Key);
            tree = change.After.IsPresent ? tree.With(key, BalanceHash(change.After.Value)) : tree.Without(key);
        }

        return tree;
    }

    /// <summary>Returns the tree with an entry set.</summary>
    public StateTree With(in Hash256 key, in Hash256 valueHash) => new(Insert(_root, new Leaf(key, valueHash), 0));

    /// <summary>Returns the tree without an entry; the same tree when there is none.</summary>
    public StateTree Without(in Hash256 key)
    {
        Node? root = Remove(_root, key, 0);
        return ReferenceEquals(root, _root) ? this : new StateTree(root);
    }

    private static Node Insert(Node? node, Leaf leaf, int depth)
    {
        switch (node)
        {
            case null:
                return leaf;
            case Leaf existing when existing.Key == leaf.Key:
                return leaf;
            case Leaf existing:
                Branch split = Bit(existing.Key, depth) ? new Branch(null, existing) : new Branch(existing, null);
                return Insert(split, leaf, depth);
            default:
                var branch = (Branch)node;
                return Bit(leaf.Key, depth)
                    ? new Branch(branch.Left, Insert(branch.Right, leaf, depth + 1))
                    : new Branch(Insert(branch.Left, leaf, depth + 1), branch.Right);
        }
    }

    private static Node? Remove(Node? node, in Hash256 key, int depth)
    {
        switch (node)
        {
            case null:
                return null;
            case Leaf leaf:
                return leaf.Key == key ? null : leaf;
            default:
                var branch = (Branch)node;
                Node? left = branch.Left;
                Node? right = branch.Right;
                if (Bit(key, depth))
                    right = Remove(right, key, depth + 1);
                else
                    left = Remove(left, key, depth + 1);

                if (ReferenceEquals(left, branch.Left) && ReferenceEquals(right, branch.Right)) return branch;
                if (left is null && right is null or Leaf) return right;
                if (right is null && left is Leaf) return left;
                return new Branch(left, right);
        }
    }

    /// <summary>Whether the path turns right at a depth: bits from the most significant, 1 is right.</summary>
    private static bool Bit(in Hash256 key, int depth) => (key.AsSpan()[depth >> 3] & (0x80 >> (depth & 7))) != 0;

    private abstract class Node
    {
        private Hash256? _hash;

        public Hash256 Hash => _hash ??= ComputeHash();

        protected abstract Hash256 ComputeHash();
    }

    private sealed class Leaf(Hash256 key, Hash256 valueHash) : Node
    {
        public Hash256 Key => key;

        protected override Hash256 ComputeHash() => HashPair(0x00, key, valueHash);
    }

    private sealed class Branch(Node? left, Node? right) : Node
    {
        public Node? Left => left;

        public Node? Right => right;

        protected override Hash256 ComputeHash() => HashPair(0x01, left?.Hash ?? default, right?.Hash ?? default);
    }

    private static Hash256 HashPair(byte domain, in Hash256 left, in Hash256 right)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Hash256.Size)];
        bytes[0] = domain;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + Hash256.Size)..]);
        return Sha3_256.Hash(bytes);
    }
}
