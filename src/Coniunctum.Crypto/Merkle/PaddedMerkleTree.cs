using System.Runtime.InteropServices;

namespace Coniunctum.Crypto.Merkle;

/// <summary>
/// The Merkle tree of Bitcoin and of the first paper: a node is the hash of its two children, an odd last node is paired
/// with itself, and a single leaf is the root. Every method is pure and safe to call from several threads.
/// </summary>
/// <typeparam name="TNodeHash">
/// What nodes are hashed with: <c>DoubleHash&lt;Sha3_256&gt;</c> for int32coin, <c>DoubleHash&lt;Sha256&gt;</c> for Bitcoin.
/// </typeparam>
/// <remarks>
/// Leaves and nodes are hashed alike. A verifier therefore computes the leaf's hash from the transaction itself, whose
/// encoding must not be 64 bytes long; otherwise a node could pass for a leaf.
/// </remarks>
public static class PaddedMerkleTree<TNodeHash>
    where TNodeHash : struct, IHashFunction
{
    /// <summary>Computes the root, and whether it belongs to this list alone.</summary>
    /// <param name="leaves">The leaves' hashes, in order; not changed.</param>
    /// <param name="root">The root; 32 zero bytes for an empty list, as in Bitcoin. It is computed for a mutated list too.</param>
    public static MerkleListOutcome ComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root)
    {
        bool hasEqualSiblings = false;
        root = leaves.IsEmpty ? Hash256.Zero : MerkleFold<Shape>.Root(leaves, out hasEqualSiblings);
        return hasEqualSiblings ? MerkleListOutcome.Mutated : MerkleListOutcome.Canonical;
    }

    /// <summary>Makes the proof that a leaf stands at its place in a list.</summary>
    /// <param name="leaves">The leaves' hashes, in order; a list that is not mutated, or the proof may not verify.</param>
    /// <param name="index">The leaf's place, counted from zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static MerkleProof Prove(ReadOnlySpan<Hash256> leaves, int index) => MerkleFold<Shape>.Prove(leaves, index);

    /// <summary>Whether a leaf stands at the proof's place in a list with this root.</summary>
    /// <param name="root">A trusted root.</param>
    /// <param name="leaf">The leaf's hash, computed by the caller.</param>
    /// <param name="proof">The proof, from any source.</param>
    /// <returns><c>false</c> also when the path has another length than the place requires, or shows a mutated list.</returns>
    public static bool Verify(Hash256 root, Hash256 leaf, MerkleProof proof) => MerkleFold<Shape>.Verify(root, leaf, proof);

    private readonly struct Shape : IMerkleShape
    {
        public static bool PairsLastWithItself => true;

        public static Hash256 Node(ReadOnlySpan<Hash256> pair) => TNodeHash.Hash(MemoryMarshal.AsBytes(pair));

        public static void Nodes(ReadOnlySpan<Hash256> pairs, Span<Hash256> parents) =>
            TNodeHash.HashMany(MemoryMarshal.AsBytes(pairs), 2 * Hash256.Size, parents);
    }
}
