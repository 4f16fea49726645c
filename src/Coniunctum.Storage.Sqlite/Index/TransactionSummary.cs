using System.Runtime.InteropServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>What the index keeps of a transaction, as it lies in the file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TransactionSummary(Hash256 Id, Hash256 Sender, Hash256 Receiver, ulong Amount, ulong Fee)
{
    public const int Bytes = 112;

    public static TransactionSummary Of(HashedTransaction hashed)
    {
        Transaction transaction = hashed.Transaction;
        return new TransactionSummary(hashed.Id.Value, transaction.Sender.Value, transaction.Receiver.Value, transaction.Amount, transaction.Fee);
    }
}
