using System.Collections.Immutable;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>A reward that is not mature yet.</summary>
internal readonly record struct PendingReward(Address Receiver, ulong Amount);

/// <summary>The reward of a height before and after a block; <c>null</c> where none is pending.</summary>
internal readonly record struct RewardChange(ulong Height, PendingReward? Before, PendingReward? After);

/// <summary>
/// The rewards that are not mature, and what of each balance they lock. Immutable and small: as many rewards as maturity
/// counts blocks.
/// </summary>
internal sealed class PendingRewards
{
    private readonly ImmutableSortedDictionary<ulong, PendingReward> _byHeight;
    private readonly ImmutableDictionary<Address, ulong> _locked;

    private PendingRewards(ImmutableSortedDictionary<ulong, PendingReward> byHeight, ImmutableDictionary<Address, ulong> locked)
    {
        _byHeight = byHeight;
        _locked = locked;
    }

    public static PendingRewards None { get; } =
        new(ImmutableSortedDictionary<ulong, PendingReward>.Empty, ImmutableDictionary<Address, ulong>.Empty);

    /// <summary>The rewards in rising order of heights.</summary>
    public IReadOnlyDictionary<ulong, PendingReward> ByHeight => _byHeight;

    public ulong LockedOf(Address address) => _locked.IsEmpty ? 0 : _locked.GetValueOrDefault(address);

    public PendingRewards With(ulong height, PendingReward reward) =>
        new(_byHeight.Add(height, reward), _locked.SetItem(reward.Receiver, checked(LockedOf(reward.Receiver) + reward.Amount)));

    public PendingRewards Without(ulong height)
    {
        if (!_byHeight.TryGetValue(height, out PendingReward reward)) return this;
        ulong rest = checked(LockedOf(reward.Receiver) - reward.Amount);
        return new(
            _byHeight.Remove(height),
            rest == 0 ? _locked.Remove(reward.Receiver) : _locked.SetItem(reward.Receiver, rest));
    }

    /// <summary>Does the changes. Throws when they were made on another state.</summary>
    public PendingRewards With(ReadOnlySpan<RewardChange> changes)
    {
        PendingRewards rewards = this;
        foreach (RewardChange change in changes)
        {
            PendingReward? found = rewards._byHeight.TryGetValue(change.Height, out PendingReward reward) ? reward : null;
            if (found != change.Before) throw StateMismatch.Error();
            rewards = rewards.Without(change.Height);
            if (change.After is { } after) rewards = rewards.With(change.Height, after);
        }

        return rewards;
    }

    /// <summary>Returns what must change for this to become other rewards, in rising order of heights.</summary>
    public RewardChange[] ChangesTo(PendingRewards other)
    {
        if (ReferenceEquals(this, other)) return [];
        return
        [
            .. _byHeight.Keys.Union(other._byHeight.Keys).Order()
                .Select(height => new RewardChange(height, At(height), other.At(height)))
                .Where(change => change.Before != change.After),
        ];
    }

    private PendingReward? At(ulong height) => _byHeight.TryGetValue(height, out PendingReward reward) ? reward : null;
}
