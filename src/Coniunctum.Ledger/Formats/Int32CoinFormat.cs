using System.Runtime.CompilerServices;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Merkle;

namespace Coniunctum.Ledger.Formats;

/// <summary>
/// The first paper's blocks and transactions (Tables III and IV): no time, no fees, no payload, amounts of 31 bits. What it
/// cannot express is a caller's misuse and throws <see cref="ArgumentException"/>, so that nothing is hashed in part.
/// </summary>
public sealed class Int32CoinFormat : IFieldHashFormat
{
    private const int FieldCount = 5;
    private const int SigningDigestBytes = (3 * Hash256.Size) + sizeof(uint);
    private const int LeafBytes = sizeof(uint) + (3 * Hash256.Size) + sizeof(uint) + Int32CoinCodec.SignatureBytes;

    private Int32CoinFormat()
    {
    }

    /// <summary>The format; it holds no state.</summary>
    public static Int32CoinFormat Instance { get; } = new();

    /// <inheritdoc/>
    public FormatTraits Traits { get; } = new()
    {
        Name = "int32coin",
        HasExtendedHeader = false,
        HasFees = false,
        TagsExpire = false,
        RewardAppliesFirst = true,
        MaxAmount = int.MaxValue,
    };

    /// <inheritdoc/>
    public IBlockCodec Codec => Int32CoinCodec.Instance;

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
    public void WriteFieldHashes(BlockHeader header, Span<byte> destination)
    {
        Int32CoinCodec.ThrowUnlessExpressible(header);
        var row = new FieldHashRow(destination, FieldHashesSize);
        row.Add(header.Height);
        row.Add(header.Nonce);
        row.Add(header.Previous.Value);
        row.Add(header.MerkleRoot);
        row.Add(header.Target);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public TransactionId SigningDigest(Transaction transaction, BlockId chainId)
    {
        // The chain's identity is not in the paper's digest: a signature holds on every int32coin chain.
        Int32CoinCodec.ThrowUnlessExpressible(transaction);
        Span<byte> bytes = stackalloc byte[SigningDigestBytes];
        var preimage = new Preimage(bytes);
        preimage.Add(transaction.Sender.Value);
        preimage.Add(transaction.Receiver.Value);
        preimage.Add((uint)transaction.Amount);
        preimage.Add(transaction.Tag.Value);
        return new TransactionId(Sha3_256.DoubleHash(bytes));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public Hash256 Leaf(Transaction transaction, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Int32CoinCodec.ThrowUnlessExpressible(transaction);
        Int32CoinCodec.ThrowUnlessSigned(transaction);
        Span<byte> bytes = stackalloc byte[LeafBytes];
        var preimage = new Preimage(bytes);
        preimage.Add((uint)index);
        preimage.Add(transaction.Sender.Value);
        preimage.Add(transaction.Receiver.Value);
        preimage.Add((uint)transaction.Amount);
        preimage.Add(transaction.Signature.Span);
        preimage.Add(transaction.Tag.Value);
        return Sha3_256.DoubleHash(bytes);
    }

    /// <inheritdoc/>
    public bool TryComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root) =>
        PaddedMerkleTree<DoubleHash<Sha3_256>>.ComputeRoot(leaves, out root) == MerkleListOutcome.Canonical;
}
