namespace Coniunctum.Client.Models;

/// <summary>A page of headers of the best chain, the oldest first.</summary>
/// <param name="Headers">The page; empty above the tip.</param>
/// <param name="Next">The height at which the next page begins, as <c>from</c>; <c>null</c> at the tip.</param>
/// <remarks>May change in any release.</remarks>
public sealed record HeadersModel(IReadOnlyList<HeaderModel> Headers, ulong? Next);
