namespace Coniunctum.Client.Models;

/// <summary>Why a request is not answered: problem details (RFC 9457).</summary>
/// <param name="Title">One line for people: what was wrong, and what was expected.</param>
/// <param name="Status">The HTTP status.</param>
/// <remarks>May change in any release.</remarks>
public sealed record ProblemModel(string Title, int Status);
