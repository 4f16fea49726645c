using System.Net;
using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport;

/// <summary>How a <see cref="TcpTransport"/> connects.</summary>
public sealed class TcpTransportOptions
{
    /// <summary>
    /// Whether plain TCP is spoken instead of TLS: anybody on the way reads and changes what is said, and no node proves who it is. Both
    /// sides must ask for it. False by default.
    /// </summary>
    public bool IsPlain { get; init; }

    /// <summary>The nodes that may connect, or <c>null</c> for all. Others are refused behind TLS, before Hello. Needs TLS.</summary>
    public IReadOnlySet<NodeId>? AllowedNodes { get; init; }

    /// <summary>Whether TLS 1.2 is taken too, for systems that have no TLS 1.3 (macOS as a server). False by default.</summary>
    public bool AllowTls12 { get; init; }

    /// <summary>How long making a connection may take: 10 seconds by default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a handshake may take: 10 seconds by default.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the other side may take nothing of what is sent before the connection is broken: 30 seconds by default.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many handshakes of others are under way at most: 32 by default. Those above are closed at once.</summary>
    public int MaxHandshakes { get; init; } = 32;

    /// <summary>The clock of all timeouts.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Is called for each connection that was not taken, on any thread; it must not block. <c>null</c> by default.</summary>
    public Action<RefusedConnection>? OnRefused { get; init; }

    /// <summary>Resolves a name; the system's resolver by default.</summary>
    internal Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>The group that a connection is charged to before any cryptography.</summary>
    internal Func<IPAddress, AddressGroup?> GroupOf { get; init; } = AddressGroup.Of;

    /// <summary>The system's buffers for each direction of a connection, in bytes; 0 leaves them to the system.</summary>
    internal int SocketBufferBytes { get; init; }

    internal void ThrowIfInvalid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HandshakeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxHandshakes, 1);
        ArgumentNullException.ThrowIfNull(Clock);
        if (IsPlain && AllowedNodes is not null) throw new ArgumentException("Plain TCP proves no node's key, so that none can be allowed alone: use TLS.");
    }
}
