using System.Buffers;
using System.IO.Pipelines;
using Coniunctum.Consensus;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Internal;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;
using Coniunctum.P2P.Wire.Messages;
using Coniunctum.P2P.Wire.Protocol;

namespace Coniunctum.P2P.Peers.Shell;

/// <summary>
/// One connection: a task that reads and one that writes, and the conversation between them. Whatever happens on it ends this
/// connection only, and is reported by <see cref="PeerInput.Closed"/>, once, behind everything else. Safe to use from several threads.
/// </summary>
internal sealed class PeerConnection
{
    /// <summary>How long what waits may take to be sent, and the other side to close, before the connection is broken.</summary>
    public static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(3);

    private readonly PeerId _id;
    private readonly ITransportConnection _transport;
    private readonly NodeEndpoint? _dialled;
    private readonly TimeProvider _clock;
    private readonly INodeInputs _inputs;
    private readonly LedgerPorts _ports;
    private readonly MessageInbox _inbox;
    private readonly MessageOutbox _outbox;
    private readonly FrameReader _frames;

    // Guards the conversation and what follows.
    private readonly Lock _gate = new();
    private readonly Conversation _conversation = new(WireVersion.Minor);
    private readonly HashSet<PeerId> _pausing = [];
    private TaskCompletionSource? _resumed;
    private ITimer? _deadline;
    private ProtocolFault _fault;
    private string? _end;
    private bool _hasHeardBye;
    private bool _isWritten;
    private bool _isFaulted;
    private string _farewell = "the other side has closed the connection";
    private long _bytesRead;

    /// <summary>Makes a connection that does not run yet.</summary>
    /// <param name="id">The connection's number.</param>
    /// <param name="transport">The connection itself, which is disposed at its end.</param>
    /// <param name="dialled">What was dialled, or <c>null</c>.</param>
    /// <param name="ports">The ledgers, which decode messages and take what comes of them.</param>
    /// <param name="workers">Where messages are decoded.</param>
    /// <param name="inputs">Takes what happens to the connection.</param>
    /// <param name="clock">The clock of deadlines.</param>
    public PeerConnection(
        PeerId id, ITransportConnection transport, NodeEndpoint? dialled, LedgerPorts ports, TaskScheduler workers, INodeInputs inputs, TimeProvider clock)
    {
        (_id, _transport, _dialled, _ports, _inputs, _clock) = (id, transport, dialled, ports, inputs, clock);
        _inbox = new MessageInbox(id, workers, inputs);
        _outbox = new MessageOutbox(_conversation, ports, inputs);
        _frames = new FrameReader(Admit);
    }

    /// <summary>What was dialled, or <c>null</c> where the other side has dialled.</summary>
    public NodeEndpoint? Dialled => _dialled;

    /// <summary>Who is at the other end, where the transport proves it, and at which address.</summary>
    public (NodeId? Node, NodeEndpoint Endpoint) Remote => (_transport.RemoteId, _transport.RemoteEndpoint);

    /// <summary>Why it ended, or is ending.</summary>
    public string? End
    {
        get
        {
            lock (_gate) return _end;
        }
    }

    /// <summary>Bytes that have come.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Bytes that were sent.</summary>
    public long BytesWritten => _outbox.BytesWritten;

    /// <summary>Carries the connection to its end.</summary>
    public async Task RunAsync()
    {
        await _inputs.AddAsync(new PeerInput.Connected(_id, _transport.RemoteId, _transport.RemoteEndpoint, _dialled)).ConfigureAwait(false);
        await Task.WhenAll(GuardAsync(ReadAsync), GuardAsync(WriteAsync)).ConfigureAwait(false);
        await GuardAsync(() => _transport.DisposeAsync().AsTask()).ConfigureAwait(false);
        await GuardAsync(_inbox.EndAsync).ConfigureAwait(false);
        if (_deadline is { } deadline) await deadline.DisposeAsync().ConfigureAwait(false);
        await _inputs.AddAsync(new PeerInput.Closed(_id, End!)).ConfigureAwait(false);
    }

