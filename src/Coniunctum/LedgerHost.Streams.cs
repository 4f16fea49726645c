using System.Runtime.CompilerServices;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <content>What happens, told as streams.</content>
public sealed partial class LedgerHost
{
    /// <summary>
    /// Tells every change of the best chain from a cursor on, without gaps: after a reorganization it first disconnects what
    /// the subscriber has seen. Ends when the ledger is disposed. Each subscriber reads at its own pace; nothing piles up.
    /// </summary>
    /// <param name="after">The last block that the subscriber has seen (<see cref="LedgerEvent.Cursor"/>); <c>null</c> for genesis.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="ArgumentException">No block of this identity was ever part of the best chain.</exception>
    /// <exception cref="InvalidOperationException">A block that would have to be told was pruned: only its header is left.</exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped, and everything before that was told.</exception>
    public IAsyncEnumerable<LedgerEvent> EventsAsync(BlockId? after = null, CancellationToken cancellation = default) =>
        ReadEventsAsync(after, ulong.MaxValue, cancellation);

    /// <summary>
    /// Tells what <see cref="EventsAsync"/> tells, and beside it with <see cref="LedgerEvent.Finalized"/> how far what was told is
    /// final, whenever that has grown. Under rules without finality nothing but genesis ever is.
    /// </summary>
    /// <param name="after">The last block that the subscriber has seen; <c>null</c> for genesis.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public IAsyncEnumerable<LedgerEvent> EventsWithFinalityAsync(BlockId? after = null, CancellationToken cancellation = default) =>
        ReadEventsAsync(after, 0, cancellation);

    private async IAsyncEnumerable<LedgerEvent> ReadEventsAsync(BlockId? after, ulong final, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposal is not null, this);
        BlockId cursor = after ?? ChainId;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        while (true)
        {
            LedgerEvent next;
            try
            {
                next = await _chain.NextAsync(cursor, final, linked.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (_disposal is not null && exception is OperationCanceledException or ObjectDisposedException)
            {
                cancellation.ThrowIfCancellationRequested();
                yield break;
            }

            yield return next;
            cursor = next.Cursor;
            if (next is LedgerEvent.Finalized) final = next.Block.Header.Height;
        }
    }

    /// <summary>
    /// Tells the life of a transaction from now on: pooled, confirmed ever deeper, disconnected, back in the pool, expired,
    /// replaced. Ends when it lies deep enough, or when the ledger is disposed.
    /// </summary>
    /// <param name="id">The transaction's identity; it may still be unknown here.</param>
    /// <param name="confirmations">How deep is deep enough; by default nothing is.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="LedgerHaltedException">The ledger has stopped, and everything before that was told.</exception>
    public async IAsyncEnumerable<TransactionUpdate> FollowAsync(
        TransactionId id, ulong confirmations = ulong.MaxValue, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        TransactionSubscriptions.Follower follower;
        lock (_gate)
        {
            ThrowIfStopped();
            follower = _lives.Add(id, _node.Chain.PlaceOf(id));
        }

        try
        {
            while (follower.Next() is var (update, wait) && (update is not null || wait is not null))
            {
                if (wait is not null) await wait.WaitAsync(cancellation).ConfigureAwait(false);
                if (update is null) continue;
                yield return update;
                cancellation.ThrowIfCancellationRequested();
                if (update.Stage == TransactionStage.Confirmed && update.Confirmations >= confirmations) yield break;
            }
        }
        finally
        {
            lock (_gate) _lives.Remove(id, follower);
        }
    }
}
