using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>Pings a peer that has been silent for 30 seconds, and ends its connection after 90.</summary>
internal sealed class KeepAlive(PeerOutput output)
{
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan Death = TimeSpan.FromSeconds(90);

    private readonly HashSet<Peer> _pinged = [];

    public void Remove(Peer peer) => _pinged.Remove(peer);

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
            output.Send(peer, new Ping((ulong)output.Steady.Elapsed.Ticks));
    }
}
