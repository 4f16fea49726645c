using System.Collections.Immutable;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>A network that listens, and waits for its node.</summary>
/// <param name="Peers">The network.</param>
/// <param name="Id">This node's id.</param>
/// <param name="Endpoints">Where it listens.</param>
internal sealed record OpenNetwork(IPeerNetwork Peers, NodeId Id, ImmutableArray<NodeEndpoint> Endpoints);
