namespace Coniunctum.Client;

/// <summary>
/// Why a request is not answered, as problem details (RFC 9457) say it. The client throws it for what a server said; what serves a
/// ledger throws it to say so.
/// </summary>
/// <param name="status">The HTTP status.</param>
/// <param name="title">One line for people: what was wrong, and what was expected.</param>
/// <remarks>May change in any release.</remarks>
public sealed class ApiProblemException(int status, string title) : Exception(title)
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;
}
