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
    private const int SigningDigestBytes = (5 * Hash256.Size) + (2 * sizeof(ulong));
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
        MaxAmount = ChainProfile.MaxSupply,
    };

    /// <inheritdoc/>
    public IBlockCodec Codec => StandardCodec.Instance;

    /// <inheritdoc/>
    public int FieldHashesSize => FieldCount * Hash256.Size;

    /// <inheritdoc/>
    public int NonceHashOffset => Hash256.Size;

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
    [SkipLocalsInit]
    public TransactionId SigningDigest(Transaction transaction, BlockId chainId)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Span<byte> bytes = stackalloc byte[SigningDigestBytes];
        WriteSigned(transaction, chainId, bytes);
        return new TransactionId(Sha3_256.DoubleHash(bytes));
    }

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
    public HashedTransaction[] HashAll(IReadOnlyList<Transaction> transactions, BlockId chainId)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        int count = transactions.Count;
        byte[] signed = ArrayPool<byte>.Shared.Rent(count * SigningDigestBytes);
        Hash256[] hashes = ArrayPool<Hash256>.Shared.Rent(2 * count);
        Span<Hash256> digests = hashes.AsSpan(0, count);
        Span<Hash256> leaves = hashes.AsSpan(count, count);
        for (int i = 0; i < count; i++)
            WriteSigned(transactions[i], chainId, signed.AsSpan(i * SigningDigestBytes, SigningDigestBytes));
        DoubleHash<Sha3_256>.HashMany(signed.AsSpan(0, count * SigningDigestBytes), SigningDigestBytes, digests);

        int[] lengths = WriteLeaves(transactions, out ArrayBufferWriter<byte> written);
        VaryingLengths.HashMany<Sha3_256>(written.WrittenSpan, lengths, leaves);

        var hashed = new HashedTransaction[count];
        for (int i = 0; i < count; i++)
            hashed[i] = new HashedTransaction(transactions[i], new TransactionId(digests[i]), leaves[i], lengths[i] - 1);
        ArrayPool<Hash256>.Shared.Return(hashes);
        ArrayPool<byte>.Shared.Return(signed);
        return hashed;
    }

    /// <inheritdoc/>
    public bool TryComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root)
    {
        root = Rfc6962Tree<Sha3_256>.ComputeRoot(leaves);
        return true;
    }

    private static void WriteSigned(Transaction transaction, BlockId chainId, Span<byte> destination)
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

    /// <summary>Writes the preimages of all leaves, 0x00 and the encoding, one behind the other; returns their lengths.</summary>
    private int[] WriteLeaves(IReadOnlyList<Transaction> transactions, out ArrayBufferWriter<byte> written)
    {
        written = new ArrayBufferWriter<byte>(Math.Max(1, transactions.Count) * StackBytes / 2);
        int[] lengths = new int[transactions.Count];
        for (int i = 0; i < lengths.Length; i++)
        {
            int start = written.WrittenCount;
            written.Write([LeafTag]);
            var writer = new CanonicalWriter(written);
            Codec.WriteTransaction(ref writer, transactions[i], i);
            writer.Flush();
            lengths[i] = written.WrittenCount - start;
        }

        return lengths;
    }
}
