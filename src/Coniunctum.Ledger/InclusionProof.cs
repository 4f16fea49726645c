using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Crypto.Merkle;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger;

/// <summary>A proof that a transaction is in a block. Whoever knows the block's header checks it without a store. Immutable.</summary>
/// <remarks>
/// Encoded: [place, count, path], the path being one string of 32 bytes for each sibling from the leaf upwards. A Merkle root does not
/// commit to the number of leaves, so that place and count say only how the siblings are put together.
/// </remarks>
[JsonConverter(typeof(NoJsonConverter<InclusionProof>))]
public sealed class InclusionProof
{
    // One sibling at most for each bit of a place.
    private const int MaxSiblings = 31;

    private readonly MerkleProof _path;

    private InclusionProof(MerkleProof path) => _path = path;

    /// <summary>Proves that a transaction is in a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="leaf">The transaction's leaf at position 0, by which it is relayed.</param>
    /// <param name="format">The block's format.</param>
    /// <returns>The proof; <c>null</c> where the block does not have the transaction.</returns>
    public static InclusionProof? Create(HashedBlock block, Hash256 leaf, IBlockFormat format)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(format);
        Hash256[] leaves = [.. block.Transactions.Select(transaction => transaction.Leaf)];
        for (int place = 0; place < leaves.Length; place++)
        {
            // Where leaves depend on the position, the one at another place is another.
            bool isIt = leaves[place] == leaf || format.Traits.LeavesHoldPosition && place > 0 && format.Leaf(block.Transactions[place].Transaction, 0) == leaf;
            if (isIt) return new InclusionProof(format.ProveLeaf(leaves, place));
        }

        return null;
    }

    /// <summary>Checks the proof.</summary>
    /// <param name="merkleRoot">The Merkle root of a header that is trusted.</param>
    /// <param name="transaction">The transaction, signature included.</param>
    /// <param name="format">The block's format.</param>
    /// <returns>Whether the transaction is in the block of that header.</returns>
    /// <exception cref="ArgumentException">The format cannot express the transaction.</exception>
    public bool Verify(Hash256 merkleRoot, Transaction transaction, IBlockFormat format)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(format);
        return format.VerifyLeaf(merkleRoot, format.Leaf(transaction, (int)_path.LeafIndex), _path);
    }

    /// <summary>Returns the canonical encoding: 32 bytes for each halving of the number of transactions, and a few more.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(3);
        writer.WriteUInt64((ulong)_path.LeafIndex);
        writer.WriteUInt64((ulong)_path.LeafCount);
        byte[] siblings = new byte[_path.Path.Length * Hash256.Size];
        for (int i = 0; i < _path.Path.Length; i++) _path.Path[i].CopyTo(siblings.AsSpan(i * Hash256.Size));
        writer.WriteFixed(siblings);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a proof from untrusted bytes.</summary>
    /// <param name="encoded">The bytes.</param>
    /// <param name="proof">The proof, or <c>null</c>. It still has to be verified.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public static DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, out InclusionProof? proof)
    {
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(3);
        ulong place = reader.ReadUInt64(int.MaxValue);
        ulong count = reader.ReadUInt64(int.MaxValue);
        ReadOnlySpan<byte> bytes = reader.ReadBytes(MaxSiblings * Hash256.Size).Span;
        if (bytes.Length % Hash256.Size != 0) reader.Reject((ulong)(bytes.Length / Hash256.Size * Hash256.Size), (ulong)bytes.Length);
        DecodeOutcome outcome = reader.End();
        proof = null;
        if (!outcome.IsValid) return outcome;

        var siblings = ImmutableArray.CreateBuilder<Hash256>(bytes.Length / Hash256.Size);
        for (; !bytes.IsEmpty; bytes = bytes[Hash256.Size..]) siblings.Add(new Hash256(bytes[..Hash256.Size]));
        proof = new InclusionProof(new MerkleProof((long)place, (long)count, siblings.MoveToImmutable()));
        return outcome;
    }
}
