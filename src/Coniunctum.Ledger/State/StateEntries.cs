using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>A tag with the sender that used it.</summary>
internal readonly record struct TagKey(Address Sender, TransactionTag Tag);

/// <summary>A reward that is not mature yet.</summary>
internal readonly record struct PendingReward(Address Receiver, ulong Amount);

/// <summary>The value of a set's entries.</summary>
internal readonly record struct Nothing;

/// <summary>The tags that are forgotten after a height. Compared by reference: a bucket that changes is a new one.</summary>
internal sealed class TagBucket(TagKey[] tags)
{
    public TagKey[] Tags => tags;
}
