using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Transport;

/// <summary>
/// Takes connections from listening sockets, runs their handshakes beside each other up to a number, and hands over what comes of them.
/// What is too much is closed before any cryptography.
/// </summary>
internal sealed class TcpAcceptor(TcpTransportOptions options, TlsHandshake? tls, ChannelWriter<ITransportConnection> accepted, CancellationToken stop) : IAsyncDisposable
{
    private const int Backlog = 128;

    // Without descriptors or memory the system refuses to accept at once, again and again.
    private static readonly TimeSpan s_pauseAfterFault = TimeSpan.FromMilliseconds(100);

    private readonly AcceptBudget _budget = new(options.Clock);
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();
    private readonly ConcurrentBag<Socket> _listeners = [];
    private int _handshakes;

    /// <summary>Makes a socket that listens.</summary>
    /// <exception cref="SocketException">The system refuses.</exception>
    public static Socket Bind(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // [::] takes IPv4 too, unless the system has none; another IPv6 address is itself only.
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = endpoint.Address.Equals(IPAddress.IPv6Any) && Socket.OSSupportsIPv4;
            if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sets what every connection's socket has: frames are flushed whole, so nothing is gained by waiting for more.</summary>
    public static void Prepare(Socket socket, TcpTransportOptions options)
    {
        socket.NoDelay = true;
        if (options.SocketBufferBytes == 0) return;
        socket.SendBufferSize = options.SocketBufferBytes;
        socket.ReceiveBufferSize = options.SocketBufferBytes;
    }

    public void Start(Socket listener)
    {
        _listeners.Add(listener);
        if (options.SocketBufferBytes != 0) listener.ReceiveBufferSize = options.SocketBufferBytes;
        Track(AcceptAllAsync(listener));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Socket listener in _listeners) listener.Dispose();
        while (!_tasks.IsEmpty) await Task.WhenAll(_tasks.Keys).ConfigureAwait(false);
    }

    private void Track(Task task)
    {
        _tasks[task] = true;
        _ = task.ContinueWith(static (ended, tasks) => ((ConcurrentDictionary<Task, bool>)tasks!).TryRemove(ended, out _), _tasks, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task AcceptAllAsync(Socket listener)
    {
        // The caller's thread goes back at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Take(await listener.AcceptAsync(stop).ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (!stop.IsCancellationRequested)
            {
                try
                {
                    await Task.Delay(s_pauseAfterFault, options.Clock, stop).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Decides whether a connection is worth a handshake.</summary>
    private void Take(Socket socket)
    {
        NodeEndpoint endpoint;
        IPEndPoint remote;
        try
        {
            remote = (IPEndPoint)socket.RemoteEndPoint!;
            endpoint = NodeEndpoint.Of(remote);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidCastException or NullReferenceException)
        {
            // It was reset before it was looked at: no one is left to refuse.
            socket.Dispose();
            return;
        }

        bool isWithin = options.GroupOf(remote.Address) is not { } group || _budget.TryTake(group);
        if (isWithin && Interlocked.Increment(ref _handshakes) <= options.MaxHandshakes)
        {
            Track(WelcomeAsync(socket, endpoint));
            return;
        }

        if (isWithin) Interlocked.Decrement(ref _handshakes);
        socket.Dispose();
        Refuse(endpoint, TransportFault.TooMany);
    }

    private async Task WelcomeAsync(Socket socket, NodeEndpoint endpoint)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        bool isHandedOver = false;
        bool isRefused = false;
        Stream? open = null;
        try
        {
            Prepare(socket, options);
            using var deadline = new Deadline(options.HandshakeTimeout, options.Clock, stop);
            var stream = new NetworkStream(socket, ownsSocket: false);
            Handshake handshake = tls is null
                ? await PlainHandshake.RunAsync(stream, deadline.Token).ConfigureAwait(false)
                : await tls.AcceptAsync(stream, deadline.Token).ConfigureAwait(false);
            if (handshake.Fault == TransportFault.None && options.AllowedNodes is { } allowed && (handshake.RemoteId is not { } id || !allowed.Contains(id)))
            {
                open = handshake.Stream;
                isRefused = true;
                Refuse(endpoint, TransportFault.NotAllowed, $"{handshake.RemoteId} at {endpoint} is not among the allowed nodes: add it to them, if it may connect.");
                await open!.WriteAsync(NotAllowed(), deadline.Token).ConfigureAwait(false);
                return;
            }

            if (handshake.Stream is null)
            {
                Refuse(endpoint, handshake.Fault, handshake.Detail.Length == 0 ? null : $"{SocketFaults.Explain(handshake.Fault, endpoint)} ({handshake.Detail})");
                return;
            }

            open = handshake.Stream;
            await accepted.WriteAsync(new TcpConnection(socket, open, handshake.RemoteId, endpoint, isOutbound: false, options), deadline.Token).ConfigureAwait(false);
            isHandedOver = true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            if (!isRefused) Refuse(endpoint, open is null ? TransportFault.HandshakeTimeout : TransportFault.TooMany);
        }
        catch (OperationCanceledException)
        {
            // The transport stops.
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            if (!isRefused) Refuse(endpoint, TransportFault.Closed);
        }
        finally
        {
            if (!isHandedOver)
            {
                if (open is not null) await DisposeQuietlyAsync(open).ConfigureAwait(false);
                socket.Dispose();
            }

            Interlocked.Decrement(ref _handshakes);
        }
    }

    private static async ValueTask DisposeQuietlyAsync(Stream stream)
    {
        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // The other side has gone first.
        }
    }

    private void Refuse(NodeEndpoint endpoint, TransportFault fault, string? message = null)
    {
        try
        {
            options.OnRefused?.Invoke(new RefusedConnection(endpoint, fault, message ?? SocketFaults.Explain(fault, endpoint)));
        }
#pragma warning disable CA1031 // The owner's code: a stranger who is refused must not end the listening by what it throws.
        catch
#pragma warning restore CA1031
        {
            // There is no one to report it to: this was the report.
        }
    }

    /// <summary>The frame that says why, to a node that has proven who it is.</summary>
    private static ReadOnlyMemory<byte> NotAllowed()
    {
        var frames = new FrameWriter();
        frames.TryAdd(0, MessageKind.Bye, MessageCodec.Encode(new Bye(ByeReason.NotAllowed, "Only certain nodes may connect here: ask the owner to add your node's id."), WireLimits.Default));
        var output = new ArrayBufferWriter<byte>();
        frames.TryWrite(output);
        return output.WrittenMemory;
    }
}
