using System.Net;
using System.Net.Sockets;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>Stands between two nodes, keeps what passes, and may change it.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NodeEndpoint _target;
    private readonly List<Task> _tasks = [];
    private readonly CancellationTokenSource _stop = new();

    public RecordingProxy(NodeEndpoint target)
    {
        _target = target;
        _listener.Start();
        _tasks.Add(AcceptAsync());
    }

    public NodeEndpoint Endpoint => NodeEndpoint.Of((IPEndPoint)_listener.LocalEndpoint);

    /// <summary>What the side that connected sent, for each connection.</summary>
    public List<MemoryStream> Outbound { get; } = [];

    /// <summary>What came back.</summary>
    public List<MemoryStream> Inbound { get; } = [];

    /// <summary>Changes the records of TLS that come back from the target: gets a record, gives what is passed on.</summary>
    public Func<byte[], IEnumerable<byte[]>>? Change { get; set; }

    public static IEnumerable<byte[]> Records(byte[] bytes)
    {
        for (int at = 0; at + 5 <= bytes.Length;)
        {
            int length = 5 + ((bytes[at + 3] << 8) | bytes[at + 4]);
            yield return bytes[at..Math.Min(bytes.Length, at + length)];
            at += length;
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
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync(_stop.Token);
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(_target.Address!, _target.Port, _stop.Token);
                var outbound = new MemoryStream();
                var inbound = new MemoryStream();
                lock (Outbound) Outbound.Add(outbound);
                lock (Inbound) Inbound.Add(inbound);
                _tasks.Add(PassAsync(near, far, outbound, isChanged: false));
                _tasks.Add(PassAsync(far, near, inbound, isChanged: true));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static void Keep(MemoryStream kept, ReadOnlySpan<byte> bytes)
    {
        lock (kept) kept.Write(bytes);
    }

    private async Task PassAsync(Socket from, Socket to, MemoryStream kept, bool isChanged)
    {
        byte[] buffer = new byte[65_536];
        var waiting = new List<byte>();
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var read and > 0)
            {
                Keep(kept, buffer.AsSpan(0, read));
                if (!isChanged || Change is not { } change)
                {
                    await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
                    continue;
                }

                waiting.AddRange(buffer.AsSpan(0, read));
                while (waiting.Count >= 5 && waiting.Count >= 5 + ((waiting[3] << 8) | waiting[4]))
                {
                    byte[] record = [.. waiting.Take(5 + ((waiting[3] << 8) | waiting[4]))];
                    waiting.RemoveRange(0, record.Length);
                    foreach (byte[] changed in change(record)) await to.SendAsync(changed, _stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // A side has gone.
        }

        to.Dispose();
    }
}
