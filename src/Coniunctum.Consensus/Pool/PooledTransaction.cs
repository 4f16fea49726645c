using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Pool;

/// <summary>A transaction that waits for a block.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Status">Where the pool has it: ready or waiting.</param>
public sealed record PooledTransaction(HashedTransaction Transaction, PoolStatus Status);
