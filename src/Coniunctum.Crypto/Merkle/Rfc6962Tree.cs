using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coniunctum.Crypto.Merkle;

/// <summary>
/// The Merkle tree of RFC 6962 §2.1: a leaf is H(0x00 ‖ data), a node H(0x01 ‖ left ‖ right), an odd last node moves up as
/// it is, and the root of no leaves is H of the empty string. Every method is pure and safe to call from several threads.
/// </summary>
/// <typeparam name="THash">The function H: <see cref="Sha3_256"/> in the standard format, <see cref="Sha256"/> in the RFC.</typeparam>
public static class Rfc6962Tree<THash>
    where THash : struct, IHashFunction
{
    private const byte LeafTag = 0x00;
    private const byte NodeTag = 0x01;
    private const int NodeBytes = 1 + (2 * Hash256.Size);
    private const int NodesAtOnce = 16;
    private const int StackBytes = 1024;

    /// <summary>The root of no leaves.</summary>
    public static Hash256 EmptyRoot => THash.Hash([]);

    /// <summary>Hashes a leaf's data: H(0x00 ‖ data).</summary>
    /// <param name="data">The data, of any length.</param>
    [SkipLocalsInit]
    public static Hash256 LeafHash(ReadOnlySpan<byte> data)
    {
        int length = 1 + data.Length;
        byte[]? rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> message = rented ?? stackalloc byte[StackBytes];
        message = message[..length];
        message[0] = LeafTag;
        data.CopyTo(message[1..]);
        Hash256 leaf = THash.Hash(message);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return leaf;
    }

    /// <summary>Computes the root.</summary>
    /// <param name="leaves">The leaves' hashes (<see cref="LeafHash"/>), in order; not changed.</param>
    public static Hash256 ComputeRoot(ReadOnlySpan<Hash256> leaves) =>
        leaves.IsEmpty ? EmptyRoot : MerkleFold<Shape>.Root(leaves, out _);

    /// <summary>Makes the proof that a leaf stands at its place in a list (RFC 6962 §2.1.1).</summary>
    /// <param name="leaves">The leaves' hashes, in order.</param>
    /// <param name="index">The leaf's place, counted from zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static MerkleProof Prove(ReadOnlySpan<Hash256> leaves, int index) => MerkleFold<Shape>.Prove(leaves, index);

    /// <summary>Whether a leaf stands at the proof's place in a list with this root.</summary>
    /// <param name="root">A trusted root.</param>
    /// <param name="leaf">The leaf's hash, computed by the caller from the data.</param>
    /// <param name="proof">The proof, from any source.</param>
    /// <returns><c>false</c> also when the path has another length than the place requires.</returns>
    public static bool Verify(Hash256 root, Hash256 leaf, MerkleProof proof) => MerkleFold<Shape>.Verify(root, leaf, proof);

    private readonly struct Shape : IMerkleShape
    {
        public static bool PairsLastWithItself => false;

        [SkipLocalsInit]
        public static Hash256 Node(ReadOnlySpan<Hash256> pair)
        {
            Span<byte> message = stackalloc byte[NodeBytes];
            WriteNode(pair, message);
            return THash.Hash(message);
        }

        /// <summary>The tag moves every node by a byte, so the messages are put together a few at a time.</summary>
        [SkipLocalsInit]
        public static void Nodes(ReadOnlySpan<Hash256> pairs, Span<Hash256> parents)
        {
            Span<byte> messages = stackalloc byte[NodesAtOnce * NodeBytes];
            while (!parents.IsEmpty)
            {
                int count = Math.Min(NodesAtOnce, parents.Length);
                for (int i = 0; i < count; i++) WriteNode(pairs.Slice(2 * i, 2), messages.Slice(i * NodeBytes, NodeBytes));
                THash.HashMany(messages[..(count * NodeBytes)], NodeBytes, parents[..count]);
                pairs = pairs[(2 * count)..];
                parents = parents[count..];
            }
        }

        private static void WriteNode(ReadOnlySpan<Hash256> pair, Span<byte> message)
        {
            message[0] = NodeTag;
            MemoryMarshal.AsBytes(pair).CopyTo(message[1..]);
        }
    }
}
