using System.IO.Pipelines;
using System.Threading.Channels;
using Coniunctum.Consensus;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;
using Coniunctum.P2P.Wire.Protocol;

namespace Coniunctum.P2P.Peers.Shell;

/// <summary>
/// What is to be sent on one connection: asked of the conversation when it is added, encoded and cut into frames by the task that
/// writes, the most urgent first. How much waits is bounded by the machine, to which each message is answered for.
/// </summary>
/// <param name="from">The connection.</param>
/// <param name="conversation">What may be said, whose lock the caller of <see cref="Add"/> holds.</param>
/// <param name="limits">The largest messages of the ledger.</param>
/// <param name="inputs">Takes what was written.</param>
internal sealed class MessageOutbox(PeerId from, Conversation conversation, WireLimits limits, INodeInputs inputs)
{
    // As many frames go to the transport at once: what is more urgent waits no longer than these.
    private const int FramesAFlush = 4;

    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly FrameWriter _frames = new(int.MaxValue);
    private int _leftOut;
    private long _leftOutBytes;
    private int _reported;
    private long _reportedBytes;
    private long _bytesWritten;

    /// <summary>Bytes that were given to the transport.</summary>
    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>Adds a message, where it may be sent now; otherwise it is left out.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="bytes">What is answered for.</param>
    public void Add(byte channel, WireMessage message, int bytes) =>
        _waiting.Writer.TryWrite(new Waiting(channel, conversation.TrySend(channel, message, limits) ? message : null, bytes));

    /// <summary>Nothing follows.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Writes until nothing follows and nothing waits.</summary>
    /// <param name="output">The transport.</param>
    /// <returns>False when the other side takes nothing more.</returns>
    public async Task<bool> WriteAsync(PipeWriter output)
    {
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            do
            {
                while (_waiting.Reader.TryRead(out Waiting next)) Encode(next);
                for (int i = 0; i < FramesAFlush && _frames.TryWrite(output); i++)
                {
                    // Each goes behind the one before.
                }

                Interlocked.Add(ref _bytesWritten, output.UnflushedBytes);
                FlushResult flushed = await output.FlushAsync().ConfigureAwait(false);
                if (flushed.IsCompleted) return false;
                await ReportAsync().ConfigureAwait(false);
            }
            while (!_frames.IsEmpty);
        }

        return true;
    }

    private void Encode(Waiting waiting)
    {
        if (waiting.Message is { } message)
            _frames.TryAdd(waiting.Channel, message.Kind, MessageCodec.Encode(message, limits), waiting.Bytes);
        else
            (_leftOut, _leftOutBytes) = (_leftOut + 1, _leftOutBytes + waiting.Bytes);
    }

    private async ValueTask ReportAsync()
    {
        (int messages, long bytes) = (_frames.Written + _leftOut - _reported, _frames.WrittenCharge + _leftOutBytes - _reportedBytes);
        if (messages == 0) return;
        await inputs.AddAsync(new PeerInput.Written(from, messages, bytes)).ConfigureAwait(false);
        (_reported, _reportedBytes) = (_reported + messages, _reportedBytes + bytes);
    }

    private readonly record struct Waiting(byte Channel, WireMessage? Message, int Bytes);
}
