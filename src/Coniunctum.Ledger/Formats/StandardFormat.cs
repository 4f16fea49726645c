using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Merkle;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Formats;

/// <summary>
/// The format of new chains: the first paper's with time, fees, payloads, tags that expire, the state's roots and signatures
/// that hold on one chain only.
/// </summary>
public sealed class StandardFormat : IFieldHashFormat
{
    private const int FieldCount = 8;
    private const int StackBytes = 512;

    // RFC 6962 §2.1.
    private const byte LeafTag = 0x00;

    private static readonly Hash256 s_noPayload = Sha3_256.Hash([]);

    private StandardFormat()
    {
    }

    /// <summary>The format; it holds no state.</summary>
    public static StandardFormat Instance { get; } = new();

    /// <inheritdoc/>
    public FormatTraits Traits { get; } = new()
    {
        Name = "standard",
        HasExtendedHeader = true,
        HasFees = true,
        TagsExpire = true,
        RewardAppliesFirst = false,
        LeavesHoldPosition = false,
        MaxAmount = ChainProfile.MaxSupply,
    };

    /// <inheritdoc/>
    public IBlockCodec Codec => StandardCodec.Instance;

    /// <inheritdoc/>
    public int FieldHashesSize => FieldCount * Hash256.Size;

    /// <inheritdoc/>
    public int NonceHashOffset => Hash256.Size;

    /// <inheritdoc/>
    public int? TimestampHashOffset => 5 * Hash256.Size;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public Hash256 Digest(BlockHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        Span<byte> row = stackalloc byte[FieldCount * Hash256.Size];
        WriteFieldHashes(header, row);
        return Sha3_256.DoubleHash(row);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void WriteFieldHashes(BlockHeader header, Span<byte> destination)
    {
        // Ruleset and height share a field, so that the nonce's slot is the second one in every format.
        Span<byte> place = stackalloc byte[sizeof(ushort) + sizeof(ulong)];
        BinaryPrimitives.WriteUInt16BigEndian(place, header.Ruleset);
        BinaryPrimitives.WriteUInt64BigEndian(place[sizeof(ushort)..], header.Height);

        var row = new FieldHashRow(destination, FieldHashesSize);
        row.Add(place);
        row.Add(header.Nonce);
        row.Add(header.Previous.Value);
        row.Add(header.MerkleRoot);
        row.Add(header.Target);
        row.Add(header.Timestamp.UnixMilliseconds);
        row.Add(header.StateRoot);
        row.Add(header.HistoryRoot);
    }

    /// <inheritdoc/>
    public TransactionId SigningDigest(Transaction transaction, BlockId chainId) =>
        TransactionHashes<Preimages>.SigningDigest(transaction, chainId);

    /// <inheritdoc/>
    [SkipLocalsInit]
    public Hash256 Leaf(Transaction transaction, int index)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        int maxBytes = StandardCodec.MaxTransactionBytes(transaction.Payload.Length);
        byte[]? rented = maxBytes > StackBytes ? ArrayPool<byte>.Shared.Rent(maxBytes) : null;
        var writer = new CanonicalWriter(rented ?? stackalloc byte[StackBytes]);
        Codec.WriteTransaction(ref writer, transaction, index);
        Hash256 leaf = Rfc6962Tree<Sha3_256>.LeafHash(writer.Written);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return leaf;
    }

    /// <inheritdoc/>
    public HashedTransaction[] HashAll(IReadOnlyList<Transaction> transactions, BlockId chainId) =>
        TransactionHashes<Preimages>.HashAll(transactions, chainId);

    /// <inheritdoc/>
    public bool TryComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root)
    {
        root = Rfc6962Tree<Sha3_256>.ComputeRoot(leaves);
        return true;
    }

    /// <inheritdoc/>
    public MerkleProof ProveLeaf(ReadOnlySpan<Hash256> leaves, int index) => Rfc6962Tree<Sha3_256>.Prove(leaves, index);

    /// <inheritdoc/>
    public bool VerifyLeaf(Hash256 root, Hash256 leaf, MerkleProof proof) => Rfc6962Tree<Sha3_256>.Verify(root, leaf, proof);

    private readonly struct Preimages : ITransactionPreimages
    {
        static int ITransactionPreimages.SignedBytes => (5 * Hash256.Size) + (2 * sizeof(ulong));

        public static void WriteSigned(Transaction transaction, BlockId chainId, Span<byte> destination)
        {
            var preimage = new Preimage(destination);
            preimage.Add(chainId.Value);
            preimage.Add(transaction.Tag.Value);
            preimage.Add(transaction.Sender.Value);
            preimage.Add(transaction.Receiver.Value);
            preimage.Add(transaction.Amount);
            preimage.Add(transaction.Fee);
            preimage.Add(transaction.Payload.IsEmpty ? s_noPayload : Sha3_256.Hash(transaction.Payload.Span));
        }

        public static void HashLeaves(IReadOnlyList<Transaction> transactions, Span<Hash256> leaves, Span<int> sizes)
        {
            // The preimages, 0x00 and the encoding, one behind the other.
            var written = new ArrayBufferWriter<byte>(Math.Max(1, leaves.Length) * StackBytes / 2);
            for (int i = 0; i < leaves.Length; i++)
            {
                int start = written.WrittenCount;
                written.Write([LeafTag]);
                var writer = new CanonicalWriter(written);
                StandardCodec.Instance.WriteTransaction(ref writer, transactions[i], i);
                writer.Flush();
                sizes[i] = written.WrittenCount - start;
            }

            VaryingLengths.HashMany<Sha3_256>(written.WrittenSpan, sizes, leaves);
            for (int i = 0; i < sizes.Length; i++) sizes[i]--;
        }
    }
}
