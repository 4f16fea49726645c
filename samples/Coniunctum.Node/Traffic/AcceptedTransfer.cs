using Coniunctum.Ledger;

namespace Coniunctum.Node.Traffic;

/// <summary>A transfer that is in the pool or in the chain.</summary>
internal sealed record AcceptedTransfer(TransactionId Id, int From, int To, ulong Amount);
