using System.Buffers;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;

namespace Coniunctum.Ledger;

/// <summary>
/// A transaction, the header of the block that holds it, and the proof of that: what a payer keeps and shows. Whoever trusts the block
/// checks it without a ledger, and whoever trusts nothing compares <see cref="Block"/> with what a node says of that height. Immutable.
/// </summary>
/// <remarks>
/// Encoded: [1, chain id, [header, seal, certificate or nil], transaction, [place, count, path]], the last as <see cref="InclusionProof"/>
/// has it. It proves that the transaction is in the block; that the block is of the chain only its rule, or its certificate, proves.
/// </remarks>
[JsonConverter(typeof(NoJsonConverter<TransactionReceipt>))]
public sealed class TransactionReceipt
{
    private const int Version = 1;

    private const int Fields = 5;

    // Header, place, count, path and what surrounds them.
    private const int OverheadBytes = 4096;

    private readonly BlockHead _head;
    private readonly InclusionProof _proof;

    private TransactionReceipt(BlockId chainId, BlockHead head, Transaction transaction, InclusionProof proof, IBlockFormat format)
    {
        ChainId = chainId;
        Transaction = transaction;
        (_head, _proof) = (head, proof);
        Block = new BlockId(format.Digest(head.Header));
        Id = format.SigningDigest(transaction, chainId);
    }

    /// <summary>The chain that it says it is of.</summary>
    public BlockId ChainId { get; }

    /// <summary>The block that holds the transaction.</summary>
    public BlockId Block { get; }

    /// <summary>The block's header.</summary>
    public BlockHeader Header => _head.Header;

    /// <summary>What the block's rule signs or proves it with, beside the header.</summary>
    public ReadOnlyMemory<byte> Seal => _head.Seal;

    /// <summary>The proof that the block is final; <c>null</c> where it has none.</summary>
    public ReadOnlyMemory<byte>? Certificate => _head.Certificate;

    /// <summary>The transaction, signature included.</summary>
    public Transaction Transaction { get; }

    /// <summary>Its identity.</summary>
    public TransactionId Id { get; }

    /// <summary>Makes a receipt.</summary>
    /// <param name="block">A block.</param>
    /// <param name="id">A transaction of it.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="chainId">The identity of the chain's genesis block.</param>
    /// <returns>The receipt; <c>null</c> where the block does not have the transaction.</returns>
    public static TransactionReceipt? Create(HashedBlock block, TransactionId id, ChainProfile profile, BlockId chainId)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(profile);
        IBlockFormat format = profile.Format;
        HashedTransaction? found = block.Transactions.FirstOrDefault(transaction => transaction.Id == id);
        if (found is null || InclusionProof.Create(block, format.Leaf(found.Transaction, 0), format) is not { } proof) return null;
        return new TransactionReceipt(chainId, new BlockHead(block.Header, block.Block.Seal, block.Block.Certificate), found.Transaction, proof, format);
    }

    /// <summary>Checks that the transaction is in <see cref="Block"/>, and that its sender has signed it.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <returns>Whether it is so.</returns>
    /// <exception cref="ArgumentException">The profile's format is another one, which cannot express the transaction.</exception>
    public bool Verify(ChainProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (!_proof.Verify(Header.MerkleRoot, Transaction, profile.Format)) return false;
        // What the chain itself pays, no one signs.
        return Transaction.IsFromRoot
            || profile.Signatures.Recover(Id.Value, Transaction.Signature.Span, out Address signer).IsValid && signer == Transaction.Sender;
    }

    /// <summary>Returns the canonical encoding.</summary>
    /// <param name="format">The chain's format.</param>
    public byte[] Encode(IBlockFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        writer.WriteArrayHeader(Fields);
        writer.WriteUInt64(Version);
        writer.WriteHash256(ChainId.Value);
        writer.WriteItem(HeadCodec.Encode(_head, format).Span);
        format.Codec.WriteTransaction(ref writer, Transaction, 0);
        writer.WriteItem(_proof.Encode());
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a receipt from untrusted bytes.</summary>
    /// <param name="encoded">The bytes; the receipt refers to them.</param>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="receipt">The receipt, or <c>null</c>. It still has to be verified.</param>
    /// <returns>What was wrong, or no fault.</returns>
    public static DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, ChainProfile profile, out TransactionReceipt? receipt)
    {
        ArgumentNullException.ThrowIfNull(profile);
        receipt = null;
        IBlockFormat format = profile.Format;
        var reader = new CanonicalReader(encoded);
        reader.ReadArrayHeader(Fields);
        ulong version = reader.ReadUInt64();
        if (version != Version) reader.Reject(Version, version);
        var chainId = new BlockId(reader.ReadHash256());
        ReadOnlyMemory<byte> head = reader.ReadItem(profile.Limits.MaxSealBytes + profile.Limits.MaxCertificateBytes + OverheadBytes);
        Transaction transaction = format.Codec.ReadTransaction(ref reader, 0, profile.Limits);
        ReadOnlyMemory<byte> proof = reader.ReadItem(OverheadBytes);
        DecodeOutcome outcome = reader.End();
        if (!outcome.IsValid) return outcome;
        outcome = HeadCodec.Decode(head, format, profile.Limits, out BlockHead? block);
        if (block is null) return outcome;
        outcome = InclusionProof.Decode(proof, out InclusionProof? inclusion);
        if (inclusion is not null) receipt = new TransactionReceipt(chainId, block, transaction, inclusion, format);
        return outcome;
    }
}
