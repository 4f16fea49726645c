using System.Runtime.InteropServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;

namespace Coniunctum.Ledger.State;

/// <summary>
/// A branch of the state: blocks are done and undone here while the state at the tip stays as it is, until the branch wins
/// and its total is applied at once, or the overlay is dropped.
/// </summary>
/// <remarks>
/// Tree and rewards are values that share what is equal with the tip's; only the tags, which are one large set, are a layer
/// of differences. On top of both stands what the block in progress does.
/// </remarks>
public sealed class StateOverlay : IStateView
{
    private readonly LedgerState _tip;
    private readonly TagLayer _tags;
    private readonly List<StateDelta> _done = [];
    private readonly AccountCells _cells = new();
    private readonly HashSet<UInt128> _newTags = [];
    private readonly Dictionary<ulong, List<UInt128>> _newTagsUntil = [];
    private StateTree _tree;
    private PendingRewards _finishedRewards;

    // Tags that are valid until a lower height are forgotten by the block in progress.
    private ulong _rememberedFrom;

    /// <summary>Starts a branch at the tip.</summary>
    /// <param name="tip">The state at the tip; must not change while the overlay lives.</param>
    public StateOverlay(LedgerState tip)
    {
        _tip = tip;
        _tags = new TagLayer(tip.Tags);
        _tree = tip.Tree;
        _finishedRewards = Rewards = tip.Rewards;
        Summary = tip.Summary;
        Supply = Summary.Supply;
    }

    /// <summary>The single values after the last finished block.</summary>
    internal StateSummary Summary { get; private set; }

    /// <summary>The rewards that wait, the block in progress included.</summary>
    internal PendingRewards Rewards { get; set; }

    internal FormatTraits Traits => _tip.Traits;

    /// <inheritdoc/>
    public ulong Height => Summary.Height;

    /// <inheritdoc/>
    public ulong Supply { get; internal set; }

    /// <inheritdoc/>
    public Hash256 StateRoot => Summary.StateRoot;

    /// <inheritdoc/>
    public Hash256 HistoryRoot => Summary.History.Root;

    /// <inheritdoc/>
    public ulong BalanceOf(Address address) => _cells[address, _tree].Balance;

    /// <inheritdoc/>
    public ulong LockedOf(Address address) => Rewards.LockedOf(address);

    /// <inheritdoc/>
    public bool IsTagUsed(Address sender, TransactionTag tag)
    {
        TagMark mark = _tip.Tags.MarkOf(sender, tag);
        return mark.ValidUntil >= _rememberedFrom && (_newTags.Contains(mark.Fingerprint) || _tags.Contains(mark));
    }

    /// <summary>Undoes or redoes a whole block.</summary>
    /// <param name="delta">The reversed delta of the block after which this is the state, or the delta of the next one.</param>
    /// <exception cref="InvalidOperationException">The delta belongs to another state.</exception>
    public void Apply(StateDelta delta)
    {
        if (delta.Before != Summary) throw StateChange.Misfit();
        Finish(delta, _tree.With(delta.Changes));
    }

    /// <summary>Returns everything that the finished blocks changed relative to the tip.</summary>
    public StateDelta Total()
    {
        bool isOne = _done.Count == 1;
        (TagGroup[] forgotten, TagGroup[] added) = isOne ? (_done[0].TagsForgotten, _done[0].TagsAdded) : _tags.Total();
        return new StateDelta(_tip.Summary, Summary)
        {
            Changes = isOne ? _done[0].Changes : TotalChanges(),
            Rewards = _tip.Rewards.ChangesTo(_finishedRewards),
            TagsForgotten = forgotten,
            TagsAdded = added,
            Tree = _tree,
        };
    }

    /// <summary>Looks up accounts that the block in progress will ask for, many at once.</summary>
    internal void Load(ReadOnlySpan<Address> addresses) => _cells.Load(addresses, _tree);

    /// <summary>Forgets, in the block in progress, the tags that were valid until the height before.</summary>
    internal void ForgetTagsBelow(ulong height) => _rememberedFrom = height;

    internal void SetBalance(Address address, ulong balance) => _cells[address, _tree].Balance = balance;

    /// <summary>Remembers a tag that is not used.</summary>
    internal void UseTag(Address sender, TransactionTag tag)
    {
        TagMark mark = _tip.Tags.MarkOf(sender, tag);
        _newTags.Add(mark.Fingerprint);
        (CollectionsMarshal.GetValueRefOrAddDefault(_newTagsUntil, mark.ValidUntil, out _) ??= []).Add(mark.Fingerprint);
    }

    /// <summary>Forgets what the block in progress changed.</summary>
    internal void DropBlock()
    {
        _cells.Clear();
        _newTags.Clear();
        _newTagsUntil.Clear();
        _rememberedFrom = 0;
        Rewards = _finishedRewards;
        Supply = Summary.Supply;
    }

    /// <summary>Ends the block in progress and returns what it changed.</summary>
    /// <param name="height">The block's height.</param>
    /// <param name="history">The history tree with the block in it.</param>
    internal StateDelta EndBlock(ulong height, HistoryTree history)
    {
        StateChange[] changes = _cells.Changes();
        StateTree tree = _tree.With(changes);
        var after = new StateSummary(height, Supply, Traits.HasExtendedHeader ? tree.Root : default, history);
        var delta = new StateDelta(Summary, after)
        {
            Changes = changes,
            Rewards = _finishedRewards.ChangesTo(Rewards),
            TagsForgotten = _rememberedFrom == 0
                ? []
                : TagGroup.From([KeyValuePair.Create(_rememberedFrom - 1, _tags.TagsUntil(_rememberedFrom - 1))]),
            TagsAdded = TagGroup.From(_newTagsUntil.Select(pair => KeyValuePair.Create(pair.Key, (IReadOnlyCollection<UInt128>)pair.Value))),
        };
        Finish(delta, tree);
        return delta;
    }

    private void Finish(StateDelta delta, StateTree tree)
    {
        _finishedRewards = _finishedRewards.With(delta.Rewards);
        _tags.Apply(delta.TagsForgotten, delta.TagsAdded);
        _tree = tree;
        _done.Add(delta);
        Summary = delta.After;
        DropBlock();
    }

    /// <summary>Joins the blocks' changes of the same entries, and leaves out what is as it was at the tip.</summary>
    private StateChange[] TotalChanges()
    {
        var joined = new Dictionary<Hash256, StateChange>();
        foreach (StateChange change in _done.SelectMany(delta => delta.Changes))
        {
            ref StateChange total = ref CollectionsMarshal.GetValueRefOrAddDefault(joined, change.Key, out bool isKnown);
            total = isKnown ? total with { After = change.After, EntryAfter = change.EntryAfter } : change;
        }

        StateChange[] changes = [.. joined.Values.Where(change => change.IsReal)];
        Array.Sort(changes, static (left, right) => left.Key.CompareTo(right.Key));
        return changes;
    }
}
