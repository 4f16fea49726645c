using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>A connection with another node, at one moment.</summary>
/// <param name="Id">Which node it is; <c>null</c> until it has said so.</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="IsOutbound">Whether this node dialled it.</param>
/// <param name="HasLedger">Whether it has the ledger too.</param>
/// <param name="Height">The height that it has claimed last.</param>
/// <param name="BytesReceived">Bytes that have come.</param>
/// <param name="BytesSent">Bytes that were sent.</param>
/// <remarks>May change in any release.</remarks>
public sealed record NetworkPeer(NodeId? Id, NodeEndpoint Endpoint, bool IsOutbound, bool HasLedger, ulong Height, long BytesReceived, long BytesSent);
