using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport;

/// <summary>What came of a handshake over a stream that is connected.</summary>
/// <param name="Fault">What was in the way, or <see cref="TransportFault.None"/>.</param>
/// <param name="Stream">What is spoken over from then on; <c>null</c> when there is a fault.</param>
/// <param name="RemoteId">The node that was proven, or <c>null</c> where nothing is proven.</param>
/// <param name="Detail">What the system says of the fault, for people.</param>
internal readonly record struct Handshake(TransportFault Fault, Stream? Stream, NodeId? RemoteId, string Detail)
{
    public static Handshake Failed(TransportFault fault, string detail = "") => new(fault, null, null, detail);
}
