using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;

namespace Coniunctum.Ledger.State;

/// <summary>The state of a chain after one block, to read.</summary>
public interface IStateView
{
    /// <summary>The height of the block after which this is the state.</summary>
    ulong Height { get; }

    /// <summary>Base units in existence: genesis and all subsidies since.</summary>
    ulong Supply { get; }

    /// <summary>Returns what an address owns, in base units; 0 for an unknown one.</summary>
    /// <param name="address">The address.</param>
    ulong BalanceOf(Address address);

    /// <summary>Returns the part of a balance that rewards brought and that may not be spent yet, in base units.</summary>
    /// <param name="address">The address.</param>
    ulong LockedOf(Address address);

    /// <summary>Returns whether a sender has used a tag in a transaction that is still remembered.</summary>
    /// <param name="sender">The sender.</param>
    /// <param name="tag">The tag.</param>
    bool IsTagUsed(Address sender, TransactionTag tag);

    /// <summary>Returns the value of an application's key; empty when it has none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key);

    /// <summary>Returns the root of the state tree; zero where the format has none.</summary>
    Hash256 StateRoot { get; }

    /// <summary>Returns the root of the history tree over all blocks up to this one; zero where the format has none.</summary>
    Hash256 HistoryRoot { get; }
}
