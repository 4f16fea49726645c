using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.State;

namespace Coniunctum;

/// <summary>
/// A ledger at one moment, immutable: everything that it answers is true after the same block, whatever happens meanwhile. Taking
/// one copies nothing; it keeps its state in memory for as long as it is held. Safe to use from all threads.
/// </summary>
/// <example>
/// <code>
/// LedgerView view = ledger.ReadView();
/// Console.WriteLine($"{view.Balance(friend)} of {view.Supply} at height {view.Tip.Header.Height}");
/// </code>
/// </example>
public sealed class LedgerView
{
    private readonly StateReading _state;

    internal LedgerView(in LedgerStatus status, StateReading state) => (Status, _state) = (status, state);

    /// <summary>
    /// The block after which the rest is true. It may be on its way to the store still, so that <see cref="LedgerHost.Tip"/> and
    /// <see cref="LedgerHost.EventsAsync"/> come to it a moment later.
    /// </summary>
    public HashedBlock Tip => Status.Tip;

    /// <summary>Base units in existence.</summary>
    public ulong Supply => Status.Supply;

    /// <summary>Tip, supply, pool, what block production waits for, and whether the ledger works.</summary>
    public LedgerStatus Status { get; }

    /// <summary>Returns what an address owns, in base units; 0 for an unknown one.</summary>
    /// <param name="address">The address.</param>
    public ulong Balance(Address address) => _state.BalanceOf(address);

    /// <summary>Returns the part of an address's balance that may be spent now: rewards mature first.</summary>
    /// <param name="address">The address.</param>
    public ulong SpendableBalance(Address address) => _state.BalanceOf(address) - _state.LockedOf(address);

    /// <summary>Returns the value of an application's key; empty when it has none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) => _state.EntryOf(application, key);

    /// <summary>Proves what an address owns after <see cref="Tip"/>, or that it owns nothing.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="ArgumentException">The chain's format has no state root.</exception>
    public ProofAtTip ProveBalance(Address address) => new(Tip, _state.ProveBalance(address));

    /// <summary>Proves what stands under an application's key after <see cref="Tip"/>, or that nothing does.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    /// <exception cref="ArgumentException">The chain's format has no state root.</exception>
    public ProofAtTip ProveEntry(AppId application, ReadOnlySpan<byte> key) => new(Tip, _state.ProveEntry(application, key));
}
