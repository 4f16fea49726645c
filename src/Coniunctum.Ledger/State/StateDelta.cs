using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>Everything that one block (or a branch) changes: what adopting it does and what undoing it reverts. Immutable.</summary>
public sealed class StateDelta
{
    internal StateDelta(
        TableChange<Address, ulong>[] balances,
        TableChange<Address, ulong>[] locked,
        TableChange<ulong, PendingReward>[] rewards,
        TableChange<TagKey, Nothing>[] tags,
        TableChange<ulong, TagBucket>[] buckets,
        StateSummary before,
        StateSummary after)
    {
        Balances = balances;
        Locked = locked;
        Rewards = rewards;
        Tags = tags;
        Buckets = buckets;
        Before = before;
        After = after;
    }

    internal TableChange<Address, ulong>[] Balances { get; }

    internal TableChange<Address, ulong>[] Locked { get; }

    internal TableChange<ulong, PendingReward>[] Rewards { get; }

    internal TableChange<TagKey, Nothing>[] Tags { get; }

    internal TableChange<ulong, TagBucket>[] Buckets { get; }

    internal StateSummary Before { get; }

    internal StateSummary After { get; }

    /// <summary>The addresses whose balances, or what of them may be spent, differ before and after; some are listed twice.</summary>
    public IEnumerable<Address> TouchedAddresses =>
        Balances.Select(change => change.Key).Concat(Locked.Select(change => change.Key));

    /// <summary>Returns the delta that undoes this one.</summary>
    public StateDelta Reverse() =>
        new(Reverse(Balances), Reverse(Locked), Reverse(Rewards), Reverse(Tags), Reverse(Buckets), After, Before);

    /// <summary>Returns the same delta that ends with another history tree.</summary>
    internal StateDelta WithHistory(HistoryTree history) =>
        new(Balances, Locked, Rewards, Tags, Buckets, Before, After with { History = history });

    private static TableChange<TKey, TValue>[] Reverse<TKey, TValue>(TableChange<TKey, TValue>[] changes) =>
        Array.ConvertAll(changes, change => change.Reversed);
}
