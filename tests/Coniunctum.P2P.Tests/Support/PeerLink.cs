using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Protocol;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>A connection: encoded messages in order, both ways. While it is held up, nothing gets through and nothing is lost.</summary>
internal sealed class PeerLink
{
    private readonly PeerWorld _world;
    private readonly LinkEnd[] _ends;
    private readonly TimeSpan[] _last = new TimeSpan[2];
    private readonly List<(int To, Action Deliver)> _held = [];

    public PeerLink(PeerWorld world, LinkEnd dialler, LinkEnd other)
    {
        (_world, _ends) = (world, [dialler, other]);
        foreach (LinkEnd end in _ends) end.Link = this;
        world.After(world.DrawLatency(), () =>
        {
            foreach (LinkEnd end in _ends) end.Begin();
        });
    }

    public bool IsOver { get; private set; }

    /// <summary>Whether nothing gets through.</summary>
    public bool IsHeldUp { get; private set; }

    /// <summary>Messages of each kind that were sent.</summary>
    public Dictionary<MessageKind, int> Sent { get; } = [];

    /// <summary>Their bytes.</summary>
    public Dictionary<MessageKind, long> SentBytes { get; } = [];

    /// <summary>Sees each message before it is sent; one that it takes away is lost.</summary>
    public Func<WireMessage, bool> Lets { get; set; } = static _ => true;

    public IEnumerable<LinkEnd> Ends => _ends;

    public void HoldUp() => IsHeldUp = true;

    public void GoOn()
    {
        IsHeldUp = false;
        foreach ((int to, Action deliver) in _held.ToArray()) Deliver(to, deliver);
        _held.Clear();
    }

    /// <summary>Sends a message as the conversation lets it.</summary>
    public void Send(LinkEnd from, byte channel, WireMessage message, WireLimits limits)
    {
        if (IsOver || !from.Conversation.TrySend(channel, message, limits)) return;
        byte[] bytes = MessageCodec.Encode(message, limits);
        if (!Lets(message)) return;
        Sent[message.Kind] = Sent.GetValueOrDefault(message.Kind) + 1;
        SentBytes[message.Kind] = SentBytes.GetValueOrDefault(message.Kind) + bytes.Length;
        int to = _ends[0] == from ? 1 : 0;
        Deliver(to, () => Receive(_ends[to], channel, message.Kind, bytes, limits));
    }

    public void Close(string text)
    {
        if (IsOver) return;
        IsOver = true;
        foreach (LinkEnd end in _ends) _world.After(_world.DrawLatency() * 2, () => end.End(text));
    }

    /// <summary>Lets what was sent arrive first, but not for ever.</summary>
    public void CloseBehind(LinkEnd from, string text)
    {
        Deliver(_ends[0] == from ? 1 : 0, () => Close(text));
        _world.After(TimeSpan.FromSeconds(5), () => Close(text));
    }

    private void Deliver(int to, Action action)
    {
        if (IsHeldUp)
        {
            _held.Add((to, action));
            return;
        }

        TimeSpan at = _world.Now + _world.DrawLatency();
        if (at <= _last[to]) at = _last[to] + TimeSpan.FromTicks(1);
        _last[to] = at;
        _world.After(at - _world.Now, () =>
        {
            if (!IsOver) action();
        });
    }

    private static void Receive(LinkEnd end, byte channel, MessageKind kind, byte[] bytes, WireLimits limits)
    {
        Admission admission = end.Conversation.Admit(channel, (ushort)kind);
        if (admission.Verdict == AdmissionVerdict.PassOver) return;
        if (admission.Verdict != AdmissionVerdict.Take || bytes.Length > admission.MaxBytes)
        {
            end.Fault(FormattableString.Invariant($"{kind}: {admission}"));
            return;
        }

        DecodeOutcome fault = MessageCodec.Decode(kind, bytes, limits, out WireMessage? message);
        if (message is null)
        {
            end.Fault(fault.ToString());
            return;
        }

        admission = end.Conversation.Receive(channel, message);
        if (admission.Verdict == AdmissionVerdict.Refuse)
            end.Fault(FormattableString.Invariant($"{kind}: {admission}"));
        else if (admission.Verdict == AdmissionVerdict.Take)
            end.Take(message, bytes.Length);
    }
}
