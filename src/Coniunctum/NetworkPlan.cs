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
        ImmutableArray<PeerAddress> named = PeersFile is null ? [] : await Coniunctum.PeersFile.ReadAsync(PeersFile, cancellation).ConfigureAwait(false);
        (TcpTransport transport, PublicKey key) = OpenTransport(setup);
        try
        {
            var endpoints = ImmutableArray.CreateBuilder<NodeEndpoint>();
            foreach (NodeEndpoint endpoint in Listen)
            {
                ListenOutcome outcome = await transport.ListenAsync(endpoint, cancellation).ConfigureAwait(false);
                if (!outcome.IsValid) throw new NetworkStartException(FaultOf(outcome.Fault), outcome.Message);
                endpoints.AddRange(outcome.Endpoints);
            }

            var network = new PeerNetwork(new PeerNetworkSetup
            {
                Profile = profile,
                Store = store,
                Transport = transport,
                NodeKey = key,
                Entropy = setup.Entropy,
                Time = setup.Time,
                Endpoints = endpoints.ToImmutable(),
                Peers = [.. Peers.Union(named)],
                OutboundSlots = MaxOutbound,
                InboundSlots = MaxInbound,
            });
            return new OpenNetwork(network, transport.Id, endpoints.ToImmutable());
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
    private (TcpTransport Transport, PublicKey Key) OpenTransport(LedgerSetup setup)
    {
        using NodeKey key = OpenKey(setup.Entropy);
        var options = new TcpTransportOptions { IsPlain = IsPlain, AllowTls12 = AllowTls12, AllowedNodes = AllowedNodes, Clock = setup.Time };
        return (new TcpTransport(key, options), key.PublicKey);
    }

    private NodeKey OpenKey(IEntropySource entropy)
    {
        if (KeyFile is null) return NodeKey.Generate(entropy);
        NodeKeyOutcome outcome = NodeKeyFile.OpenOrCreate(KeyFile, entropy);
        return outcome.Key ?? throw new NetworkStartException(NetworkStartFault.KeyFile, outcome.Message);
    }
}
