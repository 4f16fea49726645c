using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Transport;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>
/// Nodes with their peer machines in one process and in virtual time: connections carry encoded messages in order, with a latency that is drawn.
/// Everything is a function of the seed.
/// </summary>
internal sealed class PeerWorld(ulong seed, World chain)
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Number)> _events = new();
    private readonly List<PeerNode> _nodes = [];
    private ulong _random = seed * 0x9E3779B97F4A7C15 + 1;
    private ulong _halves;
    private long _numbers;

    public World Chain { get; } = chain;

    public Forge Forge { get; } = new(chain);

    public IReadOnlyList<PeerNode> Nodes => _nodes;

    public TimeSpan Now { get; private set; }

    /// <summary>The longest time that a message is under way.</summary>
    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(50);

    public List<PeerLink> Links { get; } = [];

    /// <summary>Who answers at an endpoint where no node of the world is: a side that a test speaks for.</summary>
    public Func<NodeEndpoint, ScriptedPeer?> Scripts { get; set; } = static _ => null;

    public PeerNode Add(Func<PeerOptions, PeerOptions>? options = null, Func<ChainOptions, ChainOptions>? changesChain = null, IBlockProducer? producer = null)
    {
        var node = new PeerNode(this, _nodes.Count, options, changesChain, producer);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Where a node listens.</summary>
    public static NodeEndpoint EndpointOf(int index) => NodeEndpoint.Parse(FormattableString.Invariant($"node{index}.test:7770"));

    /// <summary>Connects two nodes, as when the first one has dialled the second.</summary>
    public PeerLink Connect(PeerNode from, PeerNode to)
    {
        var link = new PeerLink(this, from.End(this, to.Node, EndpointOf(to.Index), EndpointOf(to.Index)), to.End(this, from.Node, EndpointOf(from.Index), null));
        Links.Add(link);
        return link;
    }

    /// <summary>Connects a node to a side that a test speaks for, as when that has dialled it, or was dialled.</summary>
    public ScriptedPeer Script(PeerNode node, byte key, bool isDialled = false, NodeEndpoint? endpoint = null)
    {
        var scripted = new ScriptedPeer(this, key);
        Connect(node, scripted, endpoint ?? EndpointOf(1_000 + key), isDialled);
        return scripted;
    }

    /// <summary>Connects a node to a side that a test speaks for.</summary>
    public void Connect(PeerNode node, ScriptedPeer scripted, NodeEndpoint endpoint, bool isDialled) =>
        Links.Add(new PeerLink(this, node.End(this, scripted.Node, endpoint, isDialled ? endpoint : null), scripted));

    /// <summary>Parts the nodes into two halves, drawn: connections between them are held up.</summary>
    public void Part()
    {
        _halves = Draw();
        foreach (PeerLink link in Links.Where(link => link.Ends.Select(end => end.Index).ToArray() is [var one, var other] && IsParted(one, other))) link.HoldUp();
    }

    /// <summary>Ends all that is held up.</summary>
    public void Heal()
    {
        _halves = 0;
        foreach (PeerLink link in Links.Where(link => link.IsHeldUp)) link.GoOn();
    }

    /// <summary>Whether two nodes are in different halves.</summary>
    public bool IsParted(int one, int other) => ((_halves >> one) & 1) != ((_halves >> other) & 1);

    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, ++_numbers));

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan span)
    {
        TimeSpan end = Now + span;
        while (_events.TryPeek(out _, out (TimeSpan At, long Number) next) && next.At <= end)
        {
            Action action = _events.Dequeue();
            Now = next.At;
            action();
        }

        Now = end;
    }

    /// <summary>Lets time pass until something holds; returns how long it took, or fails.</summary>
    public TimeSpan RunUntil(Func<bool> condition, TimeSpan limit, string what)
    {
        TimeSpan start = Now;
        while (!condition())
        {
            if (!_events.TryPeek(out _, out (TimeSpan At, long Number) next) || next.At > start + limit)
            {
                Assert.Fail(FormattableString.Invariant($"{what}: not within {limit}; the seed is {seed}\n{string.Join('\n', _nodes.Select(node => node.ToString()))}"));
                break;
            }

            Action action = _events.Dequeue();
            Now = next.At;
            action();
        }

        return Now - start;
    }

    public ulong Draw()
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return _random;
    }

    public TimeSpan DrawLatency() => TimeSpan.FromTicks((long)(Draw() % (ulong)Math.Max(1, Latency.Ticks)) + 1);
}
