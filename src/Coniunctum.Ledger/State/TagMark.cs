namespace Coniunctum.Ledger.State;

/// <summary>What is remembered of a used tag: until which height, and its fingerprint.</summary>
internal readonly record struct TagMark(ulong ValidUntil, UInt128 Fingerprint);

/// <summary>Fingerprints of tags that are forgotten after one height, in rising order.</summary>
internal readonly record struct TagGroup(ulong ValidUntil, UInt128[] Fingerprints)
{
    /// <summary>Sorts marks into groups in rising order of heights.</summary>
    public static TagGroup[] From(IEnumerable<KeyValuePair<ulong, IReadOnlyCollection<UInt128>>> marks)
    {
        var groups = new List<TagGroup>();
        foreach ((ulong validUntil, IReadOnlyCollection<UInt128> fingerprints) in marks)
        {
            if (fingerprints.Count == 0) continue;
            UInt128[] sorted = [.. fingerprints];
            Array.Sort(sorted);
            groups.Add(new TagGroup(validUntil, sorted));
        }

        groups.Sort(static (left, right) => left.ValidUntil.CompareTo(right.ValidUntil));
        return [.. groups];
    }
}
