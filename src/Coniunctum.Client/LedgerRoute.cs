using System.Text;

namespace Coniunctum.Client;

/// <summary>A route of a ledger's HTTP API.</summary>
/// <param name="Method"><c>GET</c>, which stands for <c>HEAD</c> too, or <c>POST</c>.</param>
/// <param name="Path">Its path below <see cref="LedgerRoutes.Root"/>, with the names of its parts in braces.</param>
/// <param name="Summary">What it answers, in one sentence.</param>
/// <param name="Query">The fields that its query may have; others are refused.</param>
/// <remarks>May change in any release.</remarks>
public sealed record LedgerRoute(string Method, string Path, string Summary, params IReadOnlyList<string> Query)
{
    /// <summary>Whether it only reads.</summary>
    public bool IsRead => Method is "GET";

    /// <summary>Returns the path with its parts filled in, escaped.</summary>
    /// <param name="parts">A value for each name in braces, in order.</param>
    /// <exception cref="ArgumentException">There are more or fewer names.</exception>
    public string With(params ReadOnlySpan<string> parts)
    {
        var path = new StringBuilder();
        ReadOnlySpan<char> rest = Path;
        foreach (string part in parts)
        {
            int open = rest.IndexOf('{');
            if (open < 0) throw new ArgumentException($"The route {Path} has fewer parts.", nameof(parts));
            path.Append(rest[..open]).Append(Uri.EscapeDataString(part));
            rest = rest[(rest.IndexOf('}') + 1)..];
        }

        if (rest.Contains('{')) throw new ArgumentException($"The route {Path} has more parts.", nameof(parts));
        return path.Append(rest).ToString();
    }
}
