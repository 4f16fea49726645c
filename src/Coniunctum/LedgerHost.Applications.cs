using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;

namespace Coniunctum;

/// <content>What applications have set, and proofs of the state for those who have no ledger.</content>
public sealed partial class LedgerHost
{
    /// <summary>Returns the value of an application's key, as of the newest block; empty when it has none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key)
    {
        lock (_gate) return _node.Chain.State.EntryOf(application, key);
    }

    /// <summary>Proves what stands under an application's key after the newest block, or that nothing does.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    /// <exception cref="ArgumentException">The chain's format has no state root.</exception>
    public ProofAtTip ProveEntry(AppId application, ReadOnlySpan<byte> key)
    {
        lock (_gate) return new ProofAtTip(_node.Chain.Tip, _node.Chain.ProveEntry(application, key));
    }

    /// <summary>Proves what an address owns after the newest block, or that it owns nothing.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="ArgumentException">The chain's format has no state root.</exception>
    public ProofAtTip ProveBalance(Address address)
    {
        lock (_gate) return new ProofAtTip(_node.Chain.Tip, _node.Chain.ProveBalance(address));
    }

    /// <summary>
    /// Returns the calls that a block holds and that changed nothing but paid their fees, with applications' own turns that
    /// failed; <c>null</c> for a block that was never part of the best chain, and where this is not kept any more.
    /// </summary>
    /// <param name="block">The block's identity.</param>
    public IReadOnlyList<FailedCall>? FailedCallsOf(BlockId block) => _chain.FailedCallsOf(block);

    /// <summary>Adds what became of the call; a plain payment has none.</summary>
    private Confirmation WithOutcome(Confirmation confirmation, Transaction transaction)
    {
        if (transaction.Payload.IsEmpty || _chain.FailedCallsOf(confirmation.Block) is not { Count: > 0 } failed) return confirmation;
        IReadOnlyList<HashedTransaction>? transactions = _chain.Find(confirmation.Block)?.Transactions;
        FailedCall refused = failed.FirstOrDefault(call => transactions?[call.Index].Id == confirmation.Transaction);
        return confirmation with { Refusal = refused.Reason };
    }
}
