using Coniunctum.Ledger;

namespace Coniunctum.Node.Headers;

/// <summary>The first line of a file of headers that is wrong, and why.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Height">The height of its header, if that is known.</param>
/// <param name="Verdict">The rule that the header violates; unchecked when the line is no header.</param>
/// <param name="Fault">Why the line is no header, or <c>null</c>.</param>
internal sealed record BadLine(long Line, ulong? Height, Verdict Verdict, string? Fault)
{
    /// <summary>The rule's name, or "malformed".</summary>
    public string Rule => Fault is null ? Verdict.Rule.ToString() : "malformed";

    public string Describe()
    {
        string place = Height is { } height ? Invariant($"Line {Line}, height {height}") : Invariant($"Line {Line}");
        return Fault is null ? Invariant($"{place} breaks rule {(int)Verdict.Rule}, {Verdict}.") : $"{place} is malformed: {Fault}";
    }
}
