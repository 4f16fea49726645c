namespace Coniunctum.Client.Models;

/// <summary>Connections with other nodes, and what was dialled in vain.</summary>
/// <param name="Peers">The connections.</param>
/// <param name="Failures">What is not connected, and why.</param>
/// <param name="LastFailure">Why the last synchronisation that came to nothing did; <c>null</c> for none.</param>
/// <remarks>May change in any release.</remarks>
public sealed record PeersModel(IReadOnlyList<PeerModel> Peers, IReadOnlyList<FailureModel> Failures, string? LastFailure);
