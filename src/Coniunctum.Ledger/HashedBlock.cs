using System.Buffers;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger;

/// <summary>
/// A block together with everything that is computed from its bytes alone, so that the state machines neither decode nor
/// hash. Immutable.
/// </summary>
[JsonConverter(typeof(NoJsonConverter<HashedBlock>))]
public sealed class HashedBlock
{
    private HashedBlock(Block block, BlockId id, IReadOnlyList<HashedTransaction> transactions, Hash256 root, bool mutated, ReadOnlyMemory<byte> encoded)
    {
        Block = block;
        Id = id;
        Transactions = transactions;
        ComputedMerkleRoot = root;
        IsMutated = mutated;
        Encoded = encoded;
        Size = encoded.Length - WitnessBytes(block);
    }

    /// <summary>The block.</summary>
    public Block Block { get; }

    /// <summary>Its header.</summary>
    public BlockHeader Header => Block.Header;

    /// <summary>Its identity.</summary>
    public BlockId Id { get; }

    /// <summary>The transactions with their hashes, in the block's order; their leaves are those at their positions.</summary>
    public IReadOnlyList<HashedTransaction> Transactions { get; }

    /// <summary>The Merkle root of the transactions as they are listed, which an honest header repeats.</summary>
    public Hash256 ComputedMerkleRoot { get; }

    /// <summary>Whether the list of transactions is a mutated one (CVE-2012-2459).</summary>
    public bool IsMutated { get; }

    /// <summary>The canonical encoding.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>
    /// The length in bytes that the encoding has with an empty seal and without a certificate. Those lie outside the digest,
    /// so a block must not become too large by what others put there.
    /// </summary>
    public int Size { get; }

    /// <summary>Encodes and hashes a block that was made here.</summary>
    /// <param name="block">The block.</param>
    /// <param name="format">Its format.</param>
    /// <param name="chainId">The chain's identity; for genesis its own.</param>
    public static HashedBlock Create(Block block, IBlockFormat format, BlockId chainId)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(format);
        return Hash(block, format, chainId, Encode(block, format));
    }

    /// <summary>Returns the same block with a certificate, which lies outside of all its hashes, so that none is computed again.</summary>
    /// <param name="certificate">The certificate, or <c>null</c> for none.</param>
    /// <param name="format">The block's format.</param>
    public HashedBlock WithCertificate(ReadOnlyMemory<byte>? certificate, IBlockFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        var certified = new Block { Header = Header, Transactions = Block.Transactions, Seal = Block.Seal, Certificate = certificate };
        return new HashedBlock(certified, Id, Transactions, ComputedMerkleRoot, IsMutated, Encode(certified, format));
    }

    /// <summary>Decodes and hashes a block from untrusted bytes.</summary>
    /// <param name="encoded">The bytes; the block keeps slices of them, so they must not change afterwards.</param>
    /// <param name="format">The expected format.</param>
    /// <param name="limits">What is compared before anything is allocated.</param>
    /// <param name="chainId">The chain's identity.</param>
    /// <param name="block">The block, or <c>null</c>.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public static DecodeOutcome Decode(
        ReadOnlyMemory<byte> encoded, IBlockFormat format, LedgerLimits limits, BlockId chainId, out HashedBlock? block)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(limits);
        var reader = new CanonicalReader(encoded);
        Block decoded = format.Codec.ReadBlock(ref reader, limits);
        reader.End();
        block = reader.IsFaulted ? null : Hash(decoded, format, chainId, encoded);
        return reader.Outcome;
    }

    private static ReadOnlyMemory<byte> Encode(Block block, IBlockFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(buffer);
        format.Codec.WriteBlock(ref writer, block);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static int WitnessBytes(Block block)
    {
        int seal = CanonicalWriter.BytesLength(block.Seal.Length) - CanonicalWriter.BytesLength(0);
        int certificate = block.Certificate is { } bytes ? CanonicalWriter.BytesLength(bytes.Length) - CanonicalWriter.NilLength : 0;
        return seal + certificate;
    }

    private static HashedBlock Hash(Block block, IBlockFormat format, BlockId chainId, ReadOnlyMemory<byte> encoded)
    {
        HashedTransaction[] transactions = format.HashAll(block.Transactions, chainId);
        Hash256[] leaves = Array.ConvertAll(transactions, transaction => transaction.Leaf);
        bool sound = format.TryComputeRoot(leaves, out Hash256 root);
        return new HashedBlock(block, new BlockId(format.Digest(block.Header)), transactions, root, !sound, encoded);
    }
}
