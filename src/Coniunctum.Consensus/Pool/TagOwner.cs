using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Pool;

/// <summary>What may be used once: a tag, by its sender.</summary>
internal readonly record struct TagOwner(Address Sender, TransactionTag Tag)
{
    public static TagOwner Of(Transaction transaction) => new(transaction.Sender, transaction.Tag);
}
