using System.Net.Sockets;

namespace Coniunctum.P2P.Transport;

/// <summary>What the system's errors mean for people who connect nodes.</summary>
internal static class SocketFaults
{
    public static TransportFault OfConnecting(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => TransportFault.Refused,
        SocketError.TimedOut => TransportFault.Timeout,
        SocketError.ConnectionReset or SocketError.ConnectionAborted => TransportFault.Closed,
        SocketError.AccessDenied => TransportFault.NotPermitted,
        _ => TransportFault.Unreachable,
    };

    public static TransportFault OfListening(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => TransportFault.PortInUse,
        SocketError.AccessDenied => TransportFault.NotPermitted,
        _ => TransportFault.NotLocal,
    };

    public static string Explain(TransportFault fault, NodeEndpoint endpoint) => fault switch
    {
        TransportFault.NameNotFound => $"The name '{endpoint.Host}' does not resolve to an address: check its spelling and this machine's name servers, or give the address.",
        TransportFault.Refused => $"Nothing listens at {endpoint}: is the node running, and is this its port?",
        TransportFault.Unreachable => $"The network does not lead to {endpoint}: check the address, and whether this machine has a way to its network.",
        TransportFault.Timeout => $"No answer from {endpoint}: a firewall may be in between, or the machine is off.",
        TransportFault.HandshakeTimeout => $"{endpoint} did not end the handshake in time: it is overloaded, or no node.",
        TransportFault.HandshakeFailed => $"{endpoint} does not speak TLS 1.3 as a node does: it may speak plain TCP only, or be another service.",
        TransportFault.OtherProtocol => $"{endpoint} does not speak {TlsHandshake.Protocol}: it is another service, or a node of another version.",
        TransportFault.NoNodeKey => $"The certificate of {endpoint} names no node key: it is another service, or something stands in between.",
        TransportFault.NotSignedByNodeKey => $"The certificate of {endpoint} is not signed by the node key that it names: something stands in between and pretends to be that node.",
        TransportFault.PlainOnOneSide => $"{endpoint} speaks TLS and this node plain TCP: use TLS here too, or allow plain TCP on both sides.",
        TransportFault.PortInUse => $"Port {PortOf(endpoint)} of {endpoint.Host} is in use: stop the program that has it, or choose another port.",
        TransportFault.NotLocal => $"{endpoint.Host} is no address of this machine: listen at one that it has, at 0.0.0.0 for all of IPv4, or at [::] for all.",
        TransportFault.NotPermitted => $"The system does not let this process use {endpoint}: choose a port of 1024 or more, or give it the right.",
        TransportFault.Closed => $"{endpoint} closed the connection before the handshake ended: it is busy, allows only certain nodes, or speaks something else (plain TCP must be allowed on both sides).",
        TransportFault.TooMany => $"Too many connections from {endpoint}, or too many handshakes at once.",
        _ => Invariant($"{endpoint}: {fault}."),
    };

    private static string PortOf(NodeEndpoint endpoint) => Invariant($"{endpoint.Port}");
}
