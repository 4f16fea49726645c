using System.Collections.Immutable;
using System.Diagnostics;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>The transactions that wait for a block here. Safe to use from all threads.</summary>
/// <example>
/// <code>
/// Admission admission = await ledger.Pool.SubmitAsync(transfer);
/// if (!admission.IsValid) Console.WriteLine(admission.Message);
/// Console.WriteLine($"{ledger.Pool.Count} wait for a block");
/// </code>
/// </example>
public sealed class LedgerPool : INodeListener
{
    private readonly NodeRunner _runner;
    private readonly ViewPublisher _views;
    private readonly ChainProfile _profile;
    private readonly BlockId _chainId;
    private readonly Dictionary<long, TaskCompletionSource<Admission>> _tickets = [];
    private long _lastTicket;

    internal LedgerPool(NodeRunner runner, ViewPublisher views, ChainProfile profile, BlockId chainId) =>
        (_runner, _views, _profile, _chainId) = (runner, views, profile, chainId);

    /// <summary>How many transactions are ready for the next block that has room. Waits for nothing.</summary>
    public int Count => _views.Status.PoolCount;

    /// <summary>How many transactions wait for a balance or for their window to open.</summary>
    public int WaitingCount => _runner.Read(static node => node.Chain.WaitingCount);

    /// <summary>Why the pool of the run before is lost, or <c>null</c> where it was restored, or there was none.</summary>
    public string? RestoreFault { get; internal set; }

    /// <summary>Returns where the pool has a transaction: ready, waiting, or outside of it.</summary>
    /// <param name="id">The transaction's identity.</param>
    public PoolStatus StatusOf(TransactionId id) => _runner.Read(node => node.Chain.PlaceOf(id));

    /// <summary>Returns a transaction that is in the pool, ready or waiting; <c>null</c> for any other.</summary>
    /// <param name="id">The transaction's identity.</param>
    public HashedTransaction? Find(TransactionId id) => _runner.Read(node => node.Chain.FindPooled(id));

    /// <summary>Returns the first transactions of the pool: those that are ready by what they pay, then those that wait, the oldest first.</summary>
    /// <param name="limit">How many at most; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is negative.</exception>
    public ImmutableArray<PooledTransaction> ReadFirst(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return _runner.Read(node => node.Chain.ReadPool(limit));
    }

    /// <inheritdoc cref="ILedger.SubmitAsync"/>
    public async Task<Admission> SubmitAsync(Transaction transaction, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        HashedTransaction hashed = new TransactionHasher(_profile.Format, _chainId).Hash(transaction);
        using Activity? activity = LedgerDiagnostics.Start("coniunctum.submit");
        Admission admission = await _runner.AskAsync<Admission>(
            answer =>
            {
                _tickets.Add(++_lastTicket, answer);
                return new NodeInput.TransactionArrived(_lastTicket, hashed);
            },
            0,
            cancellation).ConfigureAwait(false);
        activity?.SetTag("coniunctum.transaction", hashed.Id.ToString()).SetTag("coniunctum.outcome", admission.RuleName);
        return admission;
    }

    void INodeListener.Take(NodeEffect effect)
    {
        // The network counts the tickets of what peers send by itself.
        if (effect is NodeEffect.TransactionJudged { From.IsOwn: true } judged && _tickets.Remove(judged.Ticket, out TaskCompletionSource<Admission>? answer))
            answer.TrySetResult(judged.Admission);
    }

    void INodeListener.End(LedgerHaltedException reason)
    {
        foreach (TaskCompletionSource<Admission> answer in _tickets.Values) answer.TrySetException(reason);
        _tickets.Clear();
    }
}
