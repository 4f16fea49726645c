namespace Coniunctum.Client.Models;

/// <summary>A node that was dialled in vain.</summary>
/// <param name="Endpoint">What was dialled.</param>
/// <param name="Message">Why it is not connected.</param>
/// <remarks>May change in any release.</remarks>
public sealed record FailureModel(string Endpoint, string Message);
