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
        Span<byte> bytes = stackalloc byte[SigningDigestBytes];
        var preimage = new Preimage(bytes);
        preimage.Add(chainId.Value);
        preimage.Add(transaction.Tag.Value);
        preimage.Add(transaction.Sender.Value);
        preimage.Add(transaction.Receiver.Value);
        preimage.Add(transaction.Amount);
        preimage.Add(transaction.Fee);
        preimage.Add(Sha3_256.Hash(transaction.Payload.Span));
        return new TransactionId(Sha3_256.DoubleHash(bytes));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public Hash256 Leaf(Transaction transaction, int index)
    {
        int maxBytes = StandardCodec.MaxTransactionBytes(transaction.Payload.Length);
        byte[]? rented = maxBytes > StackBytes ? ArrayPool<byte>.Shared.Rent(maxBytes) : null;
        var writer = new CanonicalWriter(rented ?? stackalloc byte[StackBytes]);
        Codec.WriteTransaction(ref writer, transaction, index);
        Hash256 leaf = Rfc6962Tree<Sha3_256>.LeafHash(writer.Written);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return leaf;
    }

    /// <inheritdoc/>
    public bool TryComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root)
    {
        root = Rfc6962Tree<Sha3_256>.ComputeRoot(leaves);
        return true;
    }
}
