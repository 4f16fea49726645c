using System.Buffers;
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
        LeavesHoldPosition = true,
        MaxAmount = int.MaxValue,
    };

    /// <inheritdoc/>
    public IBlockCodec Codec => Int32CoinCodec.Instance;

    /// <inheritdoc/>
    public int FieldHashesSize => FieldCount * Hash256.Size;

    /// <inheritdoc/>
    public int NonceHashOffset => Hash256.Size;

    /// <inheritdoc/>
    public int? TimestampHashOffset => null;

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
    public TransactionId SigningDigest(Transaction transaction, BlockId chainId) =>
        TransactionHashes<Preimages>.SigningDigest(transaction, chainId);

    /// <inheritdoc/>
    [SkipLocalsInit]
    public Hash256 Leaf(Transaction transaction, int index)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Int32CoinCodec.ThrowUnlessExpressible(transaction);
        Int32CoinCodec.ThrowUnlessSigned(transaction);
        Span<byte> bytes = stackalloc byte[LeafBytes];
        WriteLeaf(transaction, index, bytes);
        return Sha3_256.DoubleHash(bytes);
    }

    /// <inheritdoc/>
    public HashedTransaction[] HashAll(IReadOnlyList<Transaction> transactions, BlockId chainId) =>
        TransactionHashes<Preimages>.HashAll(transactions, chainId);

    /// <inheritdoc/>
    public bool TryComputeRoot(ReadOnlySpan<Hash256> leaves, out Hash256 root) =>
        PaddedMerkleTree<DoubleHash<Sha3_256>>.ComputeRoot(leaves, out root) == MerkleListOutcome.Canonical;

    /// <inheritdoc/>
    public MerkleProof ProveLeaf(ReadOnlySpan<Hash256> leaves, int index) => PaddedMerkleTree<DoubleHash<Sha3_256>>.Prove(leaves, index);

    /// <inheritdoc/>
    public bool VerifyLeaf(Hash256 root, Hash256 leaf, MerkleProof proof) => PaddedMerkleTree<DoubleHash<Sha3_256>>.Verify(root, leaf, proof);

    private static void WriteLeaf(Transaction transaction, int index, Span<byte> destination)
    {
        var preimage = new Preimage(destination);
        preimage.Add((uint)index);
        preimage.Add(transaction.Sender.Value);
        preimage.Add(transaction.Receiver.Value);
        preimage.Add((uint)transaction.Amount);
        preimage.Add(transaction.Signature.Span);
        preimage.Add(transaction.Tag.Value);
    }

    private readonly struct Preimages : ITransactionPreimages
    {
        static int ITransactionPreimages.SignedBytes => (3 * Hash256.Size) + sizeof(uint);

        public static void WriteSigned(Transaction transaction, BlockId chainId, Span<byte> destination)
        {
            // The chain's identity is not in the paper's digest: a signature holds on every int32coin chain.
            Int32CoinCodec.ThrowUnlessExpressible(transaction);
            var preimage = new Preimage(destination);
            preimage.Add(transaction.Sender.Value);
            preimage.Add(transaction.Receiver.Value);
            preimage.Add((uint)transaction.Amount);
            preimage.Add(transaction.Tag.Value);
        }

        public static void HashLeaves(IReadOnlyList<Transaction> transactions, Span<Hash256> leaves, Span<int> sizes)
        {
            byte[] rented = ArrayPool<byte>.Shared.Rent(leaves.Length * LeafBytes);
            Span<byte> messages = rented.AsSpan(0, leaves.Length * LeafBytes);
            for (int i = 0; i < leaves.Length; i++)
            {
                Int32CoinCodec.ThrowUnlessSigned(transactions[i]);
                WriteLeaf(transactions[i], i, messages.Slice(i * LeafBytes, LeafBytes));
                sizes[i] = Int32CoinCodec.TransactionBytes(transactions[i], i);
            }

            DoubleHash<Sha3_256>.HashMany(messages, LeafBytes, leaves);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
