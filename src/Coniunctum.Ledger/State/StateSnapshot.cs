using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The state after one block, for as long as it is wanted, while the <see cref="LedgerState"/> it was taken of moves on in
/// any direction. Taking one copies no account and no tag. May be read from any thread.
/// </summary>
[JsonConverter(typeof(NoJsonConverter<StateSnapshot>))]
public sealed class StateSnapshot
{
    internal StateSnapshot(
        FormatTraits traits, TagKey tagKey, StateSummary summary, StateTree tree, PendingRewards rewards, KeyValuePair<ulong, TagBucket.Copy>[] tags)
    {
        Traits = traits;
        TagKey = tagKey;
        Summary = summary;
        Tree = tree;
        Rewards = rewards;
        Tags = tags;
    }

    /// <summary>The height of the block after which this is the state.</summary>
    public ulong Height => Summary.Height;

    /// <summary>Base units in existence.</summary>
    public ulong Supply => Summary.Supply;

    /// <summary>The root of the state tree; zero where the format has none.</summary>
    public Hash256 StateRoot => Summary.StateRoot;

    /// <summary>How many addresses own something.</summary>
    public int AccountCount => Tree.AccountCount;

    /// <summary>How many entries applications have.</summary>
    public int EntryCount => Tree.EntryCount;

    internal FormatTraits Traits { get; }

    internal TagKey TagKey { get; }

    internal StateSummary Summary { get; }

    internal StateTree Tree { get; }

    internal PendingRewards Rewards { get; }

    /// <summary>The remembered tags, by the height after which they are forgotten.</summary>
    internal KeyValuePair<ulong, TagBucket.Copy>[] Tags { get; }

    /// <summary>Returns what an address owns, in base units; 0 for an unknown one.</summary>
    /// <param name="address">The address.</param>
    public ulong BalanceOf(Address address) => Tree.BalanceAt(StateKeys.OfAccount(address));

    /// <summary>Returns the value of an application's key; empty when it has none.</summary>
    /// <param name="application">The application.</param>
    /// <param name="key">The application's own key.</param>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) =>
        Tree.ValueAt(StateKeys.OfApplication(application.Value, key));

    /// <summary>
    /// Returns what stands in this state and not, or otherwise, in another one, in the same order whatever the two were read from. Every
    /// account and entry of both is looked at.
    /// </summary>
    /// <param name="after">The other state.</param>
    public IEnumerable<StateDifference> DifferencesTo(StateSnapshot after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return StateComparison.Between(Tree, after.Tree);
    }

    /// <summary>
    /// Computes a digest of what every node of the chain has the same of after the block: accounts, applications' entries, supply, and
    /// rewards that are not mature. Used tags are left out, which each ledger keeps under a key of its own.
    /// </summary>
    /// <param name="cancellation">Stops it.</param>
    public Hash256 ComputeDigest(CancellationToken cancellation = default) => StateDigest.Of(this, cancellation);
}
