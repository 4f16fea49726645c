using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Transport;

namespace Coniunctum.Simulation;

/// <summary>The links between all nodes of a world, and the connections over them.</summary>
internal sealed class Connections(World world, LinkOptions common)
{
    private const int Port = 7_770;

    // As long as a shipped node waits for a handshake.
    private static readonly TimeSpan s_dialTime = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(int From, int To), Link> _links = [];
    private readonly List<ConnectionEnd> _living = [];
    private int _numbers;

    /// <summary>Returns where a node listens.</summary>
    public static NodeEndpoint EndpointOf(int index) => NodeEndpoint.Parse(Invariant($"node{index}.test:{Port}"));

    public Link LinkOf(int from, int to)
    {
        if (!_links.TryGetValue((from, to), out Link? link))
            _links.Add((from, to), link = new Link(common, SeededRandom.For(world.Seed, from, Invariant($"link to {to}"))));
        return link;
    }

    /// <summary>Mends all links that were cut; what they held up goes on.</summary>
    public void Heal()
    {
        foreach (Link link in _links.Values) link.IsCut = false;
        foreach (ConnectionEnd end in _living.ToArray()) end.Outgoing.GoOn();
    }

    /// <summary>Breaks all connections between two nodes.</summary>
    public void Reset(int one, int other)
    {
        foreach (ConnectionEnd end in _living.Where(end => end.Node.Index == one && end.Other.Node.Index == other).ToArray()) end.Break();
    }

    /// <summary>Forgets a connection whose ends are both over.</summary>
    public void Forget(ConnectionEnd end)
    {
        _living.Remove(end);
        _living.Remove(end.Other);
    }

    /// <summary>Has a node dial another one: it hears of a connection or of a failure, unless it crashes before.</summary>
    public void Dial(SimulatedPeers dialler, PeerEffect.Dial dial)
    {
        SimulatedNode from = dialler.Node;
        SimulatedNode? to = world.Nodes.FirstOrDefault(node => node.Endpoint.Equals(dial.Endpoint));
        if (to is null)
        {
            dialler.FailDial(TimeSpan.Zero, dial, TransportFault.NameNotFound);
            return;
        }

        (Link there, Link back) = (LinkOf(from.Index, to.Index), LinkOf(to.Index, from.Index));
        from.After(there.DrawDelay() + there.DrawRepetition(), WorldEventKind.Dialled, dial.Endpoint.Host, default, () =>
        {
            if (there.IsCut || back.IsCut || !to.HasPower)
                dialler.FailDial(s_dialTime, dial, TransportFault.Timeout);
            else if (to.Network is not { } taker)
                dialler.FailDial(back.DrawDelay(), dial, TransportFault.Refused);
            else if (dial.Expected is { } expected && expected != to.NodeId)
                dialler.FailDial(back.DrawDelay(), dial, TransportFault.OtherNode);
            else
                Connect(dialler, taker, dial.Endpoint);
        });
    }

    private void Connect(SimulatedPeers dialler, SimulatedPeers taker, NodeEndpoint dialled)
    {
        // The other end of a connection that was taken is no address at which the node listens.
        NodeEndpoint source = dialler.Node.Endpoint.WithPort(49_152 + _numbers++ % 16_384);
        var far = new ConnectionEnd(world, this, taker, source, null);
        var near = new ConnectionEnd(world, this, dialler, dialled, dialled);
        ConnectionEnd.Join(near, far);
        _living.Add(near);
        _living.Add(far);
        far.Outgoing.Send(new InTransit("handshake", default, 0, 0, near.Begin));
        far.Begin();
    }
}
