using System.Buffers;
using System.Runtime.CompilerServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Formats;

/// <summary>The hashes of a block's transactions, whatever the format has in their preimages.</summary>
/// <typeparam name="TPreimages">What the format hashes.</typeparam>
internal static class TransactionHashes<TPreimages>
    where TPreimages : struct, ITransactionPreimages
{
    /// <inheritdoc cref="IBlockFormat.SigningDigest"/>
    [SkipLocalsInit]
    public static TransactionId SigningDigest(Transaction transaction, BlockId chainId)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        Span<byte> bytes = stackalloc byte[TPreimages.SignedBytes];
        TPreimages.WriteSigned(transaction, chainId, bytes);
        return new TransactionId(Sha3_256.DoubleHash(bytes));
    }

    /// <inheritdoc cref="IBlockFormat.HashAll"/>
    public static HashedTransaction[] HashAll(IReadOnlyList<Transaction> transactions, BlockId chainId)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        int count = transactions.Count;
        byte[] rented = ArrayPool<byte>.Shared.Rent(count * TPreimages.SignedBytes);
        Hash256[] hashes = ArrayPool<Hash256>.Shared.Rent(2 * count);
        int[] sizes = ArrayPool<int>.Shared.Rent(count);
        Span<byte> signed = rented.AsSpan(0, count * TPreimages.SignedBytes);
        Span<Hash256> digests = hashes.AsSpan(0, count);
        Span<Hash256> leaves = hashes.AsSpan(count, count);
        for (int i = 0; i < count; i++)
            TPreimages.WriteSigned(transactions[i], chainId, signed.Slice(i * TPreimages.SignedBytes, TPreimages.SignedBytes));
        DoubleHash<Sha3_256>.HashMany(signed, TPreimages.SignedBytes, digests);
        TPreimages.HashLeaves(transactions, leaves, sizes.AsSpan(0, count));

        var hashed = new HashedTransaction[count];
        for (int i = 0; i < count; i++)
            hashed[i] = new HashedTransaction(transactions[i], new TransactionId(digests[i]), leaves[i], sizes[i]);
        ArrayPool<int>.Shared.Return(sizes);
        ArrayPool<Hash256>.Shared.Return(hashes);
        ArrayPool<byte>.Shared.Return(rented);
        return hashed;
    }
}
