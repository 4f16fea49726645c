using System.Runtime.InteropServices;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>
/// The tags that are remembered, as keyed fingerprints, by the height after which they are forgotten: forgetting is dropping
/// a bucket. Where tags never expire there is one bucket.
/// </summary>
internal sealed class TagSet(TagKey key, bool areExpiring)
{
    /// <summary>Where tags stand that never expire.</summary>
    public const ulong Never = ulong.MaxValue;

    private readonly Dictionary<ulong, TagBucket> _buckets = [];

    /// <summary>What a sender's use of a tag looks like here.</summary>
    public TagMark MarkOf(Address sender, TransactionTag tag) =>
        new(areExpiring ? tag.ValidUntil : Never, key.Fingerprint(sender, tag));

    public bool Contains(in TagMark mark) =>
        _buckets.TryGetValue(mark.ValidUntil, out TagBucket? bucket) && bucket.Contains(mark.Fingerprint);

    public TagBucket? BucketOf(ulong validUntil) => _buckets.GetValueOrDefault(validUntil);

    /// <summary>Remembers a tag; returns whether it was not remembered already.</summary>
    public bool Add(in TagMark mark) =>
        (CollectionsMarshal.GetValueRefOrAddDefault(_buckets, mark.ValidUntil, out _) ??= new TagBucket()).Add(mark.Fingerprint);

    /// <summary>Returns what is remembered now, for as long as it is wanted.</summary>
    public KeyValuePair<ulong, TagBucket.Copy>[] CopyNow() =>
        [.. _buckets.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.CopyNow()))];

    /// <summary>Does the changes. Throws when they were made on another state.</summary>
    public void Apply(ReadOnlySpan<TagGroup> forgotten, ReadOnlySpan<TagGroup> added)
    {
        foreach (TagGroup group in forgotten)
        {
            if (!_buckets.TryGetValue(group.ValidUntil, out TagBucket? bucket)) throw StateMismatch.Error();
            foreach (UInt128 fingerprint in group.Fingerprints)
            {
                if (!bucket.Remove(fingerprint)) throw StateMismatch.Error();
            }

            if (bucket.Count == 0) _buckets.Remove(group.ValidUntil);
        }

        foreach (TagGroup group in added)
        {
            foreach (UInt128 fingerprint in group.Fingerprints)
            {
                if (!Add(new TagMark(group.ValidUntil, fingerprint))) throw StateMismatch.Error();
            }
        }
    }
}