    /// <summary>Sends a message, if the conversation lets it be sent.</summary>
    /// <param name="send">The message.</param>
    public void Send(PeerEffect.SendMessage send)
    {
        lock (_gate)
        {
            // What is meant for an opening that is over may be none of the next one's; and the switch may have said Bye since a ledger spoke.
            if (_end is null && (LedgerPeerId.ChannelOf(send.To) is var ledger && ledger == 0 || !_conversation.HasSaidBye && _conversation.NumberOf(ledger) == send.To))
                _outbox.Add(send.Channel, send.Message, send.Bytes, send.To);
        }
    }

    /// <summary>A ledger was opened on both sides: what it says and is told goes under a number from now on.</summary>
    /// <param name="number">The number (<see cref="LedgerPeerId"/>).</param>
    public void NoteOpened(PeerId number)
    {
        lock (_gate) _conversation.Number(LedgerPeerId.ChannelOf(number), number);
    }

    /// <summary>Stops reading, or goes on once all do that had it stopped.</summary>
    /// <param name="isReading">Whether to read.</param>
    /// <param name="owner">Who says so: the connection's own number, or a ledger's.</param>
    public void SetReading(bool isReading, PeerId owner)
    {
        lock (_gate)
        {
            if (isReading)
                _pausing.Remove(owner);
            else
                _pausing.Add(owner);
        }

        UpdateReading();
    }

    /// <summary>Goes on reading as far as a ledger had it stopped that is gone.</summary>
    /// <param name="channel">The ledger's channel.</param>
    public void Resume(byte channel)
    {
        lock (_gate) _pausing.RemoveWhere(owner => LedgerPeerId.ChannelOf(owner) == channel);
        UpdateReading();
    }

    /// <summary>Says Bye, where that was not said, and closes.</summary>
    public void SayBye(ByeReason reason, string text, TimeSpan within)
    {
        // In one, so that no message comes behind Bye.
        lock (_gate)
        {
            if (_end is null && !_conversation.HasSaidBye) _outbox.Add(0, new Bye(reason, text), 0, _id);
            Close(text, within);
        }
    }

    /// <summary>Breaks the connection at once.</summary>
    public void Abort() => _transport.Abort();

    /// <summary>Sends what waits, and ends the connection.</summary>
    /// <param name="text">Why.</param>
    /// <param name="within">What may take longer is broken off.</param>
    public void Close(string text, TimeSpan within)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = PrintableText.Of(text);
            _deadline = _clock.CreateTimer(_ => _transport.Abort(), null, within, Timeout.InfiniteTimeSpan);
        }

        _outbox.Complete();
        UpdateReading();
    }

    private void UpdateReading()
    {
        TaskCompletionSource? resumed = null;
        lock (_gate)
        {
            if (_pausing.Count == 0 || _end is not null)
                (resumed, _resumed) = (_resumed, null);
            else
                _resumed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        resumed?.TrySetResult();
    }

    private async Task GuardAsync(Func<Task> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            Break(exception.Message);
        }
#pragma warning disable CA1031 // Whatever goes wrong on a connection ends that one; the others and the ledger go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Break($"it failed here: {ExceptionText.MessageOf(exception)}");
        }
    }

    private void Break(string text)
    {
        Close(text, CloseTime);
        _transport.Abort();
    }

    private async Task ReadAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            Task? resumed;
            lock (_gate) resumed = _resumed?.Task;
#pragma warning disable VSTHRD003 // A signal of this class.
            if (resumed is not null) await resumed.ConfigureAwait(false);
