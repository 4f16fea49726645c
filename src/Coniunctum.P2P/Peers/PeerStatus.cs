using System.Collections.Immutable;
using Coniunctum.P2P.Sync;

namespace Coniunctum.P2P.Peers;

/// <summary>What the peer machine knows of its connections and of its synchronisation at one moment.</summary>
/// <param name="Peers">The connections that stand.</param>
/// <param name="IsSynchronising">Whether this node is being brought up to another's chain.</param>
/// <param name="IsSynchronised">Whether it has all that its peers have claimed; false without any.</param>
/// <param name="LastFailure">Why the last synchronisation that came to nothing did, or <c>null</c>.</param>
/// <param name="Synchronisations">How many were begun.</param>
/// <param name="BlocksReceived">How many bodies have come.</param>
/// <param name="BlocksReceivedTwice">How many of them were here already.</param>
internal sealed record PeerStatus(
    ImmutableArray<PeerLine> Peers, bool IsSynchronising, bool IsSynchronised, string? LastFailure, long Synchronisations, long BlocksReceived, long BlocksReceivedTwice)
{
    public static PeerStatus Of(IEnumerable<Peer> peers, Synchronisation sync, BodyFetcher bodies) => new(
        [.. peers.Where(peer => !peer.IsClosing).Select(peer => new PeerLine(peer.Id, peer.Node, peer.Endpoint, peer.Dialled, peer.IsOpen, peer.Height, peer.Unsent))],
        sync.IsActive, sync.IsSynchronised, sync.LastFailure, sync.Begun, bodies.Received, bodies.ReceivedTwice);
}
