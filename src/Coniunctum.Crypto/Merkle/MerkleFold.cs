using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Merkle;

/// <summary>Folds a list of leaves to a root, level by level, in one buffer of half the list's length.</summary>
/// <typeparam name="TShape">The kind of tree.</typeparam>
internal static class MerkleFold<TShape>
    where TShape : struct, IMerkleShape
{
    private const int StackNodes = 32;

    /// <summary>Computes the root of one leaf or more.</summary>
    /// <param name="leaves">The leaves' hashes, in order; not changed.</param>
    /// <param name="hasEqualSiblings">Whether two nodes that are hashed together are equal, padding aside.</param>
    public static Hash256 Root(ReadOnlySpan<Hash256> leaves, out bool hasEqualSiblings) =>
        Fold(leaves, -1, [], out _, out hasEqualSiblings);

    /// <summary>Collects the siblings on a leaf's way to the root.</summary>
    [SkipLocalsInit]
    public static MerkleProof Prove(ReadOnlySpan<Hash256> leaves, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves.Length);
        Span<Hash256> path = stackalloc Hash256[MerkleProof.RequiredPathLength(index, leaves.Length)];
        Fold(leaves, index, path, out int length, out _);
        return new MerkleProof(index, leaves.Length, ImmutableArray.Create(path[..length]));
    }

    /// <summary>Whether the proof leads from the leaf to the root, with exactly the siblings that its place has.</summary>
    public static bool Verify(Hash256 root, Hash256 leaf, MerkleProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (proof.Path.Length != MerkleProof.RequiredPathLength(proof.LeafIndex, proof.LeafCount)) return false;

        Span<Hash256> pair = stackalloc Hash256[2];
        Hash256 node = leaf;
        int used = 0;
        long index = proof.LeafIndex;
        for (long last = proof.LeafCount - 1; last > 0; last >>= 1, index >>= 1)
        {
            bool isRight = (index & 1) == 1;
            if (!isRight && index == last)
            {
                if (!TShape.PairsLastWithItself) continue;
                pair.Fill(node);
            }
            else
            {
                Hash256 sibling = proof.Path[used++];
                if (TShape.PairsLastWithItself && sibling == node) return false;
                pair[0] = isRight ? sibling : node;
                pair[1] = isRight ? node : sibling;
            }

            node = TShape.Node(pair);
        }

        return node == root;
    }

    [SkipLocalsInit]
    private static Hash256 Fold(
        ReadOnlySpan<Hash256> leaves, int index, Span<Hash256> path, out int pathLength, out bool hasEqualSiblings)
    {
        pathLength = 0;
        hasEqualSiblings = false;
        int half = (leaves.Length + 1) / 2;
        Hash256[]? rented = half > StackNodes ? ArrayPool<Hash256>.Shared.Rent(half) : null;
        Span<Hash256> buffer = rented ?? stackalloc Hash256[StackNodes];

        scoped ReadOnlySpan<Hash256> level = leaves;
        while (level.Length > 1)
        {
            if (index >= 0)
            {
                int sibling = index ^ 1;
                if (sibling < level.Length) path[pathLength++] = level[sibling];
                index >>= 1;
            }

            Span<Hash256> parents = buffer[..((level.Length + 1) / 2)];
            hasEqualSiblings |= HashLevel(level, parents);
            level = parents;
        }

        Hash256 root = level[0];
        if (rented is not null) ArrayPool<Hash256>.Shared.Return(rented);
        return root;
    }

    /// <summary>Hashes a level's pairs; <paramref name="parents"/> may start where <paramref name="level"/> does.</summary>
    /// <returns>Whether a pair was equal.</returns>
    private static bool HashLevel(ReadOnlySpan<Hash256> level, Span<Hash256> parents)
    {
        bool hasEqualSiblings = false;
        int pairs = level.Length / 2;
        for (int i = 0; i < pairs; i++) hasEqualSiblings |= level[2 * i] == level[(2 * i) + 1];
        TShape.Nodes(level[..(2 * pairs)], parents[..pairs]);
        if (pairs < parents.Length)
        {
            Hash256 last = level[^1];
            parents[pairs] = TShape.PairsLastWithItself ? TShape.Node([last, last]) : last;
        }

        return hasEqualSiblings;
    }
}
