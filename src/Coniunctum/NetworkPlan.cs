using System.Collections.Frozen;
using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Transport;

namespace Coniunctum;

/// <summary>What <see cref="NetworkOptions"/> said when the builder was given them. Immutable.</summary>
internal sealed record NetworkPlan
{
    private ImmutableArray<NodeEndpoint> Listen { get; init; }

    private ImmutableArray<PeerAddress> Peers { get; init; }

    private IReadOnlySet<NodeId>? AllowedNodes { get; init; }

    private string? PeersFile { get; init; }

    private string? KeyFile { get; init; }

    private bool IsPlain { get; init; }

    private bool AllowTls12 { get; init; }

    private int MaxOutbound { get; init; }

    private int MaxInbound { get; init; }

    /// <summary>Reads options that were validated.</summary>
    public static NetworkPlan Of(NetworkOptions options) => new()
    {
        Listen = [.. options.Listen.Select(text => NodeEndpoint.Parse(text))],
        Peers = [.. options.Peers.Select(Parse)],
        AllowedNodes = options.AllowedNodes.Count == 0 ? null : options.AllowedNodes.Select(text => NodeId.Parse(text)).ToFrozenSet(),
        PeersFile = options.PeersFile,
        KeyFile = options.KeyFile,
        IsPlain = options.IsPlain,
        AllowTls12 = options.AllowTls12,
        MaxOutbound = options.MaxOutbound,
        MaxInbound = options.MaxInbound,
    };

    /// <summary>Reads the text form of a node to dial.</summary>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static PeerAddress Parse(string text) =>
        PeerAddress.TryParse(text, out PeerAddress? address) ? address : throw new FormatException($"'{text}' is no node to dial; expected {PeerAddress.Expected}.");

    /// <summary>Opens the key, reads the file of peers, and listens.</summary>
    /// <exception cref="NetworkStartException">Something is in the way.</exception>
    public async Task<OpenNetwork> OpenAsync(ChainProfile profile, IChainReader store, LedgerSetup setup, CancellationToken cancellation)
    {
        Opened opened = await ListenAsync(setup.Entropy, setup.Time, cancellation).ConfigureAwait(false);
        try
        {
            var network = new PeerNetwork(new PeerNetworkSetup
            {
                Profile = profile,
                Store = store,
                Transport = opened.Transport,
                NodeKey = opened.Key,
                Entropy = setup.Entropy,
                Time = setup.Time,
                Endpoints = opened.Endpoints,
                Peers = opened.Peers,
                OutboundSlots = MaxOutbound,
                InboundSlots = MaxInbound,
            });
            return new OpenNetwork(network, opened.Transport.Id, opened.Endpoints);
        }
        catch
        {
            await opened.Transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the key, reads the file of peers, and listens, for several ledgers.</summary>
    /// <exception cref="NetworkStartException">Something is in the way.</exception>
    public async Task<(SharedNetwork Network, NodeId Id, ImmutableArray<NodeEndpoint> Endpoints)> OpenSharedAsync(IEntropySource entropy, TimeProvider time, CancellationToken cancellation)
    {
        Opened opened = await ListenAsync(entropy, time, cancellation).ConfigureAwait(false);
        var network = new SharedNetwork(new SharedNetworkSetup
        {
            Transport = opened.Transport,
            NodeKey = opened.Key,
            Entropy = entropy,
            Time = time,
            Endpoints = opened.Endpoints,
            Peers = opened.Peers,
            OutboundSlots = MaxOutbound,
            InboundSlots = MaxInbound,
        });
        return (network, opened.Transport.Id, opened.Endpoints);
    }

    private async Task<Opened> ListenAsync(IEntropySource entropy, TimeProvider time, CancellationToken cancellation)
    {
        ImmutableArray<PeerAddress> named = PeersFile is null ? [] : await Coniunctum.PeersFile.ReadAsync(PeersFile, cancellation).ConfigureAwait(false);
        (TcpTransport transport, PublicKey key) = OpenTransport(entropy, time);
        try
        {
            var endpoints = ImmutableArray.CreateBuilder<NodeEndpoint>();
            foreach (NodeEndpoint endpoint in Listen)
            {
                ListenOutcome outcome = await transport.ListenAsync(endpoint, cancellation).ConfigureAwait(false);
                if (!outcome.IsValid) throw new NetworkStartException(FaultOf(outcome.Fault), outcome.Message);
                endpoints.AddRange(outcome.Endpoints);
            }

            return new Opened(transport, key, endpoints.ToImmutable(), [.. Peers.Union(named)]);
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static NetworkStartFault FaultOf(TransportFault fault) => fault switch
    {
        TransportFault.PortInUse => NetworkStartFault.PortInUse,
        TransportFault.NotPermitted => NetworkStartFault.NotPermitted,
        TransportFault.NameNotFound => NetworkStartFault.NameNotFound,
        _ => NetworkStartFault.NotLocal,
    };

    /// <summary>Makes the transport, with which the key has done its work: it is wiped.</summary>
    private (TcpTransport Transport, PublicKey Key) OpenTransport(IEntropySource entropy, TimeProvider time)
    {
        using NodeKey key = OpenKey(entropy);
        var options = new TcpTransportOptions { IsPlain = IsPlain, AllowTls12 = AllowTls12, AllowedNodes = AllowedNodes, Clock = time };
        return (new TcpTransport(key, options), key.PublicKey);
    }

    private NodeKey OpenKey(IEntropySource entropy)
    {
        if (KeyFile is null) return NodeKey.Generate(entropy);
        NodeKeyOutcome outcome = NodeKeyFile.OpenOrCreate(KeyFile, entropy);
        return outcome.Key ?? throw new NetworkStartException(NetworkStartFault.KeyFile, outcome.Message);
    }

    private sealed record Opened(TcpTransport Transport, PublicKey Key, ImmutableArray<NodeEndpoint> Endpoints, ImmutableArray<PeerAddress> Peers);
}
