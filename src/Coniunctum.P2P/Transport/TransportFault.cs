namespace Coniunctum.P2P.Transport;

/// <summary>What is in the way of listening, connecting or taking a connection.</summary>
public enum TransportFault
{
    /// <summary>Nothing was tried yet; never an outcome.</summary>
    Unchecked = 0,

    /// <summary>No fault.</summary>
    None = 1,

    /// <summary>The host's name does not resolve to an address.</summary>
    NameNotFound = 2,

    /// <summary>Nothing listens there.</summary>
    Refused = 3,

    /// <summary>The network does not lead there.</summary>
    Unreachable = 4,

    /// <summary>No answer within the time to connect.</summary>
    Timeout = 5,

    /// <summary>The other side did not end the handshake in time.</summary>
    HandshakeTimeout = 6,

    /// <summary>The handshake failed: the other side is no node, speaks another version of TLS, or has no key to its certificate.</summary>
    HandshakeFailed = 7,

    /// <summary>The other side speaks TLS, but not this protocol.</summary>
    OtherProtocol = 8,

    /// <summary>The certificate names no node key.</summary>
    NoNodeKey = 9,

    /// <summary>The certificate names a node key that has not signed it.</summary>
    NotSignedByNodeKey = 10,

    /// <summary>The other side is another node than the expected one.</summary>
    OtherNode = 11,

    /// <summary>The other side's node is not among the allowed ones.</summary>
    NotAllowed = 12,

    /// <summary>One side speaks plain TCP and the other one does not: both must allow it.</summary>
    PlainOnOneSide = 13,

    /// <summary>Another program, or another node, listens at that port.</summary>
    PortInUse = 14,

    /// <summary>The address is none of this machine's.</summary>
    NotLocal = 15,

    /// <summary>The system does not let this process use that port.</summary>
    NotPermitted = 16,

    /// <summary>The other side closed the connection before the handshake ended.</summary>
    Closed = 17,

    /// <summary>Too many handshakes at once, or too many connections from that part of the network.</summary>
    TooMany = 18,
}