#pragma warning restore VSTHRD003
            ReadResult read = await _transport.Input.ReadAsync().ConfigureAwait(false);
            if (IsOver()) return;
            ReadOnlySequence<byte> left = read.Buffer;
            if (_isFaulted)
                left = left.Slice(left.End);
            else
                left = await TakeAsync(left).ConfigureAwait(false);
            Interlocked.Add(ref _bytesRead, read.Buffer.Length - left.Length);
            _transport.Input.AdvanceTo(left.Start, left.End);
            if (read.IsCompleted) Close(_farewell, CloseTime);
            if (read.IsCompleted || IsOver()) return;
        }
    }

    /// <summary>Whether there is nothing to wait for. Who was said Bye is to read it before the connection is gone, and closes it then.</summary>
    private bool IsOver()
    {
        lock (_gate) return _isWritten && (_hasHeardBye || !_conversation.HasSaidBye);
    }

    /// <summary>Takes the messages that are whole; returns what is left.</summary>
    private async ValueTask<ReadOnlySequence<byte>> TakeAsync(ReadOnlySequence<byte> buffer)
    {
        while (!_isFaulted && _frames.TryRead(ref buffer, out FramedMessage framed)) await TakeAsync(framed).ConfigureAwait(false);
        if (_frames.Fault != FrameFault.None && !_isFaulted)
            await FaultAsync(_frames.Fault == FrameFault.NotAdmitted ? Invariant($"a message that may not come: {_fault}") : Invariant($"a frame that no node sends: {_frames.Fault}")).ConfigureAwait(false);
        return _isFaulted ? buffer.Slice(buffer.End) : buffer;
    }

    private async ValueTask TakeAsync(FramedMessage framed)
    {
        WireLimits limits;
        lock (_gate) limits = _conversation.LimitsOf(framed.Channel);
        DecodeOutcome outcome = MessageCodec.Decode((MessageKind)framed.Kind, framed.Bytes, limits, out WireMessage? message);
        if (message is null)
        {
            await FaultAsync($"{(MessageKind)framed.Kind} cannot be read: {outcome}").ConfigureAwait(false);
            return;
        }

        Admission admission;
        byte own;
        PeerId number;
        lock (_gate)
        {
            (admission, own) = (_conversation.Receive(framed.Channel, message), _conversation.OwnChannelOf(framed.Channel));
            number = _conversation.NumberOf(own);
        }

        if (message is Bye bye) _farewell = $"the other side has closed it: {bye.Reason} {bye.Text}";
        if (admission.Verdict == AdmissionVerdict.Refuse)
            await FaultAsync(Invariant($"{message.Kind} may not come: {admission.Fault}")).ConfigureAwait(false);
        else if (admission.Verdict == AdmissionVerdict.Take)
            await HandOverAsync(framed, message, own, number).ConfigureAwait(false);
    }

    /// <summary>Which ledgers are open is a matter of the connection, and so is all of channel 0; the rest is a ledger's, if that is still here.</summary>
    private async ValueTask HandOverAsync(FramedMessage framed, WireMessage message, byte own, PeerId number)
    {
        if (framed.Channel == 0 || message is Open)
        {
            await _inbox.TakeAsync(message, framed.Bytes.Length).ConfigureAwait(false);
            return;
        }

        if (_ports.Find(own) is not { } port) return;
        if (!port.IsNumbered)
        {
            number = _id;
        }
        else if (number.IsOwn)
        {
            // The other side may have answered this node's Open before the switch has told the ledger of it: behind a step of its own it has.
            await _inputs.AddAsync(new PeerInput.Written(_id, 0, 0)).ConfigureAwait(false);
            lock (_gate) number = _conversation.NumberOf(own);
            // It was shut meanwhile.
            if (number.IsOwn) return;
        }

        await _inbox.TakeAsync(message, framed.Bytes.Length, port, number).ConfigureAwait(false);
    }

    /// <summary>From here on everything is skipped, until the machine closes the connection.</summary>
    private ValueTask FaultAsync(string text)
    {
        _isFaulted = true;
        return _inbox.FaultAsync(text);
    }

    /// <summary>Asked by the frames, before anything is allocated for a message.</summary>
    private int Admit(byte channel, ushort kind)
    {
        lock (_gate)
        {
            Admission admission = _conversation.Admit(channel, kind);
            _hasHeardBye |= kind == (ushort)MessageKind.Bye;
            _fault = admission.Fault;
            return admission.Verdict switch
            {
                AdmissionVerdict.Take => admission.MaxBytes,
                AdmissionVerdict.PassOver => -admission.MaxBytes,
                _ => 0,
            };
        }
    }

    private async Task WriteAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (!await _outbox.WriteAsync(_transport.Output).ConfigureAwait(false)) Break("the other side has closed the connection");
        lock (_gate) _isWritten = true;
        if (IsOver()) _transport.Input.CancelPendingRead();
    }
}
