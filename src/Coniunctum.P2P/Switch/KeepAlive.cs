using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>Pings a peer that has been silent for 30 seconds, and ends its connection after 90; measures how long an answer takes.</summary>
internal sealed class KeepAlive(PeerOutput output)
{
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Death = TimeSpan.FromSeconds(90);

    private readonly HashSet<Peer> _pinged = [];
    private readonly Dictionary<Peer, SteadyTime> _asked = [];

    public void Remove(Peer peer)
    {
        _pinged.Remove(peer);
        _asked.Remove(peer);
    }

    public void Observe(Peer peer)
    {
        peer.LastHeard = output.Steady;
        _pinged.Remove(peer);
    }

    public SteadyTime DueOf(Peer peer) => peer.LastHeard.Plus(_pinged.Contains(peer) ? Death : Silence);

    public void Look(Peer peer)
    {
        if (output.Steady >= peer.LastHeard.Plus(Death))
            output.Close(peer, ByeReason.Timeout, "silent for 90 seconds");
        else if (output.Steady >= peer.LastHeard.Plus(Silence) && _pinged.Add(peer))
            Ping(peer);
    }

    /// <summary>Asks a peer for an answer.</summary>
    public void Ping(Peer peer)
    {
        // While one is under way, the other side is not asked again.
        if (_asked.TryAdd(peer, output.Steady)) output.Send(peer, new Ping(NumberOf(output.Steady)));
    }

    /// <summary>An answer has come.</summary>
    public void Answered(Peer peer, Pong pong)
    {
        // It may be the answer to another part's ping, behind which this one's was left out, or one of the other side's making.
        if (!_asked.Remove(peer, out SteadyTime at) || pong.Value != NumberOf(at)) return;
        TimeSpan took = output.Steady - at;
        if (peer.Latency is not { } least || took < least) peer.Latency = took;
    }

    private static ulong NumberOf(SteadyTime time) => (ulong)time.Elapsed.Ticks;
}
