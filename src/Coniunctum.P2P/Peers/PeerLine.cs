using Coniunctum.Consensus;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Peers;

/// <summary>One connection at one moment.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Node">Which node it is, once it has said so.</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="Dialled">What this node dialled, or <c>null</c> where the other one did.</param>
/// <param name="IsOpen">Whether it has the ledger too.</param>
/// <param name="Height">The height that it has claimed last.</param>
/// <param name="Unsent">Bytes that wait to be sent to it.</param>
internal sealed record PeerLine(PeerId Id, NodeId? Node, NodeEndpoint Endpoint, NodeEndpoint? Dialled, bool IsOpen, ulong Height, long Unsent);
