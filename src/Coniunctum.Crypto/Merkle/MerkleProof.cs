using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Crypto.Merkle;

/// <summary>
/// The way from a leaf to the root of a tree: the sibling at each level that has one, the leaf's level first. Immutable.
/// It is a claim; <see cref="PaddedMerkleTree{TNodeHash}"/> or <see cref="Rfc6962Tree{THash}"/> verifies it.
/// </summary>
[JsonConverter(typeof(NoJsonConverter<MerkleProof>))]
public sealed class MerkleProof
{
    /// <summary>Puts a proof together, from any source; nothing is verified yet.</summary>
    /// <param name="leafIndex">The claimed place of the leaf, counted from zero.</param>
    /// <param name="leafCount">The claimed number of leaves.</param>
    /// <param name="path">The siblings.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is <c>default</c>.</exception>
    public MerkleProof(long leafIndex, long leafCount, ImmutableArray<Hash256> path)
    {
        if (path.IsDefault) throw new ArgumentException("A path may be empty, not default.", nameof(path));
        LeafIndex = leafIndex;
        LeafCount = leafCount;
        Path = path;
    }

    /// <summary>The claimed place of the leaf, counted from zero.</summary>
    public long LeafIndex { get; }

    /// <summary>
    /// The claimed number of leaves. A root does not commit to it: another count with which the leaf would have the same
    /// siblings on the same sides verifies too, so whoever needs the count takes it from elsewhere.
    /// </summary>
    public long LeafCount { get; }

    /// <summary>The siblings, the leaf's level first. A level at which the node is an odd last one adds nothing.</summary>
    public ImmutableArray<Hash256> Path { get; }

    /// <summary>Returns the only length (at most 63) a path can have for a leaf's place, or −1 when there is no such leaf.</summary>
    /// <param name="leafIndex">The place of the leaf, counted from zero.</param>
    /// <param name="leafCount">The number of leaves.</param>
    internal static int RequiredPathLength(long leafIndex, long leafCount)
    {
        if (leafIndex < 0 || leafIndex >= leafCount) return -1;

        // Below the level where the leaf's way meets the last leaf's, every node has a sibling; above it the way is the
        // tree's right edge, where only a right child has one.
        int inner = 64 - BitOperations.LeadingZeroCount((ulong)(leafIndex ^ (leafCount - 1)));
        return inner + BitOperations.PopCount((ulong)leafIndex >> inner);
    }
}
