using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;
using Coniunctum.P2P.Wire.Protocol;

namespace Coniunctum.Simulation;

/// <summary>
/// One node's end of a connection, and what it knows of it: the other end may be gone long before this one hears of it. Carries out on
/// messages in virtual time what the shipped shell does on bytes.
/// </summary>
internal sealed class ConnectionEnd(World world, Connections connections, SimulatedPeers peers, NodeEndpoint endpoint, NodeEndpoint? dialled)
{
    // How long passes until the machine is answered for what has left, for all of it together.
    private static readonly TimeSpan s_writeTime = TimeSpan.FromMilliseconds(20);

    private readonly Conversation _conversation = new(WireVersion.Minor);

    // What has come and the machine has not taken: it is busy, or does not read.
    private readonly Queue<PeerInput> _waiting = new();
    private readonly PeerId _id = peers.NextId();
    private State _state;
    private bool _isFaulted;
    private bool _isReading = true;
    private int _written;
    private long _writtenBytes;
    private bool _isReporting;

    private enum State
    {
        Connecting,
        Open,
        Closing,
        Over,
    }

    public SimulatedPeers Peers => peers;

    public SimulatedNode Node => peers.Node;

    public ConnectionEnd Other { get; private set; } = null!;

    /// <summary>What this end sends.</summary>
    public MessageFlow Outgoing { get; private set; } = null!;

    public static void Join(ConnectionEnd one, ConnectionEnd other)
    {
        (one.Other, other.Other) = (other, one);
        one.Outgoing = one.MakeFlow();
        other.Outgoing = other.MakeFlow();
    }

    /// <summary>The connection stands for this end.</summary>
    public void Begin()
    {
        if (_state != State.Connecting) return;
        if (peers.IsOver)
        {
            End(null);
            Refuse();
            return;
        }

        _state = State.Open;
        world.Record(Node.Index, WorldEventKind.Connected, endpoint.Host, default);
        peers.Add(_id, this);
        Give(new PeerInput.Connected(_id, Other.Node.NodeId, endpoint, dialled));
    }

    /// <summary>Sends a message, if the conversation lets it be sent.</summary>
    public void Send(PeerEffect.SendMessage send)
    {
        if (_state != State.Open) return;
        (string subject, ReadOnlyMemory<byte> content) = Describe(send.Message);
        bool isTakenAway = send.Message is Publish && world.Loses?.Invoke(Node, Other.Node, subject, content) == true;
        if (isTakenAway) world.Record(Other.Node.Index, WorldEventKind.Lost, subject, content);
        if (isTakenAway || !_conversation.TrySend(send.Channel, send.Message, peers.Messages.Limits))
        {
            NoteWritten(1, send.Bytes, TimeSpan.Zero);
            return;
        }

        byte[] bytes = MessageCodec.Encode(send.Message, peers.Messages.Limits);
        if (content.IsEmpty) content = bytes;
        world.Record(Node.Index, WorldEventKind.Sent, subject, content);
        (byte channel, MessageKind kind) = (send.Channel, send.Message.Kind);
        Outgoing.Send(new InTransit(subject, content, bytes.Length, send.Bytes, () => Other.Receive(channel, kind, bytes)));
    }

    /// <summary>Ends the connection behind what was sent; breaks it where the other end does not answer in time.</summary>
    public void Close(string text)
    {
        if (_state != State.Open) return;
        _state = State.Closing;
        Outgoing.Send(new InTransit("end", default, 0, 0, Other.ReceiveEnd));
        Node.After(PeerConnection.CloseTime, WorldEventKind.Disconnected, text, default, () =>
        {
            if (End(text)) Refuse();
        });
    }

    /// <summary>Stops giving the machine what comes, or goes on.</summary>
    public void SetReading(bool isReading)
    {
        _isReading = isReading;
        if (isReading) peers.OfferSoon(this);
    }

    /// <summary>Gives the machine what waits, as far as it takes it.</summary>
    public void Offer()
    {
        while ((_isReading || _state == State.Over) && _waiting.TryPeek(out PeerInput? next) && peers.TryTake(this, next)) _waiting.Dequeue();
    }

