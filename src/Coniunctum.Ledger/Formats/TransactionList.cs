using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.Formats;

/// <summary>The list of a block's transactions on the wire, which every format has.</summary>
internal static class TransactionList
{
    public static void Write(ref CanonicalWriter writer, IReadOnlyList<Transaction> transactions, IBlockCodec codec)
    {
        writer.WriteArrayHeader(transactions.Count);
        for (int i = 0; i < transactions.Count; i++) codec.WriteTransaction(ref writer, transactions[i], i);
    }

    /// <summary>Reads the list; empty after a fault.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="codec">How a transaction is read.</param>
    /// <param name="limits">What is compared before anything is allocated.</param>
    /// <param name="blockStart">Where in the reader the block began: it is refused as soon as it is longer than any block.</param>
    public static Transaction[] Read(ref CanonicalReader reader, IBlockCodec codec, LedgerLimits limits, long blockStart)
    {
        long maxBytes = (long)limits.MaxBlockBytes + limits.MaxCertificateBytes;
        int count = reader.ReadListHeader(limits.MaxBlockTransactions);
        var transactions = new Transaction[count];
        for (int i = 0; i < count; i++)
        {
            transactions[i] = codec.ReadTransaction(ref reader, i, limits);
            long length = reader.Consumed - blockStart;
            if (length > maxBytes) reader.Reject((ulong)maxBytes, (ulong)length);
            if (reader.IsFaulted) return [];
        }

        return transactions;
    }
}
