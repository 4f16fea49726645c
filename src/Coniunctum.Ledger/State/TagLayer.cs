using System.Runtime.InteropServices;

namespace Coniunctum.Ledger.State;

/// <summary>What the finished blocks of an overlay did to the remembered tags of the tip.</summary>
internal sealed class TagLayer(TagSet tip)
{
    private readonly Dictionary<ulong, Difference> _differences = [];

    public bool Contains(in TagMark mark) =>
        _differences.TryGetValue(mark.ValidUntil, out Difference? difference)
            ? difference.Added.Contains(mark.Fingerprint) || (tip.Contains(mark) && !difference.Forgotten.Contains(mark.Fingerprint))
            : tip.Contains(mark);

    /// <summary>Returns the tags that are forgotten after a height.</summary>
    public IReadOnlyCollection<UInt128> TagsUntil(ulong validUntil)
    {
        UInt128[] atTip = tip.BucketOf(validUntil)?.ToArray() ?? [];
        return _differences.TryGetValue(validUntil, out Difference? difference)
            ? [.. atTip.Where(fingerprint => !difference.Forgotten.Contains(fingerprint)), .. difference.Added]
            : atTip;
    }

    /// <summary>Does the changes. Throws when they were made on another state.</summary>
    public void Apply(ReadOnlySpan<TagGroup> forgotten, ReadOnlySpan<TagGroup> added)
    {
        foreach (TagGroup group in forgotten)
        {
            Difference difference = At(group.ValidUntil);
            foreach (UInt128 fingerprint in group.Fingerprints)
            {
                if (!Contains(new TagMark(group.ValidUntil, fingerprint))) throw StateMismatch.Error();
                if (!difference.Added.Remove(fingerprint)) difference.Forgotten.Add(fingerprint);
            }
        }

        foreach (TagGroup group in added)
        {
            Difference difference = At(group.ValidUntil);
            foreach (UInt128 fingerprint in group.Fingerprints)
            {
                if (Contains(new TagMark(group.ValidUntil, fingerprint))) throw StateMismatch.Error();
                if (!difference.Forgotten.Remove(fingerprint)) difference.Added.Add(fingerprint);
            }
        }
    }

    /// <summary>Returns what the finished blocks together forgot and added.</summary>
    public (TagGroup[] Forgotten, TagGroup[] Added) Total() =>
        (TagGroup.From(_differences.Select(pair => KeyValuePair.Create(pair.Key, (IReadOnlyCollection<UInt128>)pair.Value.Forgotten))),
         TagGroup.From(_differences.Select(pair => KeyValuePair.Create(pair.Key, (IReadOnlyCollection<UInt128>)pair.Value.Added))));

    private Difference At(ulong validUntil) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_differences, validUntil, out _) ??= new Difference();

    private sealed class Difference
    {
        public HashSet<UInt128> Added { get; } = [];

        public HashSet<UInt128> Forgotten { get; } = [];
    }
}
