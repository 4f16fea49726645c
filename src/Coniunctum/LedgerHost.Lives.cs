using System.Runtime.CompilerServices;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <content>The life of a transaction, told as a stream.</content>
public sealed partial class LedgerHost
{
    /// <summary>
    /// Tells the life of a transaction from now on: pooled, confirmed ever deeper, disconnected, back in the pool, expired,
    /// replaced. Ends when it lies deep enough, or when the ledger is disposed.
    /// </summary>
    /// <param name="id">The transaction's identity; it may still be unknown here.</param>
    /// <param name="confirmations">How deep is deep enough; by default nothing is.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="LedgerHaltedException">The ledger has stopped, and everything before that was told.</exception>
    public async IAsyncEnumerable<TransactionMoment> FollowAsync(
        TransactionId id, ulong confirmations = ulong.MaxValue, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        LifeDesk.Follower follower;
        lock (_gate)
        {
            ThrowIfStopped();
            follower = _lives.Add(id, _node.Chain.PlaceOf(id));
        }

        try
        {
            while (follower.Next() is var (moment, wait) && (moment is not null || wait is not null))
            {
                if (wait is not null) await wait.WaitAsync(cancellation).ConfigureAwait(false);
                if (moment is null) continue;
                yield return moment;
                cancellation.ThrowIfCancellationRequested();
                if (moment.Stage == TransactionStage.Confirmed && moment.Confirmations >= confirmations) yield break;
            }
        }
        finally
        {
            lock (_gate) _lives.Remove(id, follower);
        }
    }
}
