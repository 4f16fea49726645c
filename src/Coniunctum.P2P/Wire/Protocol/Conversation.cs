using Coniunctum.Consensus;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Wire.Protocol;

/// <summary>
/// What two sides of a connection may say to each other, and when: the state of all small protocols, whose rows are in
/// <see cref="KindTable"/>. A machine without I/O: it is told what was sent and what came. What one side's conversation lets be sent,
/// the other side's takes, however long it is under way. Not safe for use from several threads.
/// </summary>
/// <param name="ownMinor">The minor version that this side speaks: kinds that a newer one adds are passed over.</param>
internal sealed class Conversation(ushort ownMinor)
{
    /// <summary>The longest message that is passed over because no one here knows its kind.</summary>
    public const int MaxUnknownBytes = 256 * 1_024;

    private readonly Exchange _ours = new();
    private readonly Exchange _theirs = new();
    private readonly LedgerLinks _links = new();

    /// <summary>The other side's Hello, once it has come.</summary>
    public Hello? PeerHello { get; private set; }

    /// <summary>Whether this side has said Hello.</summary>
    public bool HasSaidHello { get; private set; }

    /// <summary>Whether this side has said Bye: what still comes is passed over.</summary>
    public bool HasSaidBye { get; private set; }

    /// <summary>Whether the other side has said Bye.</summary>
    public bool HasHeardBye { get; private set; }

    /// <summary>The ledgers that either side has opened.</summary>
    public IReadOnlyCollection<LedgerLink> Links => _links.All;

    /// <summary>Judges a message by its first header.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="kind">Its kind.</param>
    public Admission Admit(byte channel, ushort kind)
    {
        KindRule? rule = KindTable.Of((MessageKind)kind);
        if (HasHeardBye) return Admission.Refuse(ProtocolFault.AfterBye);
        if (HasSaidBye) return Admission.PassOver(rule?.LimitUnder(LimitsOf(channel)) ?? MaxUnknownBytes);
        if (PeerHello is null && rule is not { Turn: MessageTurn.First or MessageTurn.Last }) return Admission.Refuse(ProtocolFault.BeforeHello);
        if (channel > WireLimits.Channels) return Admission.Refuse(ProtocolFault.NoChannel);
        if (rule is null) return PeerHello!.Minor > ownMinor ? Admission.PassOver(MaxUnknownBytes) : Admission.Refuse(ProtocolFault.UnknownKind);
        if (channel == 0 != (rule.Scope == MessageScope.Connection)) return Admission.Refuse(ProtocolFault.WrongChannel);
        return rule.Scope == MessageScope.Connection ? AdmitToConnection(rule) : AdmitToLedger(channel, rule);
    }

    /// <summary>Judges a message that has come whole, and moves on where it is taken.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="message">The message.</param>
    public Admission Receive(byte channel, WireMessage message)
    {
        Admission admission = Admit(channel, (ushort)message.Kind);
        if (admission.Verdict != AdmissionVerdict.Take) return admission;

        KindRule rule = KindTable.Of(message.Kind)!;
        LedgerLink? link = _links.ByPeerChannel(channel);
        ProtocolFault fault = rule.Turn switch
        {
            MessageTurn.Opens => _links.CheckPeerOpen((Open)message),
            MessageTurn.Shuts => _links.CheckPeerShut((Shut)message),
            MessageTurn.Request => (link?.Theirs ?? _theirs).CheckAsk(rule, message.Units),
            MessageTurn.Answer => (link?.Ours ?? _ours).CheckAnswer(rule, message.Units),
            _ => ProtocolFault.None,
        };
        if (fault != ProtocolFault.None) return Admission.Refuse(fault);

        switch (rule.Turn)
        {
            case MessageTurn.First: PeerHello = (Hello)message; break;
            case MessageTurn.Last: HasHeardBye = true; break;
            case MessageTurn.Opens: _links.PeerOpen(channel, (Open)message); break;
            case MessageTurn.Shuts: _links.PeerShut((Shut)message); break;
            case MessageTurn.Request: (link?.Theirs ?? _theirs).Ask(rule, message.Units, IsInParts(rule)); break;
            case MessageTurn.Answer: (link?.Ours ?? _ours).Answer(rule, message.Units); break;
        }

        return admission;
    }

