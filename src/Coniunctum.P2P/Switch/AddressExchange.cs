using System.Collections.Immutable;
using System.Net;
using Coniunctum.Consensus;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Switch;

/// <summary>
/// Addresses of nodes: given once to whoever asks, taken of each peer at a bounded rate, and passed on to two drawn peers when they were
/// tested. What was not tested by this node itself goes to no one, so that made-up addresses end where they come in.
/// </summary>
internal sealed class AddressExchange(PeerOutput output, PeerOptions options, IAddressBook book)
{
    // 0.1 a second; at once 10 that come unasked, and as many as an answer holds of a peer that was asked.
    private const double PerSecond = 0.1;
    private const double Unasked = WireLimits.NewAddresses;
    private const double Burst = WireLimits.Addresses;

    private const int NodeBytes = 96;
    private const int Receivers = 2;
    private const int MostWaiting = 64;

    // What was tested meanwhile goes in one message.
    private static readonly TimeSpan s_gather = TimeSpan.FromSeconds(30);
    private static readonly SteadyTime s_never = new(TimeSpan.MaxValue);

    private readonly NodeId _id = NodeId.Of(options.NodeKey);
    private readonly Dictionary<Peer, (double Allowed, SteadyTime At)> _allowed = [];
    private readonly List<NodeAddress> _news = [];

    /// <summary>When something is to be passed on.</summary>
    public SteadyTime Due { get; private set; } = s_never;

    public void Remove(Peer peer) => _allowed.Remove(peer);

    /// <summary>Asks a peer for addresses.</summary>
    public void Ask(Peer peer)
    {
        _allowed[peer] = (Burst, output.Steady);
        output.Send(peer, new GetAddresses());
    }

    /// <summary>A node was reached, and proved to be the one that was meant.</summary>
    public void Confirm(Peer peer)
    {
        var address = new NodeAddress(peer.Dialled!, peer.Node!.Value, output.Today, peer.Hello!.Roles);
        if (!book.Confirm(address)) return;
        if (_news.Count < MostWaiting) _news.Add(address);
        if (Due == s_never) Due = output.Steady.Plus(s_gather);
    }

    /// <summary>Takes where a peer says that it listens.</summary>
    public void TakeOwn(Peer peer, Hello hello) =>
        Add(peer, [.. hello.Endpoints.Select(endpoint => new NodeAddress(endpoint, peer.Node!.Value, output.Today, hello.Roles))]);

    public bool TryTake(Peer peer, WireMessage message)
    {
        switch (message)
        {
            case GetAddresses:
                ImmutableArray<NodeAddress> sample = [.. book.Sample(WireLimits.Addresses).Where(address => MayPass(address.Endpoint, peer))];
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

    /// <summary>Passes on what was tested, to drawn peers.</summary>
    public void Look(IReadOnlyCollection<Peer> peers)
    {
        if (output.Steady < Due) return;
        Due = s_never;
        List<Peer> others = [.. peers.Where(peer => peer is { Hello: not null, IsClosing: false }).OrderBy(peer => peer.Id.Value)];
        for (int i = 0; i < Receivers && others.Count > 0; i++)
        {
            int drawn = options.Entropy.Below(others.Count);
            Peer peer = others[drawn];
            others.RemoveAt(drawn);
            ImmutableArray<NodeAddress> news = [.. _news.Where(address => address.Id != peer.Node && MayPass(address.Endpoint, peer)).Take(WireLimits.NewAddresses)];
            if (!news.IsEmpty) output.Send(peer, new NewAddresses(news), news.Length * NodeBytes);
        }

        _news.Clear();
    }

    /// <summary>
    /// Addresses of one's own network pass between nodes within it only: to others they mean nothing, and who names them from outside
    /// would have this node look around in its own network for him.
    /// </summary>
    private static bool MayPass(NodeEndpoint endpoint, Peer peer)
    {
        if (endpoint.Address is not { } address) return true;
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast) || address.IsIPv6Multicast || address.GetAddressBytes() is [>= 224 and <= 239, _, _, _]) return false;
        return AddressGroup.Of(address) is not null || peer.Endpoint.Address is { } other && AddressGroup.Of(other) is null;
    }

    private void Take(Peer peer, ImmutableArray<NodeAddress> nodes)
    {
        (double allowed, SteadyTime at) = _allowed.GetValueOrDefault(peer, (Unasked, output.Steady));
        allowed = Math.Min(Burst, allowed + PerSecond * (output.Steady - at).TotalSeconds);
        int taken = (int)Math.Min(nodes.Length, allowed);
        _allowed[peer] = (allowed - taken, output.Steady);
        Add(peer, nodes[..taken]);
    }

    private void Add(Peer peer, ImmutableArray<NodeAddress> nodes)
    {
        if (peer.Node is not { } source) return;
        ImmutableArray<NodeAddress> useful =
        [
            .. nodes.Where(node => node.Id != _id && MayPass(node.Endpoint, peer)).Select(node => node.Day > output.Today ? node with { Day = output.Today } : node),
        ];
        if (!useful.IsEmpty) book.Add(useful, source);
    }
}
