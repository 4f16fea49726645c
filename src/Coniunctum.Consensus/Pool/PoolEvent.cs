using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Pool;

/// <summary>A transaction has come into the pool, has moved within it, or has left it without being confirmed.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="From">Where it was when it was last reported.</param>
/// <param name="To">Where it is: <see cref="PoolStatus.Outside"/> when it was dropped.</param>
/// <param name="Reason">Why it waits or was dropped.</param>
/// <param name="ReplacedBy">The transaction whose tag it shares and that has taken its place, in the pool or in a block.</param>
internal readonly record struct PoolEvent(HashedTransaction Transaction, PoolStatus From, PoolStatus To, Admission Reason, TransactionId? ReplacedBy)
{
    /// <summary>The chain's report of it.</summary>
    public IChainEffect ToEffect() => To == PoolStatus.Outside
        ? new NodeEffect.TransactionDropped(Transaction, Reason, ReplacedBy)
        : new NodeEffect.TransactionMoved(Transaction, From, To, Reason);
}
