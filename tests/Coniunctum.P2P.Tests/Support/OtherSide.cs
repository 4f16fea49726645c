using System.Buffers;
using System.IO.Pipelines;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>The other side of a connection, which says whatever a test lets it say.</summary>
internal sealed class OtherSide(PipeConnection connection)
{
    private static readonly TimeSpan s_net = TimeSpan.FromMinutes(2);

    private readonly FrameReader _frames = new((_, _) => 4 * 1_024 * 1_024);

    public static Hello Hello { get; } = new(WireVersion.Major, WireVersion.Minor, 7, TestKeys.Public(2), [], NodeRoles.Full);

    public async Task SayAsync(byte channel, params WireMessage[] messages)
    {
        foreach (WireMessage message in messages)
        {
            var frames = new FrameWriter();
            frames.TryAdd(channel, message.Kind, MessageCodec.Encode(message, WireLimits.Default));
            while (frames.TryWrite(connection.Output))
            {
                // Frame behind frame.
            }

            await connection.Output.FlushAsync();
        }
    }

    /// <summary>Waits for the next message; <c>null</c> when the connection is closed.</summary>
    public async Task<WireMessage?> HearAsync()
    {
        while (true)
        {
            using var net = new CancellationTokenSource(s_net);
            ReadResult read = await connection.Input.ReadAsync(net.Token);
            ReadOnlySequence<byte> left = read.Buffer;
            if (_frames.TryRead(ref left, out FramedMessage framed))
            {
                connection.Input.AdvanceTo(left.Start);
                Assert.That(MessageCodec.Decode((MessageKind)framed.Kind, framed.Bytes, WireLimits.Default, out WireMessage? message).IsValid);
                return message;
            }

            connection.Input.AdvanceTo(left.Start, left.End);
            if (read.IsCompleted) return null;
        }
    }
}
