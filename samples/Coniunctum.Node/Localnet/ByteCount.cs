using Coniunctum.Client.Models;

namespace Coniunctum.Node.Localnet;

/// <summary>Adds up what nodes have received of each other, over connections that come and go.</summary>
internal sealed class ByteCount
{
    private readonly Dictionary<(int Node, int Start, string Peer, bool IsOutbound), long> _received = [];

    /// <summary>Takes note of a node's connections.</summary>
    public void Take(LocalNode node, PeersModel peers)
    {
        foreach (PeerModel peer in peers.Peers)
        {
            var key = (node.Index, node.Starts, peer.Endpoint, peer.Outbound);
            _received[key] = Math.Max(_received.GetValueOrDefault(key), peer.BytesReceived);
        }
    }

    /// <summary>Bytes that all nodes have received, as far as was looked.</summary>
    public long Total => _received.Values.Sum();
}
