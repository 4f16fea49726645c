using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Simulation;

/// <summary>
/// Nodes, clocks, links and stores in one process, on one thread, in virtual time. What happens follows from the seed alone:
/// the same seed and the same script give the same <see cref="EventHash"/>. Not safe to use from several threads.
/// </summary>
/// <example>
/// <code>
/// var world = new World(seed: 7);
/// SimulatedNode miner = world.AddNode(profile, new NodeOptions { Producer = search =&gt; new ProofOfWorkProducer(address, new MiningOptions(), search) });
/// SimulatedNode follower = world.AddNode(profile);
/// world.Partition(follower);
/// world.RunFor(TimeSpan.FromSeconds(30));
/// world.Heal();
/// bool agree = world.RunUntil(() =&gt; follower.Chain.Tip.Id == miner.Chain.Tip.Id, limit: TimeSpan.FromHours(1));
/// </code>
/// </example>
public sealed class World
{
    private readonly PriorityQueue<Scheduled, (TimeSpan Time, long Number)> _queue = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Dictionary<ChainProfile, SharedMessages> _messages = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ISignatureScheme, SharedSignatures> _signatures = new(ReferenceEqualityComparer.Instance);
    private long _scheduled;

    /// <summary>Begins a world without nodes.</summary>
    /// <param name="seed">What everything that happens by chance follows from.</param>
    /// <param name="options">What the world is like; <c>null</c> for the defaults.</param>
    public World(ulong seed, WorldOptions? options = null)
        : this(seed, options ?? new WorldOptions(), null)
    {
    }

    internal World(ulong seed, WorldOptions options, EventTrail? expected)
    {
        Seed = seed;
        Options = options;
        Random = new SeededRandom(seed);
        Trail = new EventTrail { Expected = expected };
        Connections = new Connections(this, options.Links);
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>Randomness for the script, such as keys; what happens by chance in the world is drawn from other sequences.</summary>
    public SeededRandom Random { get; }

    /// <summary>The time since the world began.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The nodes, in the order in which they were added.</summary>
    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>A running hash over everything that has happened.</summary>
    public Hash256 EventHash => Trail.Hash;

    /// <summary>How many things have happened.</summary>
    public long EventCount => Trail.Count;

    /// <summary>Is told of everything that happens; must change nothing.</summary>
    public Action<WorldEvent>? Observer { get; set; }

    /// <summary>
    /// Chaos that no connection knows: takes away single messages of a rule's topics, given sender, receiver, topic and content, while the
    /// connection goes on as if they had been sent. A network that works against someone; must depend on nothing but the world.
    /// </summary>
    public Func<SimulatedNode, SimulatedNode, string, ReadOnlyMemory<byte>, bool>? Loses { get; set; }

    /// <summary>The latest time that can be scheduled; farther than any run goes.</summary>
    internal static TimeSpan MaxTime => TimeSpan.FromDays(365_000);

    internal WorldOptions Options { get; }

    internal Timestamp Start => Options.Start;

    internal EventTrail Trail { get; }

    internal Connections Connections { get; }

    /// <summary>Adds a node with an empty store and starts it.</summary>
    /// <param name="profile">Its chain's profile; the rule must be a consensus rule as for a real node.</param>
    /// <param name="options">What the node is like; <c>null</c> for one that follows.</param>
    public SimulatedNode AddNode(ChainProfile profile, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var node = new SimulatedNode(this, _nodes.Count, profile, options ?? new NodeOptions());
        _nodes.Add(node);
        node.Start();
        return node;
    }

    /// <summary>Does something at a later time, in its turn among all events.</summary>
    /// <param name="delay">How long from now; zero or positive.</param>
    /// <param name="name">What it is called among the events.</param>
    /// <param name="action">What to do.</param>
    public void Schedule(TimeSpan delay, string name, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(name);
        After(delay, -1, WorldEventKind.Scripted, name, default, action);
    }

    /// <summary>Sets what one link does, in one direction.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="options">What it does.</param>
    public void SetLink(SimulatedNode from, SimulatedNode to, LinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(to);
        Connections.LinkOf(from.Index, to.Index).Options = options;
    }

    /// <summary>
    /// Cuts one link, in one direction: what is under way still arrives, what is sent later waits until the link is mended, and no
    /// connection is made that needs it.
    /// </summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    public void Cut(SimulatedNode from, SimulatedNode to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        Connections.LinkOf(from.Index, to.Index).IsCut = true;
    }

    /// <summary>Cuts all links between some nodes and all others; links that were cut before stay so.</summary>
    /// <param name="group">The nodes on one side.</param>
    public void Partition(params ReadOnlySpan<SimulatedNode> group)
    {
        foreach (SimulatedNode inside in group)
        {
            foreach (SimulatedNode other in _nodes)
            {
                if (group.Contains(other)) continue;
                Cut(inside, other);
                Cut(other, inside);
            }
        }
    }

    /// <summary>Mends all links that were cut. Connections that have outlived it go on with what they held up.</summary>
    public void Heal() => Connections.Heal();

    /// <summary>Breaks the connections between two nodes in the middle of what they carry. Both hear of it, one earlier than the other.</summary>
    /// <param name="one">One of them.</param>
    /// <param name="other">The other one.</param>
    public void Reset(SimulatedNode one, SimulatedNode other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        Connections.Reset(one.Index, other.Index);
    }

    /// <summary>Lets time pass.</summary>
    /// <param name="span">How much.</param>
    public void RunFor(TimeSpan span) => RunUntil(() => false, span);

    /// <summary>Lets time pass until a condition holds.</summary>
    /// <param name="condition">Looked at after every event.</param>
    /// <param name="limit">The most time that passes.</param>
    /// <returns>Whether it holds.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(condition);
        TimeSpan end = Now + limit;
        while (!condition())
        {
            if (!_queue.TryPeek(out _, out var next) || next.Time > end)
            {
                Now = end;
                return condition();
            }

            Scheduled scheduled = _queue.Dequeue();
            Now = next.Time;
            Record(scheduled.Node, scheduled.Kind, scheduled.Subject, scheduled.Content);
            scheduled.Action();
        }

        return true;
    }

    /// <summary>Returns what was decoded of messages, for all nodes of a profile.</summary>
    internal SharedMessages MessagesOf(ChainProfile profile)
    {
        if (!_messages.TryGetValue(profile, out SharedMessages? shared)) _messages.Add(profile, shared = new SharedMessages(profile));
        return shared;
    }

    /// <summary>Returns what was verified of signatures, for all nodes of a scheme.</summary>
    internal SharedSignatures SignaturesOf(ISignatureScheme scheme)
    {
        if (!_signatures.TryGetValue(scheme, out SharedSignatures? shared)) _signatures.Add(scheme, shared = new SharedSignatures(scheme));
        return shared;
    }

    internal void After(TimeSpan delay, int node, WorldEventKind kind, string subject, ReadOnlyMemory<byte> content, Action action)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        _queue.Enqueue(new Scheduled(node, kind, subject, content, action), (Now + delay, ++_scheduled));
    }

    /// <summary>Records that something happened now.</summary>
    internal void Record(int node, WorldEventKind kind, string subject, ReadOnlyMemory<byte> content)
    {
        var happened = new WorldEvent(Now, node, kind, subject, content);
        Trail.Add(happened);
        Observer?.Invoke(happened);
    }

    private readonly record struct Scheduled(int Node, WorldEventKind Kind, string Subject, ReadOnlyMemory<byte> Content, Action Action);
}
