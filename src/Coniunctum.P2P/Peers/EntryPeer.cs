using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Peers;

/// <summary>A node to dial.</summary>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="Node">Which node it must be, or <c>null</c> for any.</param>
internal sealed record EntryPeer(NodeEndpoint Endpoint, NodeId? Node = null);
