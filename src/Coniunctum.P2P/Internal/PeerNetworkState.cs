using System.Collections.Immutable;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Internal;

/// <summary>A node's network at one moment.</summary>
/// <param name="Peers">The connections.</param>
/// <param name="Failures">What was dialled and is not connected, and why.</param>
/// <param name="IsSynchronising">Whether this node is being brought up to another's chain.</param>
/// <param name="IsSynchronised">Whether it has all that the nodes it is connected to have claimed; false without any.</param>
/// <param name="LastFailure">Why the last synchronisation that came to nothing did, or <c>null</c>.</param>
/// <param name="InternalErrors">How often the peer machine itself has failed.</param>
/// <param name="LastInternalError">How it failed last, or <c>null</c>.</param>
public sealed record PeerNetworkState(
    ImmutableArray<PeerState> Peers, ImmutableArray<(NodeEndpoint Endpoint, string Text)> Failures, bool IsSynchronising, bool IsSynchronised, string? LastFailure,
    long InternalErrors, string? LastInternalError);
