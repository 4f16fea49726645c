using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;

namespace Coniunctum;

/// <summary>
/// A ledger at one moment, immutable: everything that it answers is true after the same block, whatever happens meanwhile. That
/// block is durable, and so is all that is said of balances, entries and supply. Taking a view copies nothing and waits for nothing;
/// it keeps its state in memory for as long as it is held. Safe to use from all threads.
/// </summary>
/// <example>
/// <code>
/// LedgerView view = ledger.ReadView();
/// Console.WriteLine($"{view.Balance(friend)} of {view.Supply} at height {view.Tip.Header.Height}");
/// </code>
/// </example>
public sealed class LedgerView
{
    private StateReading? _state;

    internal LedgerView(in LedgerStatus status, OwnedReading state) => (Status, State) = (status, state);

    /// <summary>The last durable block when the view was published. The rest is true after it.</summary>
    public HashedBlock Tip => Status.Tip;

    /// <summary>Base units in existence.</summary>
    public ulong Supply => Status.Supply;

    /// <summary>
    /// Tip, supply and final height, and what changes without a block: pool, what block production waits for, and whether the ledger
    /// works, each as it was when the view was published.
    /// </summary>
    public LedgerStatus Status { get; }

    /// <summary>The state after <see cref="Tip"/>, for whoever publishes views.</summary>
    internal OwnedReading State { get; }

    private StateReading Given => _state ?? throw new InvalidOperationException("The view was not handed out.");

    /// <summary>Returns what an address owns, in base units; 0 for an unknown one.</summary>
    /// <param name="address">The address.</param>
    public ulong Balance(Address address) => Given.BalanceOf(address);

    /// <summary>Returns the part of an address's balance that may be spent now: rewards mature first.</summary>
    /// <param name="address">The address.</param>
    public ulong SpendableBalance(Address address) => Given.BalanceOf(address) - Given.LockedOf(address);

    /// <summary>Returns the value of an application's key; empty when it has none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) => Given.EntryOf(application, key);

    /// <summary>Proves what an address owns after <see cref="Tip"/>, or that it owns nothing.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="ArgumentException">The chain's format has no state root.</exception>
    public ProofAtTip ProveBalance(Address address) => new(Tip, Given.ProveBalance(address));

    /// <summary>Proves what stands under an application's key after <see cref="Tip"/>, or that nothing does.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    /// <exception cref="ArgumentException">The chain's format has no state root.</exception>
    public ProofAtTip ProveEntry(AppId application, ReadOnlySpan<byte> key) => new(Tip, Given.ProveEntry(application, key));

    /// <summary>Makes the view one that may be held for ever; false when its state was given up before.</summary>
    internal bool TryGive()
    {
        if (Volatile.Read(ref _state) is not null) return true;
        if (!State.TryGive(out StateReading? state)) return false;
        Volatile.Write(ref _state, state);
        return true;
    }
}
