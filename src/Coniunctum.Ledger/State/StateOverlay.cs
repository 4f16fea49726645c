using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// A branch of the state: blocks are done and undone here while the state at the tip stays as it is, until the branch wins
/// and its total is applied at once, or the overlay is dropped.
/// </summary>
public sealed class StateOverlay : IStateView
{
    private readonly LedgerState _tip;

    /// <summary>Starts a branch at the tip.</summary>
    /// <param name="tip">The state at the tip; must not change while the overlay lives.</param>
    public StateOverlay(LedgerState tip)
    {
        _tip = tip;
        Balances = new(tip.Balances);
        Locked = new(tip.Locked);
        Rewards = new(tip.Rewards);
        Tags = new(tip.Tags);
        Buckets = new(tip.Buckets);
        Summary = tip.Summary;
        Supply = Summary.Supply;
    }

    internal TableOverlay<Address, ulong> Balances { get; }

    internal TableOverlay<Address, ulong> Locked { get; }

    internal TableOverlay<ulong, PendingReward> Rewards { get; }

    internal TableOverlay<TagKey, Nothing> Tags { get; }

    internal TableOverlay<ulong, TagBucket> Buckets { get; }

    /// <summary>The single values after the last finished block.</summary>
    internal StateSummary Summary { get; private set; }

    /// <inheritdoc/>
    public ulong Height => Summary.Height;

    /// <inheritdoc/>
    public ulong Supply { get; internal set; }

    /// <inheritdoc/>
    public Hash256 StateRoot => Summary.Tree.Root;

    /// <inheritdoc/>
    public Hash256 HistoryRoot => Summary.History.Root;

    /// <inheritdoc/>
    public ulong BalanceOf(Address address) => Balances.GetOrDefault(address);

    /// <inheritdoc/>
    public ulong LockedOf(Address address) => Locked.GetOrDefault(address);

    /// <inheritdoc/>
    public bool IsTagUsed(Address sender, TransactionTag tag) => Tags.Contains(new TagKey(sender, tag));

    /// <summary>Undoes or redoes a whole block.</summary>
    /// <param name="delta">The reversed delta of the block after which this is the state, or the delta of the next one.</param>
    /// <exception cref="InvalidOperationException">The delta belongs to another state.</exception>
    public void Apply(StateDelta delta)
    {
        if (delta.Before != Summary) throw new InvalidOperationException("A delta does not fit the state that it is applied to.");
        Balances.Apply(delta.Balances);
        Locked.Apply(delta.Locked);
        Rewards.Apply(delta.Rewards);
        Tags.Apply(delta.Tags);
        Buckets.Apply(delta.Buckets);
        Summary = delta.After;
        Supply = Summary.Supply;
    }

    /// <summary>Returns everything that the finished blocks changed relative to the tip.</summary>
    public StateDelta Total() =>
        new(Balances.Total(), Locked.Total(), Rewards.Total(), Tags.Total(), Buckets.Total(), _tip.Summary, Summary);

    /// <summary>Forgets what the block in progress changed.</summary>
    internal void DropBlock()
    {
        Balances.DropBlock();
        Locked.DropBlock();
        Rewards.DropBlock();
        Tags.DropBlock();
        Buckets.DropBlock();
        Supply = Summary.Supply;
    }

    /// <summary>Ends the block in progress and returns what it changed.</summary>
    /// <param name="height">The block's height.</param>
    /// <param name="hasTrees">Whether the format has a state tree and a history tree.</param>
    /// <param name="history">The history tree with the block in it.</param>
    internal StateDelta EndBlock(ulong height, bool hasTrees, HistoryTree history)
    {
        StateSummary before = Summary;
        TableChange<Address, ulong>[] balances = Balances.EndBlock();
        Summary = new StateSummary(height, Supply, hasTrees ? before.Tree.WithBalances(balances) : before.Tree, history);
        return new StateDelta(
            balances, Locked.EndBlock(), Rewards.EndBlock(), Tags.EndBlock(), Buckets.EndBlock(), before, Summary);
    }
}
