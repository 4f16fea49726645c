using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Coniunctum.P2P.Identity;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// TCP under TLS 1.3, in which both sides prove their node keys before anything else is said; or plain TCP, where both sides ask for it.
/// </summary>
public sealed class TcpTransport : ITransport
{
    private const int WaitingConnections = 32;

    // Each may cost the time of a connection and of a handshake, and who owns the name chooses how many there are.
    private const int MaxAddresses = 8;

    private readonly TcpTransportOptions _options;
    private readonly TlsHandshake? _tls;
    private readonly TcpAcceptor _acceptor;
    private readonly Channel<ITransportConnection> _accepted = Channel.CreateBounded<ITransportConnection>(WaitingConnections);
    private readonly CancellationTokenSource _stop = new();
    private int _isDisposed;

    /// <summary>Makes a transport that speaks as a node. Under TLS it makes a certificate for this process.</summary>
    /// <param name="key">The node key, which must live until this returns; it is not disposed.</param>
    /// <param name="options">How to connect.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or are out of range.</exception>
    public TcpTransport(NodeKey key, TcpTransportOptions options)
        : this(key, options, certificate: null)
    {
    }

    /// <summary>For tests of what other certificates meet.</summary>
    internal TcpTransport(NodeKey key, TcpTransportOptions options, X509Certificate2? certificate)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();
        Id = key.Id;
        _options = options;
        _tls = options.IsPlain ? null : new TlsHandshake(certificate ?? NodeCertificate.Create(key), options.AllowTls12);
        _acceptor = new TcpAcceptor(options, _tls, _accepted.Writer, _stop.Token);
    }

    /// <inheritdoc/>
    public NodeId Id { get; }

    /// <inheritdoc/>
    public ValueTask<ListenOutcome> ListenAsync(NodeEndpoint endpoint, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        return ListenAtAsync(endpoint, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<DialOutcome> DialAsync(NodeEndpoint endpoint, NodeId? expected = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        return DialAnyAsync(endpoint, expected, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellation = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            if (_accepted.Reader.TryRead(out ITransportConnection? connection)) return connection;
        return null;
    }

    /// <summary>Stops to listen and to connect, and closes what was not taken yet. Connections that were handed out go on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _acceptor.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _accepted.Writer.Complete();
            while (_accepted.Reader.TryRead(out ITransportConnection? connection))
            {
                connection.Abort();
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            _tls?.Dispose();
            _stop.Dispose();
        }
    }

    private static DialOutcome DialFailure(TransportFault fault, NodeEndpoint endpoint, string detail = "") =>
        DialOutcome.Failed(fault, SocketFaults.Explain(fault, endpoint) + (detail.Length == 0 ? "" : $" ({detail})"));

    private static ListenOutcome ListenFailure(TransportFault fault, NodeEndpoint endpoint) =>
        ListenOutcome.Failed(fault, SocketFaults.Explain(fault, endpoint));

    private async ValueTask<ListenOutcome> ListenAtAsync(NodeEndpoint endpoint, CancellationToken cancellation)
    {
        IPAddress[] addresses = await ResolveAsync(endpoint, cancellation).ConfigureAwait(false);
        if (addresses.Length == 0) return ListenFailure(TransportFault.NameNotFound, endpoint);

        var listening = ImmutableArray.CreateBuilder<NodeEndpoint>(addresses.Length);
        var sockets = new List<Socket>();
        foreach (IPAddress address in addresses)
        {
            try
            {
                Socket socket = TcpAcceptor.Bind(new IPEndPoint(address, endpoint.Port));
                sockets.Add(socket);
                listening.Add(NodeEndpoint.Of((IPEndPoint)socket.LocalEndPoint!));
            }
            catch (SocketException exception)
            {
                foreach (Socket socket in sockets) socket.Dispose();
                return ListenFailure(SocketFaults.OfListening(exception.SocketErrorCode), endpoint);
            }
        }

        foreach (Socket socket in sockets) _acceptor.Start(socket);
        return ListenOutcome.Listening(listening.DrainToImmutable());
    }

    private async ValueTask<DialOutcome> DialAnyAsync(NodeEndpoint endpoint, NodeId? expected, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        DialOutcome outcome = DialFailure(TransportFault.NameNotFound, endpoint);
        foreach (IPAddress address in await ResolveAsync(endpoint, stop.Token).ConfigureAwait(false))
        {
            outcome = await DialAsync(endpoint, address, expected, stop.Token).ConfigureAwait(false);
            if (outcome.Fault == TransportFault.None) break;
        }

        return outcome;
    }

    private async ValueTask<IPAddress[]> ResolveAsync(NodeEndpoint endpoint, CancellationToken cancellation)
    {
        if (endpoint.Address is { } address) return [address];
        try
        {
            IPAddress[] found = await _options.Resolve(endpoint.Host, cancellation).ConfigureAwait(false);
            return [.. found.Select(one => one.IsIPv4MappedToIPv6 ? one.MapToIPv4() : one).Distinct().Take(MaxAddresses)];
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private async ValueTask<DialOutcome> DialAsync(NodeEndpoint endpoint, IPAddress address, NodeId? expected, CancellationToken cancellation)
    {
        Socket? socket = null;
        bool isHandedOver = false;
        bool isConnected = false;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            TcpAcceptor.Prepare(socket, _options);
            using (var limit = new Deadline(_options.ConnectTimeout, _options.Clock, cancellation))
                await socket.ConnectAsync(new IPEndPoint(address, endpoint.Port), limit.Token).ConfigureAwait(false);
            isConnected = true;

            using var deadline = new Deadline(_options.HandshakeTimeout, _options.Clock, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: false);
            Handshake handshake = _tls is null
                ? await PlainHandshake.RunAsync(stream, deadline.Token).ConfigureAwait(false)
                : await _tls.DialAsync(stream, expected, deadline.Token).ConfigureAwait(false);
            if (handshake.Stream is null)
            {
                return handshake.Fault == TransportFault.OtherNode
                    ? DialOutcome.Failed(TransportFault.OtherNode, $"At {endpoint} is {handshake.RemoteId}, not the expected {expected}: check both with the node's owner; the address may have gone to another node.")
                    : DialFailure(handshake.Fault, endpoint, handshake.Detail);
            }

            isHandedOver = true;
            return DialOutcome.Connected(new TcpConnection(socket, handshake.Stream, handshake.RemoteId, NodeEndpoint.Of(new IPEndPoint(address, endpoint.Port)), isOutbound: true, _options));
        }
        catch (SocketException exception)
        {
            return DialFailure(SocketFaults.OfConnecting(exception.SocketErrorCode), endpoint);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return DialFailure(isConnected ? TransportFault.HandshakeTimeout : TransportFault.Timeout, endpoint);
        }
        catch (IOException)
        {
            return DialFailure(TransportFault.Closed, endpoint);
        }
        finally
        {
            if (!isHandedOver) socket?.Dispose();
        }
    }
}
