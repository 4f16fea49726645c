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

    /// <summary>Reads the list; empty after a fault. It is refused as soon as it is longer than a whole block may be.</summary>
    public static Transaction[] Read(ref CanonicalReader reader, IBlockCodec codec, LedgerLimits limits)
    {
        long start = reader.Consumed;
        int count = reader.ReadListHeader(limits.MaxBlockTransactions);
        var transactions = new Transaction[count];
        for (int i = 0; i < count; i++)
        {
            transactions[i] = codec.ReadTransaction(ref reader, i, limits);
            long length = reader.Consumed - start;
            if (length > limits.MaxBlockBytes) reader.Reject((ulong)limits.MaxBlockBytes, (ulong)length);
            if (reader.IsFaulted) return [];
        }

        return transactions;
    }
}
