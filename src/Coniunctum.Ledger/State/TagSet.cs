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

    public long Count => _buckets.Values.Sum(bucket => (long)bucket.Count);

    /// <summary>What a sender's use of a tag looks like here.</summary>
    public TagMark MarkOf(Address sender, TransactionTag tag) =>
        new(areExpiring ? tag.ValidUntil : Never, key.Fingerprint(sender, tag));

    public bool Contains(in TagMark mark) =>
        _buckets.TryGetValue(mark.ValidUntil, out TagBucket? bucket) && bucket.Contains(mark.Fingerprint);

    public TagBucket? BucketOf(ulong validUntil) => _buckets.GetValueOrDefault(validUntil);

    /// <summary>Does the changes. Throws when they were made on another state.</summary>
    public void Apply(ReadOnlySpan<TagGroup> forgotten, ReadOnlySpan<TagGroup> added)
    {
        foreach (TagGroup group in forgotten)
        {
            if (!_buckets.TryGetValue(group.ValidUntil, out TagBucket? bucket)) throw Misfit.Error();
            foreach (UInt128 fingerprint in group.Fingerprints)
            {
                if (!bucket.Remove(fingerprint)) throw Misfit.Error();
            }

            if (bucket.Count == 0) _buckets.Remove(group.ValidUntil);
        }

        foreach (TagGroup group in added)
        {
            TagBucket bucket = CollectionsMarshal.GetValueRefOrAddDefault(_buckets, group.ValidUntil, out _) ??= new TagBucket();
            foreach (UInt128 fingerprint in group.Fingerprints)
            {
                if (!bucket.Add(fingerprint)) throw Misfit.Error();
            }
        }
    }
}
