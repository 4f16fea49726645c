namespace Coniunctum.Client.Models;

/// <summary>Branches beside the best chain that are in memory, the highest first.</summary>
/// <param name="Forks">Their heads.</param>
/// <remarks>May change in any release.</remarks>
public sealed record ForksModel(IReadOnlyList<ForkModel> Forks);
