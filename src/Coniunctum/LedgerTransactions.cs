using System.Diagnostics;
using System.Runtime.CompilerServices;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;

namespace Coniunctum;

/// <summary>The lives of transactions: from the pool into blocks, and ever deeper. Safe to use from all threads.</summary>
/// <example>
/// <code>
/// await foreach (TransactionUpdate update in ledger.Transactions.FollowAsync(id, confirmations: 6))
///     Console.WriteLine($"{update.Stage}, {update.Confirmations} blocks deep");
/// </code>
/// </example>
public sealed class LedgerTransactions : INodeListener
{
    private readonly ChainProfile _profile;
    private readonly BlockId _chainId;
    private readonly NodeRunner _runner;
    private readonly LedgerChain _chain;
    private readonly LedgerPool _pool;
    private readonly BlockSubmissions _blocks;
    private readonly TransactionSearch _search;
    private readonly ConfirmationWaiters _confirmations = new();
    private readonly TransactionSubscriptions _lives = new();

    internal LedgerTransactions(
        ChainProfile profile, BlockId chainId, NodeRunner runner, LedgerChain chain, LedgerPool pool, BlockSubmissions blocks, TransactionSearch search)
    {
        _profile = profile;
        _chainId = chainId;
        _runner = runner;
        _chain = chain;
        _pool = pool;
        _blocks = blocks;
        _search = search;
    }

    /// <inheritdoc cref="ILedger.SubmitAndConfirmAsync"/>
    public async Task<Confirmation> SubmitAndConfirmAsync(
        Transaction transaction, int confirmations = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentOutOfRangeException.ThrowIfLessThan(confirmations, 1);
        using Activity? activity = LedgerDiagnostics.Start("coniunctum.confirm");
        TaskCompletionSource<Confirmation> confirmed = Answers.New<Confirmation>();
        TransactionId id = _profile.Format.SigningDigest(transaction, _chainId);
        activity?.SetTag("coniunctum.transaction", id.ToString());
        string? hopeless = _runner.ReadUnlessStopped(node =>
        {
            _confirmations.Add(id, (ulong)confirmations, confirmed);
            return WhyNoBlockComes(node);
        });

        try
        {
            if (hopeless is not null)
            {
                if (!await TryFindAsync(id, confirmed, cancellation).ConfigureAwait(false) || !confirmed.Task.IsCompleted)
                    throw new InvalidOperationException($"The transaction would wait for ever: {hopeless}.");
            }
            else
            {
                Admission admission = await _pool.SubmitAsync(transaction, cancellation).ConfigureAwait(false);
                if (!admission.IsValid && !IsOnItsWay(id, admission, confirmed)
                    && !(MayBeConfirmed(admission) && await TryFindAsync(id, confirmed, cancellation).ConfigureAwait(false)))
                {
                    throw new TransactionRejectedException(admission);
                }
            }

            return Complete(await confirmed.Task.WaitAsync(cancellation).ConfigureAwait(false), transaction);
        }
        finally
        {
            _runner.Do(() => _confirmations.Remove(id, confirmed));
        }
    }

