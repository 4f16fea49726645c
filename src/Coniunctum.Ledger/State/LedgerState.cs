using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The state at the chain's tip: balances, rewards that are not mature, used tags, and the two trees. It changes only by
/// whole deltas. Not safe to use from several threads at once.
/// </summary>
public sealed class LedgerState : IStateView
{
    internal BaseTable<Address, ulong> Balances { get; } = new();

    internal BaseTable<Address, ulong> Locked { get; } = new();

    internal BaseTable<ulong, PendingReward> Rewards { get; } = new();

    internal BaseTable<TagKey, Nothing> Tags { get; } = new();

    internal BaseTable<ulong, TagBucket> Buckets { get; } = new();

    internal StateSummary Summary { get; private set; } = StateSummary.Empty;

    /// <inheritdoc/>
    public ulong Height => Summary.Height;

    /// <inheritdoc/>
    public ulong Supply => Summary.Supply;

    /// <inheritdoc/>
    public Hash256 StateRoot => Summary.Tree.Root;

    /// <inheritdoc/>
    public Hash256 HistoryRoot => Summary.History.Root;

    /// <summary>How many addresses own something.</summary>
    public int AccountCount => Balances.Count;

    /// <summary>Every address that owns something, in no particular order.</summary>
    public IEnumerable<KeyValuePair<Address, ulong>> Accounts => Balances.Entries;

    /// <inheritdoc/>
    public ulong BalanceOf(Address address) => Balances.GetOrDefault(address);

    /// <inheritdoc/>
    public ulong LockedOf(Address address) => Locked.GetOrDefault(address);

    /// <inheritdoc/>
    public bool IsTagUsed(Address sender, TransactionTag tag) => Tags.Contains(new TagKey(sender, tag));

    /// <summary>Moves to the state after a delta.</summary>
    /// <param name="delta">One that was computed on this very state.</param>
    /// <exception cref="InvalidOperationException">It was computed on another state; nothing sound can follow.</exception>
    public void Apply(StateDelta delta)
    {
        if (delta.Before != Summary) throw new InvalidOperationException("A delta does not fit the state that it is applied to.");
        Balances.Apply(delta.Balances);
        Locked.Apply(delta.Locked);
        Rewards.Apply(delta.Rewards);
        Tags.Apply(delta.Tags);
        Buckets.Apply(delta.Buckets);
        Summary = delta.After;
    }
}
