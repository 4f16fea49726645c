using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.State;

/// <summary>
/// Accounts, entries and locked rewards after one block, for as long as they are wanted, while the <see cref="LedgerState"/> they
/// were read from moves on. Unlike a <see cref="StateSnapshot"/> it has no used tags, so that taking one costs the same whatever
/// the state's size. May be read from any thread.
/// </summary>
public sealed class StateReading
{
    private readonly FormatTraits _traits;
    private readonly StateTree _tree;
    private readonly PendingRewards _rewards;
    private readonly TreeLease _lease;

    internal StateReading(FormatTraits traits, StateTree tree, PendingRewards rewards, TreeLease lease) =>
        (_traits, _tree, _rewards, _lease) = (traits, tree, rewards, lease);

    private StateTree Tree => _lease.IsReleased ? throw new InvalidOperationException("The reading was given back.") : _tree;

    /// <summary>Returns what an address owns, in base units; 0 for an unknown one.</summary>
    /// <param name="address">The address.</param>
    public ulong BalanceOf(Address address) => Tree.BalanceAt(StateKeys.OfAccount(address));

    /// <summary>Returns the part of an address's balance that is rewards that are not mature.</summary>
    /// <param name="address">The address.</param>
    public ulong LockedOf(Address address) => _rewards.LockedOf(address);

    /// <summary>Returns the value of an application's key; empty when it has none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) => Tree.ValueAt(StateKeys.OfApplication(application.Value, key));

    /// <summary>Proves an address's balance, or that it has none.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="ArgumentException">The state's format has no state root.</exception>
    public StateProof ProveBalance(Address address) => StateProver.Prove(Tree, _traits, StateKeys.OfAccount(address));

    /// <summary>Proves the value under a key of an application, or that there is none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    /// <exception cref="ArgumentException">The state's format has no state root.</exception>
    public StateProof ProveEntry(AppId application, ReadOnlySpan<byte> key) => StateProver.Prove(Tree, _traits, StateKeys.OfApplication(application.Value, key));

    /// <summary>Proves what stands under any key of the state tree, or that nothing does.</summary>
    /// <param name="key">What the key is the hash of: 0x00‖address, or 0x01‖be4(application)‖its own key.</param>
    /// <exception cref="ArgumentException">The state's format has no state root.</exception>
    public StateProof ProveKey(ReadOnlySpan<byte> key) => StateProver.Prove(Tree, _traits, Sha3_256.Hash(key));

    /// <summary>Gives the state's nodes back: it must not be read any more.</summary>
    internal void Release() => _lease.Release();
}
