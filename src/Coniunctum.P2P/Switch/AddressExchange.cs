using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>Addresses of nodes: given once to whoever asks, and taken of each peer at a bounded rate.</summary>
internal sealed class AddressExchange(PeerOutput output, IAddressBook book)
{
    // 0.1 a second, and 1,000 at once, for which one asks.
    private const double PerSecond = 0.1;
    private const double Burst = WireLimits.Addresses;

    private const int NodeBytes = 96;

    private readonly Dictionary<Peer, (double Allowed, SteadyTime At)> _allowed = [];

    public void Remove(Peer peer) => _allowed.Remove(peer);

    public bool TryTake(Peer peer, WireMessage message)
    {
        switch (message)
        {
            case GetAddresses:
                ImmutableArray<NodeAddress> sample = book.Sample(WireLimits.Addresses);
                output.Send(peer, new Addresses(sample), sample.Length * NodeBytes);
                return true;
            case Addresses addresses:
                Take(peer, addresses.Nodes);
                return true;
            case NewAddresses addresses:
                Take(peer, addresses.Nodes);
                return true;
            default:
                return false;
        }
    }

    private void Take(Peer peer, ImmutableArray<NodeAddress> nodes)
    {
        (double allowed, SteadyTime at) = _allowed.GetValueOrDefault(peer, (Burst, output.Steady));
        allowed = Math.Min(Burst, allowed + PerSecond * (output.Steady - at).TotalSeconds);
        int taken = (int)Math.Min(nodes.Length, allowed);
        _allowed[peer] = (allowed - taken, output.Steady);
        if (taken > 0 && peer.Node is { } source) book.Add(nodes[..taken], source);
    }
}