    /// <summary>Notes that this side sends a message, if it may now.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="limits">Of <see cref="Open"/>: this node's limits for the ledger.</param>
    /// <returns>
    /// False when the message has to wait or has come too late: as much is outstanding as may be, the ledger is not open on both sides,
    /// or is shut, or no one waits for the answer any more.
    /// </returns>
    /// <exception cref="InvalidOperationException">It may never be sent so: before Hello, behind Bye, on the wrong channel.</exception>
    public bool TrySend(byte channel, WireMessage message, WireLimits? limits = null)
    {
        KindRule rule = KindTable.Of(message.Kind)!;
        if (HasSaidBye || HasSaidHello == (rule.Turn == MessageTurn.First) && rule.Turn != MessageTurn.Last
            || channel > WireLimits.Channels || channel == 0 != (rule.Scope == MessageScope.Connection))
        {
            throw new InvalidOperationException(Invariant($"{message.Kind} is not to be sent on channel {channel} now."));
        }

        LedgerLink? link = _links.ByOwnChannel(channel);
        if (channel != 0 && rule.Turn != MessageTurn.Opens && link is not { IsOpen: true }) return false;
        switch (rule.Turn)
        {
            case MessageTurn.First: HasSaidHello = true; return true;
            case MessageTurn.Last: HasSaidBye = true; return true;
            case MessageTurn.Opens: return _links.TryOpen(channel, (Open)message, limits ?? WireLimits.Default);
            case MessageTurn.Shuts: return _links.TryShut((Shut)message);
            case MessageTurn.Request:
                Exchange ours = link?.Ours ?? _ours;
                if (ours.CheckAsk(rule, message.Units) != ProtocolFault.None) return false;
                ours.Ask(rule, message.Units, IsInParts(rule));
                return true;
            case MessageTurn.Answer:
                Exchange theirs = link?.Theirs ?? _theirs;
                if (theirs.CheckAnswer(rule, message.Units) != ProtocolFault.None) return false;
                theirs.Answer(rule, message.Units);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Returns the limits of the ledger that a channel of the other side is about.</summary>
    public WireLimits LimitsOf(byte channel) => _links.ByPeerChannel(channel)?.Limits ?? WireLimits.Default;

    /// <summary>Returns the channel on which this side speaks of the ledger that a channel of the other side is about; 0 where it does not.</summary>
    public byte OwnChannelOf(byte channel) => _links.ByPeerChannel(channel)?.OwnChannel ?? 0;

    /// <summary>Notes the number under which the machine of a ledger knows its opening, from which on it counts, until the ledger is shut.</summary>
    /// <param name="channel">This side's channel.</param>
    /// <param name="number">The number.</param>
    public void Number(byte channel, PeerId number)
    {
        if (_links.ByOwnChannel(channel) is { } link) link.Number = number;
    }

    /// <summary>Returns the number of a ledger's opening on one of this side's channels, or none.</summary>
    public PeerId NumberOf(byte channel) => _links.ByOwnChannel(channel)?.Number ?? default;

    private static bool IsInParts(KindRule request) => request.Kind == MessageKind.GetBlocks;

    private Admission AdmitToConnection(KindRule rule)
    {
        ProtocolFault fault = rule.Turn switch
        {
            MessageTurn.First => PeerHello is null ? ProtocolFault.None : ProtocolFault.SecondHello,
            MessageTurn.Shuts => _links.All.Count > 0 ? ProtocolFault.None : ProtocolFault.NothingToShut,
            MessageTurn.Request => _theirs.CheckAsk(rule, 1),
            MessageTurn.Answer => _ours.CheckAnswer(rule),
            _ => ProtocolFault.None,
        };
        return fault == ProtocolFault.None ? Admission.Take(rule.MaxBytes) : Admission.Refuse(fault);
    }

    private Admission AdmitToLedger(byte channel, KindRule rule)
    {
        LedgerLink? link = _links.ByPeerChannel(channel);
        if (rule.Turn == MessageTurn.Opens) return link is null ? Admission.Take(rule.MaxBytes) : Admission.Refuse(ProtocolFault.OpenAlready);
        if (link is null || link.IsShutByPeer) return Admission.Refuse(ProtocolFault.NotOpen);
        int limit = rule.LimitUnder(link.Limits);
        if (link.IsShutByUs) return Admission.PassOver(limit);
        if (link.OwnChannel == 0) return Admission.Refuse(ProtocolFault.NotOpen);
        ProtocolFault fault = rule.Turn switch
        {
            MessageTurn.Request => link.Theirs.CheckAsk(rule, 1),
            MessageTurn.Answer => link.Ours.CheckAnswer(rule),
            _ => ProtocolFault.None,
        };
        return fault == ProtocolFault.None ? Admission.Take(limit) : Admission.Refuse(fault);
    }
}
