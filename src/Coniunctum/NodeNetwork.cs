using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>
/// A node's connections, for several ledgers of one process: one listener, one node key, and one connection with each other node however
/// many ledgers the two have in common. The ledgers do not meet: a peer is told of a ledger when it opens that ledger's chain itself, when
/// it was named as the ledger's peer, or when the ledger is public. Safe to use from several threads. Dispose it behind its ledgers.
/// </summary>
/// <remarks>May change in any release. What is known of other nodes is not kept from one start to the next.</remarks>
public sealed class NodeNetwork : IAsyncDisposable
{
    private readonly SharedNetwork _network;

    internal NodeNetwork(SharedNetwork network, NodeId id, ImmutableArray<NodeEndpoint> endpoints)
    {
        (_network, Id, Endpoints) = (network, id, endpoints);
        Addresses = [.. endpoints.Select(endpoint => new PeerAddress(endpoint, id).ToString())];
    }

    /// <summary>This node's id: what others know it by.</summary>
    public NodeId Id { get; }

    /// <summary>Where it listens, with the ports that the system chose.</summary>
    public IReadOnlyList<NodeEndpoint> Endpoints { get; }

    /// <summary>The same as others may name it among their peers: <c>node1…@host:port</c>.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>Opens the node key and listens.</summary>
    /// <param name="options">
    /// Where to listen, whom to dial, and how. Of nodes that are named here, each is told of the ledgers that are public only; a ledger's
    /// own are named with <see cref="LedgerBuilder.UseNetwork(NodeNetwork, IEnumerable{string}?, bool)"/>.
    /// </param>
    /// <param name="cancellation">Stops the attempt.</param>
    /// <exception cref="ArgumentException">An option is outside of its range; the message names it, what was found and what was expected.</exception>
    /// <exception cref="NetworkStartException">A port in use, or an unreadable key file.</exception>
    public static async Task<NodeNetwork> StartAsync(NetworkOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFault.ThrowIfAny(options.Validate(), nameof(options));
        (SharedNetwork network, NodeId id, ImmutableArray<NodeEndpoint> endpoints) =
            await NetworkPlan.Of(options).OpenSharedAsync(SystemEntropy.Instance, TimeProvider.System, cancellation).ConfigureAwait(false);
        return new NodeNetwork(network, id, endpoints);
    }

    /// <summary>Returns all connections at one moment, whichever ledger is open on them; the heights are known to the ledgers only.</summary>
    public IReadOnlyList<NetworkPeer> ReadPeers() =>
        [.. _network.ReadPeers().Select(peer => new NetworkPeer(peer.Node, peer.Endpoint, peer.Dialled is not null, peer.HasLedger, peer.Height, peer.BytesReceived, peer.BytesSent))];

    /// <summary>Closes all connections. Ledgers that are not stopped yet go on without others.</summary>
    public ValueTask DisposeAsync() => _network.DisposeAsync();

    /// <summary>Makes a ledger's part of it.</summary>
    internal OpenNetwork Attach(ChainProfile profile, IChainReader store, ImmutableArray<PeerAddress> peers, bool isPublic)
    {
        if (!_network.TryAttach(profile, store, peers, isPublic, out IPeerNetwork? part))
            throw new NetworkStartException(NetworkStartFault.ChainTaken, "Another ledger of this network has the same chain, or it has 64 ledgers: give this one a network of its own.");
        return new OpenNetwork(part, Id, [.. Endpoints]);
    }
}
