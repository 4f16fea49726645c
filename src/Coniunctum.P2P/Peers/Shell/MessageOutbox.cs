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
/// <param name="conversation">What may be said, whose lock the caller of <see cref="Add"/> holds.</param>
/// <param name="ports">The ledgers.</param>
/// <param name="inputs">Takes what was written of the connection's own.</param>
internal sealed class MessageOutbox(Conversation conversation, LedgerPorts ports, INodeInputs inputs)
{
    // As many frames go to the transport at once: what is more urgent waits no longer than these.
    private const int FramesAFlush = 4;

    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly FrameWriter _frames = new(int.MaxValue);

    // What was written, or left out, and not reported yet, by whose it was.
    private readonly Dictionary<PeerId, (int Messages, long Bytes)> _done = [];
    private long _bytesWritten;

    /// <summary>Bytes that were given to the transport.</summary>
    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    /// <summary>Adds a message, where it may be sent now; otherwise it is left out.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="bytes">What is answered for.</param>
    /// <param name="owner">Under which number it is answered for: the connection's, or a ledger's (<see cref="LedgerPeerId"/>).</param>
    public void Add(byte channel, WireMessage message, int bytes, PeerId owner)
    {
        WireLimits limits = ports.Find(channel)?.Decoder.Limits ?? WireLimits.Default;
        _waiting.Writer.TryWrite(new Waiting(channel, conversation.TrySend(channel, message, limits) ? message : null, bytes, limits, owner));
    }

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
                    if (_frames.Finished is { } finished) Note(finished.Owner, finished.Charge);
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
            _frames.TryAdd(waiting.Channel, message.Kind, MessageCodec.Encode(message, waiting.Limits), waiting.Bytes, waiting.Owner);
        else
            Note(waiting.Owner, waiting.Bytes);
    }

    private void Note(PeerId owner, long bytes)
    {
        (int messages, long before) = _done.GetValueOrDefault(owner);
        _done[owner] = (messages + 1, before + bytes);
    }

    private async ValueTask ReportAsync()
    {
        foreach ((PeerId owner, (int messages, long bytes)) in _done)
        {
            // A ledger that is gone is answered no more.
            INodeInputs? to = LedgerPeerId.ChannelOf(owner) is var channel && channel == 0 ? inputs : ports.Find(channel)?.Inputs;
            if (to is not null) await to.AddAsync(new PeerInput.Written(owner, messages, bytes)).ConfigureAwait(false);
        }

        _done.Clear();
    }

    private readonly record struct Waiting(byte Channel, WireMessage? Message, int Bytes, WireLimits Limits, PeerId Owner);
}