    /// <inheritdoc cref="ILedger.FollowAsync"/>
    public async IAsyncEnumerable<TransactionUpdate> FollowAsync(
        TransactionId id, ulong confirmations = ulong.MaxValue, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        TransactionSubscriptions.Follower follower = _runner.ReadUnlessStopped(node => _lives.Add(id, node.Chain.PlaceOf(id)));
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
            _runner.Do(() => _lives.Remove(id, follower));
        }
    }

    /// <summary>
    /// Returns a receipt of a transaction of the best chain: what proves to someone without a ledger that its block holds it. Looked for
    /// in the index, as far as it reaches, then in the last 1,000 blocks.
    /// </summary>
    /// <param name="id">The transaction's identity.</param>
    /// <param name="cancellation">Stops looking.</param>
    /// <returns>The receipt; <c>null</c> where the chain does not have the transaction, or its block was pruned.</returns>
    public async Task<TransactionReceipt?> FindReceiptAsync(TransactionId id, CancellationToken cancellation = default)
    {
        HashedBlock? block = await Task.Run(() => _search.FindBlockOf(id, cancellation), cancellation).ConfigureAwait(false);
        return block is null || _chain.ConfirmationsOf(block.Id) == 0 ? null : TransactionReceipt.Create(block, id, _profile, _chainId);
    }

    void INodeListener.Take(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.TransactionDropped dropped:
                _confirmations.Drop(dropped.Transaction.Id, dropped.Admission);
                _lives.Follow(dropped);
                break;
            case NodeEffect.TransactionMoved moved:
                _lives.Follow(moved);
                break;
            case NodeEffect.TipMoved moved:
                _confirmations.Follow(moved);
                _lives.Follow(moved);
                break;
            default:
                break;
        }
    }

    void INodeListener.End(LedgerHaltedException reason)
    {
        _confirmations.Fail(reason);

        // At the owner's own end the streams end without a fault.
        _lives.End(reason.Reason.Code == HaltCode.Stopped ? null : reason);
    }

    /// <summary>Whether a confirmed transaction would be refused for this when it is submitted again.</summary>
    private static bool MayBeConfirmed(Admission admission) => admission.Verdict.Rule is BlockRule.TagReused or BlockRule.TagOutsideWindow;

    /// <summary>Says why no block will ever come, as far as this node knows; <c>null</c> when one may. Runs under the gate.</summary>
    private string? WhyNoBlockComes(NodeCore<ChainCore> node) =>
        !_blocks.ReceivesBlocks && node.Production is { State: ProductionState.NoProducer or ProductionState.Finished } production
            ? $"{production.Reason}, and no block has come from elsewhere or is expected (UseAuthority, UseProofOfWork or a producer of one's own make blocks; SubmitBlockAsync takes them, and FollowOthers says that they will come)"
            : null;

    /// <summary>Whether a transaction that the pool did not take is there already, or came by a block before the pool could take it.</summary>
    private bool IsOnItsWay(TransactionId id, Admission admission, TaskCompletionSource<Confirmation> answer) =>
        admission.Rule == PoolRule.AlreadyKnown || _runner.Read(node => _confirmations.IsInChain(id, answer) || node.Chain.IsBeingCommitted(id));

    /// <summary>Looks for a transaction in the chain, for one who waits for it; returns whether it is there.</summary>
    private async Task<bool> TryFindAsync(TransactionId id, TaskCompletionSource<Confirmation> answer, CancellationToken cancellation)
    {
        if (await Task.Run(() => _search.FindBlockOf(id, cancellation), cancellation).ConfigureAwait(false) is not { } block) return false;

        // The chain may have left it since: then it is waited for.
        return _runner.Read(_ => _confirmations.Find(
            id, answer, block, _chain.Tip.Header.Height, _chain.FinalHeight, isInChain: _chain.ConfirmationsOf(block.Id) > 0));
    }

    /// <summary>Adds what became of the call, which a plain payment does not have, and a warning where there is one.</summary>
    private Confirmation Complete(Confirmation confirmation, Transaction transaction)
    {
        if (_chain.UnknownRuleset is { } unknown && confirmation.Height > unknown.ForkHeight) confirmation = confirmation with { UnknownRuleset = unknown };
        if (transaction.Payload.IsEmpty || _chain.FailedCallsOf(confirmation.Block) is not { Count: > 0 } failed) return confirmation;
        IReadOnlyList<HashedTransaction>? transactions = _chain.FindBlock(confirmation.Block)?.Transactions;
        FailedCall refused = failed.FirstOrDefault(call => transactions?[call.Index].Id == confirmation.Transaction);
        return confirmation with { Refusal = refused.Reason };
    }
}
