using System.Buffers;
using System.IO.Pipelines;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.Tests.Support;

/// <summary>Another side of a connection over TCP and TLS, which says what a test has it say, and answers pings by itself.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    private const int MostBytes = 4 * 1_024 * 1_024;

    private readonly TcpTransport _transport;
    private readonly ITransportConnection _connection;
    private readonly FrameReader _frames = new((_, _) => MostBytes);

    private WireClient(TcpTransport transport, ITransportConnection connection) => (_transport, _connection) = (transport, connection);

    /// <summary>Connects with a node under a key that was drawn, and opens a chain.</summary>
    public static async Task<WireClient> OpenAsync(NodeEndpoint endpoint, BlockId chain)
    {
        using NodeKey key = NodeKey.Generate(SystemEntropy.Instance);
        var transport = new TcpTransport(key, new TcpTransportOptions());
        DialOutcome outcome = await transport.DialAsync(endpoint).AsTask().Soon();
        Assert.That(outcome.TryGetConnection(out ITransportConnection? connection), outcome.Message);
        var client = new WireClient(transport, connection!);
        await client.SayAsync(0, new Hello(WireVersion.Major, WireVersion.Minor, 1, key.PublicKey, [], NodeRoles.Wallet));
        await client.SayAsync(1, new Open(chain.Value, 0, 0, 0, default, chain.Value, null));
        await client.HearAsync<Open>();
        return client;
    }

    /// <summary>Says something; waits while the node does not read.</summary>
    public async Task SayAsync(byte channel, WireMessage message, CancellationToken cancellation = default)
    {
        var frames = new FrameWriter();
        frames.TryAdd(channel, message.Kind, MessageCodec.Encode(message, WireLimits.Default));
        while (frames.TryWrite(_connection.Output))
        {
            // Frame behind frame.
        }

        await _connection.Output.FlushAsync(cancellation);
    }

    /// <summary>Asks a question about the chain, and waits for its answer.</summary>
    public async Task<T> AskAsync<T>(WireMessage question)
        where T : WireMessage
    {
        await SayAsync(1, question);
        return await HearAsync<T>();
    }

    /// <summary>Waits for a message of a kind; what comes before it is passed over, unless it ends the connection.</summary>
    public async Task<T> HearAsync<T>(CancellationToken cancellation = default)
        where T : WireMessage
    {
        while (true)
        {
            ReadResult read = await _connection.Input.ReadAsync(cancellation).AsTask().Soon();
            ReadOnlySequence<byte> left = read.Buffer;
            if (!_frames.TryRead(ref left, out FramedMessage framed))
            {
                _connection.Input.AdvanceTo(left.Start, left.End);
                if (read.IsCompleted) throw new IOException("The node has closed the connection.");
                continue;
            }

            _connection.Input.AdvanceTo(left.Start);
            Assert.That(MessageCodec.Decode((MessageKind)framed.Kind, framed.Bytes, WireLimits.Default, out WireMessage? message).IsValid);
            switch (message)
            {
                case T awaited:
                    return awaited;
                case Ping ping:
                    await SayAsync(0, new Pong(ping.Value), cancellation);
                    break;
                case Bye bye:
                    throw new IOException($"The node says Bye: {bye.Reason} {bye.Text}");
                default:
                    break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Abort();
        await _connection.DisposeAsync();
        await _transport.DisposeAsync();
    }
}
