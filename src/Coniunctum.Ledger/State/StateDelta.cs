using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.Ledger.State;

/// <summary>
/// Everything that one block (or a branch) changes: what adopting it does and what undoing it reverts. Immutable. Encoded it
/// is a block's durable undo record.
/// </summary>
[JsonConverter(typeof(NoJsonConverter<StateDelta>))]
public sealed class StateDelta
{
    internal StateDelta(StateSummary before, StateSummary after)
    {
        Before = before;
        After = after;
    }

    internal StateSummary Before { get; }

    internal StateSummary After { get; }

    /// <summary>Accounts, in rising order of their places in the tree.</summary>
    internal AccountChange[] Accounts { get; init; } = [];

    /// <summary>Applications' entries, in rising order of their places in the tree.</summary>
    internal EntryChange[] Entries { get; init; } = [];

    /// <summary>The block's calls that their applications refused, in the block's order; of a branch none.</summary>
    public ImmutableArray<FailedCall> FailedCalls { get; internal init; } = [];

    /// <summary>Rewards that mature or begin to wait, in rising order of heights.</summary>
    internal RewardChange[] Rewards { get; init; } = [];

    /// <summary>Tags that are forgotten, in rising order of heights.</summary>
    internal TagGroup[] TagsForgotten { get; init; } = [];

    /// <summary>Tags that are used, in rising order of heights.</summary>
    internal TagGroup[] TagsAdded { get; init; } = [];

    /// <summary>
    /// The tree after the changes, where it is there already, so that adopting a branch need not make it again. Not part of
    /// what a block's delta keeps: it would keep the whole state of its time.
    /// </summary>
    internal MadeTree? Total { get; init; }

    /// <summary>The addresses whose balances, or what of them may be spent, differ before and after; some are listed twice.</summary>
    public IEnumerable<Address> TouchedAddresses =>
        Accounts.Select(change => change.Owner)
            .Concat(Rewards.SelectMany(change => new[] { change.Before, change.After }).OfType<PendingReward>().Select(reward => reward.Receiver));

    /// <summary>Returns the delta that undoes this one.</summary>
    public StateDelta Reverse() => new(After, Before)
    {
        Accounts = Array.ConvertAll(Accounts, change => change.Reverse()),
        Entries = Array.ConvertAll(Entries, change => change.Reverse()),
        Rewards = Array.ConvertAll(Rewards, change => new RewardChange(change.Height, change.After, change.Before)),
        FailedCalls = FailedCalls,
        TagsForgotten = TagsAdded,
        TagsAdded = TagsForgotten,
    };

    /// <summary>
    /// Whether the history before the block is the one that its header commits to, and the history after it is that and the block.
    /// The header of no block covers its own place in the history, so that a changed record would show one block later only.
    /// </summary>
    /// <param name="header">The block's header, of a format with a history root.</param>
    /// <param name="id">The block's identity.</param>
    /// <param name="work">The block's weight.</param>
    public bool HasHistoryOf(BlockHeader header, BlockId id, in Work work)
    {
        ArgumentNullException.ThrowIfNull(header);
        return Before.History.Root == header.HistoryRoot && After.History.Equals(Before.History.With(id, work));
    }

    /// <summary>Returns the canonical encoding.</summary>
    public byte[] Encode() => StateDeltaCodec.Encode(this);

    /// <summary>Reads a delta.</summary>
    /// <param name="encoded">What <see cref="Encode"/> returned, or any other bytes.</param>
    /// <param name="delta">The delta, or <c>null</c>.</param>
    /// <returns>What was wrong, or no fault. Whether the delta fits a state shows when it is applied.</returns>
    public static DecodeOutcome Decode(ReadOnlyMemory<byte> encoded, out StateDelta? delta) => StateDeltaCodec.Decode(encoded, out delta);

    /// <summary>Returns the same delta that ends with another history tree.</summary>
    internal StateDelta WithHistory(HistoryTree history) => With(After with { History = history }, TagsAdded);

    /// <summary>Returns the same delta that uses other tags.</summary>
    internal StateDelta WithTagsAdded(TagGroup[] added) => With(After, added);

    private StateDelta With(StateSummary after, TagGroup[] added) => new(Before, after)
    {
        Accounts = Accounts,
        Entries = Entries,
        FailedCalls = FailedCalls,
        Rewards = Rewards,
        TagsForgotten = TagsForgotten,
        TagsAdded = added,
    };

    /// <summary>A tree that an overlay has made.</summary>
    /// <param name="Tree">The tree.</param>
    /// <param name="Made">What became of nodes until it was made.</param>
    internal sealed record MadeTree(StateTree Tree, TreeDraft.Mark Made);
}