    /// <summary>The connection breaks: each end hears of it in its own time.</summary>
    public void Break()
    {
        foreach (ConnectionEnd end in (ConnectionEnd[])[this, Other])
        {
            end.Outgoing.Break();
            TimeSpan later = connections.LinkOf(end.Other.Node.Index, end.Node.Index).DrawDelay();
            world.After(later, end.Node.Index, WorldEventKind.Disconnected, "reset", default, () => end.End("the connection was reset"));
        }
    }

    /// <summary>The node has crashed: the other end is told, unless the power failed or the link is cut.</summary>
    public void Die(bool isSilent)
    {
        if (!End(null)) return;
        if (isSilent)
            Outgoing.Forget();
        else
            Refuse();
    }

    /// <summary>So much has left, or need not.</summary>
    public void NoteWritten(int messages, long bytes, TimeSpan after)
    {
        _written += messages;
        _writtenBytes += bytes;
        if (!_isReporting) ReportWritten(after);
    }

    private void ReportWritten(TimeSpan after)
    {
        _isReporting = true;
        Node.After(after + s_writeTime, WorldEventKind.Written, "", default, () =>
        {
            _isReporting = false;
            if (_state == State.Over || _written == 0) return;
            if (!Node.TryTake(new PeerInput.Written(_id, _written, _writtenBytes)))
                ReportWritten(TimeSpan.Zero);
            else
                (_written, _writtenBytes) = (0, 0);
        });
    }

    private MessageFlow MakeFlow() => new(world, this, connections.LinkOf(Node.Index, Other.Node.Index));

    private void Receive(byte channel, MessageKind kind, byte[] bytes)
    {
        if (_state == State.Over && Node.HasPower) Refuse();
        if (_state != State.Open || _isFaulted) return;
        Admission admission = _conversation.Admit(channel, (ushort)kind);
        if (admission.Verdict == AdmissionVerdict.PassOver) return;
        if (admission.Verdict != AdmissionVerdict.Take || bytes.Length > admission.MaxBytes)
        {
            Fault($"{kind} may not come: {admission.Fault}");
            return;
        }

        SharedMessage read = peers.Messages.Read(kind, bytes, _conversation.LimitsOf(channel));
        if (read.Message is null)
        {
            Fault($"{kind} cannot be read: {read.Outcome}");
            return;
        }

        admission = _conversation.Receive(channel, read.Message);
        if (admission.Verdict == AdmissionVerdict.Refuse)
            Fault($"{kind} may not come: {admission.Fault}");
        else if (admission.Verdict == AdmissionVerdict.Take)
            Give(read.InputFrom(_id, bytes.Length));
    }

    /// <summary>The other end has sent all that it will.</summary>
    private void ReceiveEnd()
    {
        bool isFirst = _state == State.Open;
        if (End("the other side has closed the connection") && isFirst) Outgoing.Send(new InTransit("end", default, 0, 0, Other.ReceiveEnd));
    }

    private void ReceiveReset() => End("the connection was reset");

    /// <summary>Says that there is no such connection here.</summary>
    private void Refuse() => Outgoing.SendUnheld(new InTransit("reset", default, 0, 0, Other.ReceiveReset));

    private void Fault(string text)
    {
        _isFaulted = true;
        Give(new PeerInput.Faulted(_id, text));
    }

    /// <summary>This end is over; the machine hears of it behind everything else.</summary>
    private bool End(string? text)
    {
        if (_state == State.Over) return false;
        bool wasKnown = _state != State.Connecting;
        _state = State.Over;
        if (Other._state == State.Over) connections.Forget(this);
        if (text is null || !wasKnown || peers.IsOver) return true;
        world.Record(Node.Index, WorldEventKind.Disconnected, text, default);
        Give(new PeerInput.Closed(_id, text));
        return true;
    }

    private void Give(PeerInput input)
    {
        if (peers.IsOver) return;
        _waiting.Enqueue(input);
        Offer();
    }

    private static (string Subject, ReadOnlyMemory<byte> Content) Describe(WireMessage message) => message switch
    {
        Publish published => (published.Topic, published.Content),
        Block block => (nameof(MessageKind.Block), block.Bytes),
        Compact compact => (nameof(MessageKind.Compact), compact.Head.Header),
        _ => (message.Kind.ToString(), default),
    };
}
