using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;

namespace Coniunctum;

/// <summary>
/// What an application does with a ledger: signs for it, reads, writes and follows. <see cref="LedgerHost"/> is one that runs;
/// an application's tests bring one of their own.
/// </summary>
/// <example>
/// <code>
/// public sealed class Till(ILedger ledger, PrivateKey key)
/// {
///     public Task&lt;Confirmation&gt; PayAsync(Address shop, ulong price) =&gt;
///         ledger.SubmitAndConfirmAsync(Transfer.Sign(key, to: shop, amount: price, ledger.Context));
/// }
/// </code>
/// </example>
public interface ILedger
{
    /// <summary>What a sender needs to sign a transfer, as of now.</summary>
    TransferContext Context { get; }

    /// <summary>Returns what an address owns, in base units, as of the last durable block.</summary>
    /// <param name="address">The address.</param>
    ulong Balance(Address address);

    /// <summary>Returns the value of an application's key, as of the last durable block; empty when it has none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key);

    /// <summary>Submits a transaction to the pool.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    /// <returns>Whether it is in the pool now, or which rule keeps it out.</returns>
    /// <exception cref="ArgumentException">The format cannot express the transaction; the message says why.</exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    Task<Admission> SubmitAsync(Transaction transaction, CancellationToken cancellation = default);

    /// <summary>
    /// Submits a transaction and waits until blocks confirm it. One that is in the pool already is waited for likewise, and one that
    /// is in the chain already is answered with the block that holds it: as far back as the index reaches
    /// (<see cref="LedgerBuilder.UseIndex"/>), or among the last 1,000 blocks without one.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="confirmations">How many blocks: 1 for the one that holds it, more for blocks on top. At least 1.</param>
    /// <param name="cancellation">Stops waiting; the transaction stays in the pool.</param>
    /// <returns>Where it was confirmed.</returns>
    /// <exception cref="InvalidOperationException">
    /// Nothing here makes blocks, or no more of them, none was submitted yet and none is expected
    /// (<see cref="LedgerBuilder.FollowOthers"/>, <see cref="LedgerBuilder.UseNetwork(NetworkOptions)"/>): waiting would have no end. The transaction was not submitted.
    /// </exception>
    /// <exception cref="TransactionRejectedException">A rule keeps it out, or it was dropped from the pool.</exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    Task<Confirmation> SubmitAndConfirmAsync(Transaction transaction, int confirmations = 1, CancellationToken cancellation = default);

    /// <summary>
    /// Tells the life of a transaction from now on: pooled, confirmed ever deeper, disconnected, back in the pool, expired,
    /// replaced. Ends when it lies deep enough, or when the ledger is disposed.
    /// </summary>
    /// <param name="id">The transaction's identity; it may still be unknown here.</param>
    /// <param name="confirmations">How deep is deep enough; by default nothing is.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="LedgerHaltedException">The ledger has stopped, and everything before that was reported.</exception>
    IAsyncEnumerable<TransactionUpdate> FollowAsync(TransactionId id, ulong confirmations = ulong.MaxValue, CancellationToken cancellation = default);

    /// <summary>
    /// Tells every change of the best chain from a cursor on, without gaps: after a reorganization it first disconnects what
    /// the subscriber has seen. Ends when the ledger is disposed. Each subscriber reads at its own pace; nothing piles up.
    /// </summary>
    /// <param name="after">The last block that the subscriber has seen (<see cref="LedgerEvent.Cursor"/>); <c>null</c> for genesis.</param>
    /// <param name="cancellation">Ends the stream.</param>
    /// <exception cref="ArgumentException">No block of this identity was ever part of the best chain.</exception>
    /// <exception cref="InvalidOperationException">A block that would have to be told was pruned: only its header is left.</exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped, and everything before that was reported.</exception>
    IAsyncEnumerable<LedgerEvent> EventsAsync(BlockId? after = null, CancellationToken cancellation = default);
}
