using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Formats;

/// <summary>
/// What formats hash of a transaction. A struct without fields, so that <see cref="TransactionHashes{TPreimages}"/> is compiled for
/// each format by itself.
/// </summary>
internal interface ITransactionPreimages
{
    /// <summary>How many bytes are hashed twice for the signing digest.</summary>
    static abstract int SignedBytes { get; }

    /// <summary>Writes what is hashed twice for the signing digest.</summary>
    /// <exception cref="ArgumentException">The format cannot express the transaction.</exception>
    static abstract void WriteSigned(Transaction transaction, BlockId chainId, Span<byte> destination);

    /// <summary>Hashes the leaves of a block's transactions, and says how many bytes each transaction has in the block.</summary>
    /// <exception cref="ArgumentException">The format cannot express one of them.</exception>
    static abstract void HashLeaves(IReadOnlyList<Transaction> transactions, Span<Hash256> leaves, Span<int> sizes);
}
