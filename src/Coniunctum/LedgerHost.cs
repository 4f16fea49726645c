using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// A ledger of this process: made stopped by <see cref="LedgerBuilder.Build"/>, then started once, then stopped for good. Has what
/// an application needs (<see cref="ILedger"/>) at hand, and the rest in parts: <see cref="Chain"/>, <see cref="ReadView"/>,
/// <see cref="Pool"/>, <see cref="Transactions"/>, <see cref="Network"/>, <see cref="Development"/>. Safe to use from several
/// threads. Dispose it to stop; the store is disposed with it.
/// </summary>
/// <remarks>Everything but starting and stopping throws <see cref="InvalidOperationException"/> before the ledger was started.</remarks>
/// <example>
/// <code>
/// Transaction transfer = Transfer.Sign(key, to: friend, amount: 5, ledger.Context);
/// Confirmation confirmation = await ledger.SubmitAndConfirmAsync(transfer);
/// Console.WriteLine(ledger.Balance(friend));
/// </code>
/// </example>
public sealed class LedgerHost : ILedger, IAsyncDisposable
{
    private readonly LedgerLife _life;

    internal LedgerHost(LedgerSetup setup) => _life = new LedgerLife(setup);

    /// <summary>Everything that the chain's nodes agree on.</summary>
    public ChainProfile Profile => Parts.Profile;

    /// <summary>The identity of the genesis block, and so of the chain.</summary>
    public BlockId ChainId => Parts.ChainId;

    /// <inheritdoc/>
    public TransferContext Context => new(Parts.Profile, Parts.ChainId, Tip.Header.Height, Parts.Setup.Entropy);

    /// <summary>The last durable block of the best chain.</summary>
    public HashedBlock Tip => Chain.Tip;

    /// <summary>The best chain as far as it is durable: headers, blocks, every change.</summary>
    public LedgerChain Chain => Parts.Chain;

    /// <summary>The transactions that wait for a block.</summary>
    public LedgerPool Pool => Parts.Pool;

    /// <summary>The lives of transactions, from the pool into blocks and deeper.</summary>
    public LedgerTransactions Transactions => Parts.Transactions;

    /// <summary>Going back in time, for tests and games.</summary>
    public LedgerDevelopment Development => Parts.Development;

    /// <summary>The connections with other nodes, or <c>null</c> without <see cref="LedgerBuilder.UseNetwork(NetworkOptions)"/>.</summary>
    public LedgerNetwork? Network => Parts.Network;

    /// <summary>How many nonces were tried since the start; its growth over time is the hash rate.</summary>
    public long HashesTried => Parts.Search.Tried;

    /// <summary>Why the ledger has stopped accepting, or <c>null</c> while it works.</summary>
    public HaltReason? Halted => Parts.Runner.Halted;

    /// <summary>
    /// What answers questions about the past, or <c>null</c> without <see cref="LedgerBuilder.UseIndex"/>. It may lag behind the
    /// tip, and says how far it is.
    /// </summary>
    public IChainIndex? Index => Parts.Index;

    /// <summary>Why the index is not kept up any more, or <c>null</c> while it is.</summary>
    public string? IndexFault => Parts.IndexFault;

    internal LedgerParts Parts => _life.Parts;

    /// <summary>Opens the store, restores its chain, and starts the node.</summary>
    /// <param name="cancellation">Stops restoring; nothing is left running then, and the ledger cannot be started again.</param>
    /// <exception cref="InvalidOperationException">The ledger was started before, if in vain; what ended it does not leave its store open.</exception>
    /// <exception cref="ObjectDisposedException">It was stopped.</exception>
    /// <exception cref="ArgumentException">The profile or the rule's parameters are impossible; the message says why.</exception>
    /// <exception cref="LedgerOpenException">The store is damaged, or an import into it was cut off: <see cref="LedgerOpenException.Fault"/> says which.</exception>
    /// <exception cref="OtherChainException">The store holds another chain; the message names what differs, such as the authority's key.</exception>
    /// <exception cref="NetworkStartException">The network cannot be started: a port in use, or an unreadable key file.</exception>
    public Task StartAsync(CancellationToken cancellation = default) => _life.StartAsync(cancellation);

    /// <summary>Stops as <see cref="DisposeAsync"/> does. One that was never started closes its store.</summary>
    /// <param name="cancellation">Stops waiting; the ledger stops all the same.</param>
    public Task StopAsync(CancellationToken cancellation = default) => _life.StopAsync().WaitAsync(cancellation);

    /// <summary>
    /// Stops the node: searches are cancelled, commits that were begun are finished, the store is disposed. Disposing again
    /// waits for the same end.
    /// </summary>
    public ValueTask DisposeAsync() => _life.DisposeAsync();

    /// <summary>
    /// Returns the ledger as it is at one moment: what the view answers agrees with itself, whatever happens meanwhile. Nothing is
    /// waited for. The view is that of the last durable block: whoever was told of a block, by a confirmation, an event or a tip, finds
    /// it in each view that it reads from then on.
    /// </summary>
    public LedgerView ReadView() => Parts.Views.ReadView();

    /// <inheritdoc/>
    public ulong Balance(Address address) => Parts.Views.BalanceOf(address);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) => Parts.Views.EntryOf(application, key);

    /// <inheritdoc/>
    public Task<Admission> SubmitAsync(Transaction transaction, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return Pool.SubmitAsync(transaction, cancellation);
    }

    /// <inheritdoc/>
    public Task<Confirmation> SubmitAndConfirmAsync(Transaction transaction, int confirmations = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return Transactions.SubmitAndConfirmAsync(transaction, confirmations, cancellation);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<TransactionUpdate> FollowAsync(
        TransactionId id, ulong confirmations = ulong.MaxValue, CancellationToken cancellation = default) =>
        Transactions.FollowAsync(id, confirmations, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<LedgerEvent> EventsAsync(BlockId? after = null, CancellationToken cancellation = default) =>
        Chain.EventsAsync(after, cancellation);

    /// <summary>Submits a block that was made elsewhere.</summary>
    /// <param name="block">The block.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    /// <returns>
    /// Valid where it is taken, to be proven and executed, or is known already; otherwise which rule it violates, or why it is not
    /// looked at. Whether it becomes part of the best chain is reported by <see cref="EventsAsync"/>.
    /// </returns>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public Task<Verdict> SubmitBlockAsync(HashedBlock block, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(block);
        return Parts.Blocks.SubmitAsync(block, cancellation);
    }

    /// <summary>
    /// Waits until the chain has settled: every block that was accepted so far is part of the best chain durably, was refused,
    /// or stands aside because another chain is better.
    /// </summary>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public Task WaitUntilSettledAsync(CancellationToken cancellation = default) => Parts.Runner.WaitUntilIdleAsync(cancellation);
}
