using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Applications;
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
    private readonly long _tipMoves;
    private readonly TagLayer _tags;
    private readonly List<StateDelta> _done = [];
    private readonly Dictionary<Hash256, EntryChange> _entries = [];
    private readonly HashSet<UInt128> _newTags = [];
    private readonly Dictionary<ulong, List<UInt128>> _newTagsUntil = [];
    private readonly TreeDraft _draft;
    private StateTree _tree;
    private AccountCells? _cells;
    private (Address Sender, TransactionTag Tag, TagMark Mark)? _lastMark;
    private PendingRewards _finishedRewards;

    // Tags that are valid until a lower height are forgotten by the block in progress.
    private ulong _rememberedFrom;

    /// <summary>Starts a branch at the tip.</summary>
    /// <param name="tip">The state at the tip; must not change while the overlay lives.</param>
    public StateOverlay(LedgerState tip)
    {
        ArgumentNullException.ThrowIfNull(tip);
        _tip = tip;
        _tipMoves = tip.Moves;
        _tags = new TagLayer(tip.Tags);
        _tree = tip.Tree;
        _draft = tip.Nodes.BeginDraft();
        _finishedRewards = Rewards = tip.Rewards;
        Summary = tip.Summary;
        Supply = Summary.Supply;
    }

    /// <summary>The single values after the last finished block.</summary>
    internal StateSummary Summary { get; private set; }

    /// <summary>The rewards that wait, the block in progress included.</summary>
    internal PendingRewards Rewards { get; set; }

    /// <summary>What the only finished block changed.</summary>
    internal StateDelta OnlyBlock => _done.Count == 1 ? _done[0] : throw new InvalidOperationException(Invariant($"One block must be finished, not {_done.Count}."));

    /// <summary>The tree after the last finished block. Once the tip has moved, its nodes are others'.</summary>
    private StateTree Tree =>
        _tip.Moves == _tipMoves ? _tree : throw new InvalidOperationException("The tip has moved since the overlay was made.");

    /// <summary>The accounts of the block in progress. One block's are used for the next, whichever overlay does it.</summary>
    private AccountCells Cells => _cells ??= _tip.TakeCells();

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
    public ulong BalanceOf(Address address) => Cells[address, Tree].Balance;

    /// <inheritdoc/>
    public ulong LockedOf(Address address) => Rewards.LockedOf(address);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EntryOf(AppId application, ReadOnlySpan<byte> key) =>
        EntryAt(StateKeys.OfApplication(application.Value, key));

    /// <inheritdoc/>
    public bool IsTagUsed(Address sender, TransactionTag tag)
    {
        TagMark mark = MarkOf(sender, tag);
        return mark.ValidUntil >= _rememberedFrom && (_newTags.Contains(mark.Fingerprint) || _tags.Contains(mark));
    }

    /// <summary>Undoes or redoes a whole block.</summary>
    /// <param name="delta">The reversed delta of the block after which this is the state, or the delta of the next one.</param>
    /// <exception cref="InvalidOperationException">The delta belongs to another state.</exception>
    public void Apply(StateDelta delta)
    {
        ArgumentNullException.ThrowIfNull(delta);
        if (delta.Before != Summary) throw StateMismatch.Error();
        Finish(delta, Tree.With(delta, _draft));
    }

    /// <summary>Returns everything that the finished blocks changed relative to the tip.</summary>
    public StateDelta Total()
    {
        bool isOne = _done.Count == 1;
        (TagGroup[] forgotten, TagGroup[] added) = isOne ? (_done[0].TagsForgotten, _done[0].TagsAdded) : _tags.Total();
        return new StateDelta(_tip.Summary, Summary)
        {
            Accounts = isOne ? _done[0].Accounts : AccountChange.Sort(AccountChange.Join(_done)),
            Entries = isOne ? _done[0].Entries : EntryChange.Sort(EntryChange.Join(_done)),
            Rewards = _tip.Rewards.ChangesTo(_finishedRewards),
            TagsForgotten = forgotten,
            TagsAdded = added,
            Total = new StateDelta.MadeTree(Tree, _draft.Now),
        };
    }

    /// <summary>Looks up accounts that the block in progress will ask for, many at once.</summary>
    internal void Load(ReadOnlySpan<Address> addresses)
    {
        Cells.Load(addresses, Tree);
        _newTags.EnsureCapacity(addresses.Length / 2);
    }

    /// <summary>Forgets, in the block in progress, the tags that were valid until the height before.</summary>
    internal void ForgetTagsBelow(ulong height) => _rememberedFrom = height;

    internal void SetBalance(Address address, ulong balance) => Cells[address, Tree].Balance = balance;

    /// <summary>Returns the value of an application's entry; empty when there is none.</summary>
    internal ReadOnlyMemory<byte> EntryAt(in Hash256 place) =>
        _entries.TryGetValue(place, out EntryChange change) ? change.After : Tree.ValueAt(place);

    /// <summary>Sets an application's entry to what a change says it is afterwards.</summary>
    internal void SetEntry(in Hash256 place, in EntryChange change)
    {
        ReadOnlyMemory<byte> before = _entries.TryGetValue(place, out EntryChange earlier) ? earlier.Before : Tree.ValueAt(place);
        _entries[place] = change with { Before = before };
    }

    /// <summary>Remembers a tag that is not used.</summary>
    internal void UseTag(Address sender, TransactionTag tag)
    {
        TagMark mark = MarkOf(sender, tag);
        _newTags.Add(mark.Fingerprint);
        (CollectionsMarshal.GetValueRefOrAddDefault(_newTagsUntil, mark.ValidUntil, out _) ??= []).Add(mark.Fingerprint);
    }

    /// <summary>Forgets what the block in progress changed.</summary>
    internal void DropBlock()
    {
        if (_cells is { } cells) _tip.Return(cells);
        _cells = null;
        _entries.Clear();
        _newTags.Clear();
        _newTagsUntil.Clear();
        _rememberedFrom = 0;
        Rewards = _finishedRewards;
        Supply = Summary.Supply;
    }

    /// <summary>Ends the block in progress and returns what it changed.</summary>
    /// <param name="height">The block's height.</param>
    /// <param name="history">The history tree with the block in it.</param>
    /// <param name="failed">The block's calls that changed nothing.</param>
    internal StateDelta EndBlock(ulong height, HistoryTree history, ImmutableArray<FailedCall> failed)
    {
        PlacedAccountChange[] placed = Scratch.Rent<PlacedAccountChange>(Cells.Count);
        ReadOnlySpan<PlacedAccountChange> accounts = placed.AsSpan(0, Cells.CopyChanges(placed));
        PlacedEntryChange[] entries = _entries.Count == 0 ? [] :
        [
            .. _entries.Where(entry => entry.Value.IsReal).OrderBy(entry => entry.Key).Select(entry => new PlacedEntryChange(entry.Key, entry.Value)),
        ];
        StateTree tree = Tree.With(accounts, entries, Traits.HasExtendedHeader, _draft);
        var after = new StateSummary(height, Supply, Traits.HasExtendedHeader ? tree.Root : default, history);
        var delta = new StateDelta(Summary, after)
        {
            Accounts = AccountChange.Of(accounts),
            Entries = Array.ConvertAll(entries, entry => entry.Change),
            FailedCalls = failed,
            Rewards = _finishedRewards.ChangesTo(Rewards),
            TagsForgotten = _rememberedFrom == 0
                ? []
                : TagGroup.From([KeyValuePair.Create(_rememberedFrom - 1, _tags.TagsUntil(_rememberedFrom - 1))]),
            TagsAdded = TagGroup.From(_newTagsUntil.Select(pair => KeyValuePair.Create(pair.Key, (IReadOnlyCollection<UInt128>)pair.Value))),
        };
        Scratch.Return(placed);
        Finish(delta, tree);
        return delta;
    }

    /// <summary>Gives the only finished block its identity, where that was not known when it ended, and returns what it changed.</summary>
    internal StateDelta NameBlock(BlockId id, in Work work)
    {
        StateDelta delta = OnlyBlock;
        if (!Traits.HasExtendedHeader) return delta;
        _done[0] = delta = delta.WithHistory(delta.Before.History.With(id, work));
        Summary = delta.After;
        return delta;
    }

    /// <summary>Lets the only finished block use another tag, which no one has used, in place of one that it used.</summary>
    internal void ReplaceTag(Address sender, TransactionTag used, TransactionTag other)
    {
        (TagMark before, TagMark after) = (_tip.Tags.MarkOf(sender, used), _tip.Tags.MarkOf(sender, other));
        StateDelta delta = OnlyBlock;
        _tags.Apply([new TagGroup(before.ValidUntil, [before.Fingerprint])], [new TagGroup(after.ValidUntil, [after.Fingerprint])]);
        _done[0] = delta.WithTagsAdded(_tags.Total().Added);
    }

    /// <summary>Returns a tag's mark; whoever asks whether it is used will often use it next.</summary>
    private TagMark MarkOf(Address sender, TransactionTag tag)
    {
        if (_lastMark is { } last && last.Tag == tag && last.Sender == sender) return last.Mark;
        TagMark mark = _tip.Tags.MarkOf(sender, tag);
        _lastMark = (sender, tag, mark);
        return mark;
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
}
