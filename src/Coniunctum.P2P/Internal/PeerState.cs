using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Internal;

/// <summary>One connection at one moment.</summary>
/// <param name="Node">Which node it is, once that is known.</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="Dialled">What this node dialled, or <c>null</c> where the other one did.</param>
/// <param name="HasLedger">Whether it has the ledger too.</param>
/// <param name="Height">The height that it has claimed last.</param>
/// <param name="BytesReceived">Bytes that have come.</param>
/// <param name="BytesSent">Bytes that were sent.</param>
public sealed record PeerState(
    NodeId? Node, NodeEndpoint Endpoint, NodeEndpoint? Dialled, bool HasLedger, ulong Height, long BytesReceived, long BytesSent);
