using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Peers;

/// <summary>How the parts of the machine speak: to peers, to the store, to the chain. Belongs to one step at a time.</summary>
/// <param name="numbers">Under which numbers it asks; of its own by default.</param>
/// <param name="channel">The channel on which this node speaks of the ledger; 1 where there is one ledger.</param>
internal sealed class PeerOutput(PeerNumbers? numbers = null, byte channel = 1)
{
    // The largest answer is sent while less than a peer's bound waits; what comes unasked, such as announcements, has the rest.
    private const long MostUnsent = Peer.MaxUnsent + 5L * 1_024 * 1_024 / 2;

    // What a message takes beside what it carries.
    private const int MessageBytes = 64;

    private readonly PeerNumbers _numbers = numbers ?? new PeerNumbers();
    private IEffectSink<IPeerEffect>? _effects;

    /// <summary>What the node's clocks show in this step.</summary>
    public NodeTime Now { get; private set; }

    /// <summary>The channel on which this node speaks of the ledger.</summary>
    public byte Channel { get; } = channel;

    public SteadyTime Steady => Now.Steady;

    /// <summary>The day of Unix time.</summary>
    public uint Today => (uint)(Now.Wall.UnixMilliseconds / (ulong)TimeSpan.MillisecondsPerDay);

    public void Begin(NodeTime now, IEffectSink<IPeerEffect> effects) => (Now, _effects) = (now, effects);

    public void End() => _effects = null;

    public void Emit(IPeerEffect effect) => (_effects ?? throw new InvalidOperationException("There is no step.")).Emit(effect);

    public JobId NextJob() => _numbers.NextJob();

    public long NextTicket() => _numbers.NextTicket();

    /// <summary>Sends a message; one about the ledger on its channel.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="message">The message.</param>
    /// <param name="bytes">Bytes of what it carries, where they are many.</param>
    public void Send(Peer peer, WireMessage message, int bytes = 0) =>
        SendOn(KindTable.Of(message.Kind)!.Scope == MessageScope.Ledger ? Channel : (byte)0, peer, message, bytes);

    /// <summary>Sends a message on a channel.</summary>
    /// <param name="on">The channel.</param>
    /// <param name="peer">To whom.</param>
    /// <param name="message">The message.</param>
    /// <param name="bytes">Bytes of what it carries, where they are many.</param>
    public void SendOn(byte on, Peer peer, WireMessage message, int bytes = 0)
    {
        if (peer.IsClosing) return;
        if (peer.Unsent + bytes > MostUnsent)
        {
            Close(peer, ByeReason.Timeout, "it reads too slowly what is sent to it");
            return;
        }

        peer.Unsent += bytes + MessageBytes;
        Emit(new PeerEffect.SendMessage(peer.Id, on, message, bytes + MessageBytes));
    }

    /// <summary>Ends a connection with a reason that both sides' owners can read.</summary>
    public void Close(Peer peer, ByeReason reason, string text)
    {
        if (peer.IsClosing) return;
        string shown = text.Length <= WireLimits.ReasonBytes / 4 ? text : text[..(WireLimits.ReasonBytes / 4)];
        peer.IsClosing = true;
        peer.Unsent += MessageBytes;
        Emit(new PeerEffect.SendMessage(peer.Id, 0, new Bye(reason, shown), MessageBytes));
        Emit(new PeerEffect.Close(peer.Id, text));
    }
}
