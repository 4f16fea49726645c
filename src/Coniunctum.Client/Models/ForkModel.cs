namespace Coniunctum.Client.Models;

/// <summary>The head of a branch beside the best chain.</summary>
/// <param name="Id">The last block of the branch.</param>
/// <param name="Height">Its height.</param>
/// <param name="ForkHeight">The height of the last block that it has in common with the best chain.</param>
/// <remarks>May change in any release.</remarks>
public sealed record ForkModel(string Id, ulong Height, ulong ForkHeight);
