using Coniunctum.Consensus;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <content>Transactions that are waited for until blocks confirm them.</content>
public sealed partial class LedgerHost
{
    // Where no index knows, a transaction that is in the chain already is looked for in so many of the last blocks.
    private const int SearchedBlocks = 1_000;

    // Guarded by the gate.
    private bool _receivesBlocks;

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
    /// (<see cref="LedgerBuilder.FollowOthers"/>): waiting would have no end. The transaction was not submitted.
    /// </exception>
    /// <exception cref="TransactionRejectedException">A rule keeps it out, or it was dropped from the pool.</exception>
    /// <exception cref="LedgerHaltedException">The ledger has stopped.</exception>
    public async Task<Confirmation> SubmitAndConfirmAsync(
        Transaction transaction, int confirmations = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentOutOfRangeException.ThrowIfLessThan(confirmations, 1);
        TaskCompletionSource<Confirmation> confirmed = Answers.New<Confirmation>();
        TransactionId id = Profile.Format.SigningDigest(transaction, ChainId);
        string? hopeless;
        lock (_gate)
        {
            ThrowIfStopped();
            _confirmations.Add(id, (ulong)confirmations, confirmed);
            hopeless = WhyNoBlockComes();
        }

        try
        {
            if (hopeless is not null)
            {
                if (!await TryFindAsync(id, confirmed, cancellation).ConfigureAwait(false) || !confirmed.Task.IsCompleted)
                    throw new InvalidOperationException($"The transaction would wait for ever: {hopeless}.");
            }
            else
            {
                Admission admission = await SubmitAsync(transaction, cancellation).ConfigureAwait(false);
                if (!admission.IsValid && !IsOnItsWay(id, admission, confirmed)
                    && !(MayBeConfirmed(admission) && await TryFindAsync(id, confirmed, cancellation).ConfigureAwait(false)))
                {
                    throw new TransactionRejectedException(admission);
                }
            }

            return WithWarning(WithOutcome(await confirmed.Task.WaitAsync(cancellation).ConfigureAwait(false), transaction));
        }
        finally
        {
            lock (_gate) _confirmations.Remove(id, confirmed);
        }
    }

    /// <summary>Whether a confirmed transaction would be refused for this when it is submitted again.</summary>
    private static bool MayBeConfirmed(Admission admission) => admission.Verdict.Rule is BlockRule.TagReused or BlockRule.TagOutsideWindow;

    /// <summary>Says why no block will ever come, as far as this node knows; <c>null</c> when one may. Runs under the gate.</summary>
    private string? WhyNoBlockComes() =>
        !_receivesBlocks && _node.Production is { State: ProductionState.NoProducer or ProductionState.Finished } production
            ? $"{production.Reason}, and no block has come from elsewhere or is expected (UseAuthority, UseProofOfWork or a producer of one's own make blocks; SubmitBlockAsync takes them, and FollowOthers says that they will come)"
            : null;

    /// <summary>Whether a transaction that the pool did not take is there already, or came by a block before the pool could take it.</summary>
    private bool IsOnItsWay(TransactionId id, Admission admission, TaskCompletionSource<Confirmation> answer)
    {
        if (admission.Rule == PoolRule.AlreadyKnown) return true;
        lock (_gate) return _confirmations.IsInChain(id, answer) || _node.Chain.IsBeingCommitted(id);
    }

    /// <summary>Looks for a transaction in the chain, for one who waits for it; returns whether it is there.</summary>
    private async Task<bool> TryFindAsync(TransactionId id, TaskCompletionSource<Confirmation> answer, CancellationToken cancellation)
    {
        if (await Task.Run(() => FindBlockOf(id, cancellation), cancellation).ConfigureAwait(false) is not { } block) return false;
        lock (_gate)
        {
            // The chain may have left it since: then it is waited for.
            return _confirmations.Find(id, answer, block, Tip.Header.Height, FinalHeight, isInChain: ConfirmationsOf(block.Id) > 0);
        }
    }

    private HashedBlock? FindBlockOf(TransactionId id, CancellationToken cancellation)
    {
        ulong height = Tip.Header.Height;
        ulong lowest = height < SearchedBlocks ? 1 : height - SearchedBlocks + 1;
        if (Index is { Tip: { } indexed } index && IdAt(indexed.Height) == indexed.Id)
        {
            if (index.Find(id) is { } found) return BlockAt(found.Height);
            lowest = Math.Max(lowest, indexed.Height + 1);
        }

        for (; height >= lowest; height--)
        {
            cancellation.ThrowIfCancellationRequested();
            if (BlockAt(height) is not { } block) return null;
            if (block.Transactions.Any(transaction => transaction.Id == id)) return block;
        }

        return null;
    }
}
