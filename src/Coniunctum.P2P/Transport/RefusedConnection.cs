namespace Coniunctum.P2P.Transport;

/// <summary>A connection that another node, or anything else, made and that was not taken.</summary>
/// <param name="RemoteEndpoint">Where it came from.</param>
/// <param name="Fault">Why.</param>
/// <param name="Message">One line for people.</param>
public sealed record RefusedConnection(NodeEndpoint RemoteEndpoint, TransportFault Fault, string Message);
