namespace Coniunctum.Client.Models;

/// <summary>What became of a transaction that was submitted.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Accepted">Whether it is in the pool.</param>
/// <param name="Waiting">Whether it waits there for a balance or for its window.</param>
/// <param name="Rule">The rule that keeps it out, or <c>None</c>.</param>
/// <param name="Message">One line for people.</param>
/// <remarks>May change in any release.</remarks>
public sealed record SubmittedModel(string Id, bool Accepted, bool Waiting, string Rule, string Message);
