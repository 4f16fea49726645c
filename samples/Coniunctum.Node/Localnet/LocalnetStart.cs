namespace Coniunctum.Node.Localnet;

/// <summary>What a local network starts with.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Rule">The consensus rule.</param>
/// <param name="ChainId">The chain's identity.</param>
/// <param name="Processes">The numbers of its processes.</param>
internal sealed record LocalnetStart(LocalnetOptions Options, string Rule, string ChainId, IReadOnlyList<int> Processes);
