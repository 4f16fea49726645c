using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The state at the chain's tip: the tree of accounts, rewards that are not mature, used tags, and the history tree. It
/// changes only by whole deltas. Not safe to use from several threads at once.
/// </summary>
public sealed class LedgerState : IStateView
{
    private AccountCells? _spareCells;

    /// <summary>Creates the state before genesis.</summary>
    /// <param name="traits">What the chain's format carries.</param>
    /// <param name="tagKey">The key of the ledger; deltas of another key's fingerprints do not fit.</param>
    public LedgerState(FormatTraits traits, TagKey tagKey)
        : this(traits ?? throw new ArgumentNullException(nameof(traits)), tagKey, StateSummary.Empty, StateTree.Empty, new TreeNodes(), PendingRewards.None, new TagSet(tagKey, traits.TagsExpire))
    {
    }

    /// <summary>Takes parts that belong together and to no one else.</summary>
    internal LedgerState(
        FormatTraits traits, TagKey tagKey, StateSummary summary, StateTree tree, TreeNodes nodes, PendingRewards rewards, TagSet tags)
    {
        Traits = traits;
        TagKey = tagKey;
        Summary = summary;
        Tree = tree;
        Nodes = nodes;
        Rewards = rewards;
        Tags = tags;
    }

    /// <summary>The key of the ledger's fingerprints; a secret that is kept with the ledger.</summary>
    public TagKey TagKey { get; }

    internal FormatTraits Traits { get; }

    internal TreeNodes Nodes { get; }

    internal StateTree Tree { get; private set; }

    /// <summary>How often the tip has moved; an overlay lives as long as it does not.</summary>
    internal long Moves { get; private set; }

    internal PendingRewards Rewards { get; private set; }

    internal TagSet Tags { get; }

    internal StateSummary Summary { get; private set; }

    /// <inheritdoc/>
    public ulong Height => Summary.Height;

    /// <inheritdoc/>
    public ulong Supply => Summary.Supply;

    /// <inheritdoc/>
    public Hash256 StateRoot => Summary.StateRoot;

    /// <inheritdoc/>
    public Hash256 HistoryRoot => Summary.History.Root;

    /// <summary>How many addresses own something.</summary>
    public int AccountCount => Tree.AccountCount;

    /// <summary>Every address that owns something at this moment, in no particular order, however the state moves on meanwhile.</summary>
    public IEnumerable<KeyValuePair<Address, ulong>> Accounts =>
        Nodes.Share(Tree).Accounts.Select(account => KeyValuePair.Create(account.Owner, account.Balance));

    /// <inheritdoc/>
    public ulong BalanceOf(Address address) => Tree.BalanceAt(StateKeys.OfAccount(address));

    /// <inheritdoc/>
    public ulong LockedOf(Address address) => Rewards.LockedOf(address);

    /// <inheritdoc/>
    public bool IsTagUsed(Address sender, TransactionTag tag) => Tags.Contains(Tags.MarkOf(sender, tag));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) =>
        Tree.ValueAt(StateKeys.OfApplication(application.Value, key));

    /// <summary>Returns this very state, to keep while it moves on. No account and no tag is copied.</summary>
    public StateSnapshot Snapshot()
    {
        ThrowUnlessHashed();
        return new StateSnapshot(Traits, TagKey, Summary, Nodes.Share(Tree), Rewards, Tags.CopyNow());
    }

    /// <summary>Returns accounts, entries and locked rewards as they are, to read from other threads while this state moves on.</summary>
    public StateReading TakeReading()
    {
        ThrowUnlessHashed();
        StateTree tree = Nodes.Share(Tree, out TreeLease lease);
        return new StateReading(Traits, tree, Rewards, lease);
    }

    /// <summary>Gives a block the accounts' places that the last one had, emptied.</summary>
    internal AccountCells TakeCells()
    {
        AccountCells cells = _spareCells ?? new AccountCells();
        _spareCells = null;
        return cells;
    }

    /// <summary>Takes the accounts' places of a block that is done.</summary>
    internal void Return(AccountCells cells)
    {
        cells.Clear();
        _spareCells = cells;
    }

    /// <summary>
    /// Computes the state tree's root and returns whether it is <see cref="StateRoot"/>, to which the deltas led; always where
    /// the format has none.
    /// </summary>
    public bool HasItsRoot() => !Traits.HasExtendedHeader || Tree.Root == StateRoot;

    /// <summary>Moves to the state after a delta.</summary>
    /// <param name="delta">One that was computed on this very state.</param>
    /// <exception cref="InvalidOperationException">It was computed on another state; nothing sound can follow.</exception>
    public void Apply(StateDelta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        if (delta.Before != Summary) throw StateMismatch.Error();
        Moves++;
        Rewards = Rewards.With(delta.Rewards);
        Tags.Apply(delta.TagsForgotten, delta.TagsAdded);
        MoveTree(delta);
        Summary = delta.After;
    }

    /// <summary>Moves to the state after several deltas. The tree is changed once for all of them, not for each.</summary>
    /// <param name="deltas">Each was computed on the state to which the one before leads, the first one on this very state.</param>
    /// <exception cref="InvalidOperationException">
    /// One was computed on another state, the one behind <see cref="Height"/> or, if it only shows in the end, any; nothing sound
    /// can follow.
    /// </exception>
    public void Apply(IReadOnlyList<StateDelta> deltas)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        Moves++;
        foreach (StateDelta delta in deltas)
        {
            if (delta.Before != Summary) throw StateMismatch.Error();
            Rewards = Rewards.With(delta.Rewards);
            Tags.Apply(delta.TagsForgotten, delta.TagsAdded);
            Summary = delta.After;
        }

        TreeDraft draft = Nodes.BeginDraft();
        PlacedEntryChange[] entries = [.. EntryChange.Sort(EntryChange.Join(deltas)).Select(change => new PlacedEntryChange(change.Place, change))];
        Tree = Tree.With(AccountChange.PlaceInOrder(AccountChange.Join(deltas)), entries, isHashed: false, draft);
        Nodes.TryAdopt(draft.Now);
    }

    /// <summary>Whoever reads the tree elsewhere must find all hashes.</summary>
    private void ThrowUnlessHashed()
    {
        if (Traits.HasExtendedHeader && Tree.Root != StateRoot) throw new InvalidOperationException("The state tree does not have the root that the blocks led to.");
    }

    private void MoveTree(StateDelta delta)
    {
        if (delta.Total is { } total && ReferenceEquals(total.Made.Draft.Nodes, Nodes) && Nodes.TryAdopt(total.Made))
        {
            Tree = total.Tree;
            return;
        }

        TreeDraft draft = Nodes.BeginDraft();
        Tree = Tree.With(delta, draft);
        Nodes.TryAdopt(draft.Now);
    }
}
