using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Coniunctum.P2P.Transport;

namespace Coniunctum.Tests.Support;

/// <summary>Stands between two nodes that speak plain TCP, and keeps all that passes.</summary>
internal sealed class RecordingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NodeEndpoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<byte>[] _ways = [[], []];
    private readonly List<Task> _tasks = [];

    public RecordingRelay(NodeEndpoint target)
    {
        _target = target;
        _listener.Start();
        _tasks.Add(AcceptAsync());
    }

    public string Address => NodeEndpoint.Of((IPEndPoint)_listener.LocalEndpoint).ToString();

    /// <summary>Whether some bytes have passed, one behind the other, either way.</summary>
    public bool HasSeen(ReadOnlySpan<byte> bytes)
    {
        lock (_ways)
        {
            foreach (List<byte> way in _ways)
                if (CollectionsMarshal.AsSpan(way).IndexOf(bytes) >= 0) return true;
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll([.. _tasks]);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            Socket near = await _listener.AcceptSocketAsync(_stop.Token);
            var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await far.ConnectAsync(_target.Address!, _target.Port, _stop.Token);
            await Task.WhenAll(PassAsync(near, far, _ways[0]), PassAsync(far, near, _ways[1]));
            near.Dispose();
            far.Dispose();
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(Socket from, Socket to, List<byte> way)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                lock (_ways) way.AddRange(buffer.AsSpan(0, count));
                for (int sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of the sides is gone.
        }
    }
}
