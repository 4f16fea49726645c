using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Headers;

/// <summary>What became of a header's bytes.</summary>
/// <param name="Header">The header; meaningless unless the verdict is valid.</param>
/// <param name="Verdict">Valid, or the rule that the bytes alone violate; unchecked when they are no header.</param>
/// <param name="Fault">Why the bytes are no header, or <c>null</c>.</param>
public readonly record struct HeaderReading(HeaderView Header, Verdict Verdict, string? Fault)
{
    /// <summary>A header that was read.</summary>
    /// <param name="header">The header.</param>
    public static HeaderReading Of(in HeaderView header) => new(header, Verdict.Valid, null);

    /// <summary>A header that no chain can hold.</summary>
    /// <param name="verdict">The rule that it violates.</param>
    public static HeaderReading Rejected(Verdict verdict) => new(default, verdict, null);

    /// <summary>Bytes that are no header.</summary>
    /// <param name="fault">Why.</param>
    public static HeaderReading Malformed(string fault) => new(default, default, fault);
}
