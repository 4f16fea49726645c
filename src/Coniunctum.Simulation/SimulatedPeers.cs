using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Transport;

namespace Coniunctum.Simulation;

/// <summary>A node's network in one of its lives: the <see cref="PeerCore"/> that users run, and its ends of connections.</summary>
internal sealed class SimulatedPeers
{
    private readonly World _world;
    private readonly StoreAnswers _store;
    private readonly SeededRandom _random;
    private readonly TimeSpan _readTime;
    private readonly double _uploadRate;
    private readonly Dictionary<PeerId, ConnectionEnd> _ends = [];
    private readonly HashSet<ConnectionEnd> _waiting = [];
    private long _lastId;
    private TimeSpan _uploadFree;

    public SimulatedPeers(World world, SimulatedNode node, ChainProfile profile, NodeOptions options, PublicKey key)
    {
        (_world, Node) = (world, node);
        _random = node.RandomFor("reads");
        (_readTime, _uploadRate) = (options.ReadTime, options.UploadRate);
        _store = new StoreAnswers(profile, node.Store);
        Messages = world.MessagesOf(profile);
        SeededRandom entropy = node.RandomFor("peers");
        IEnumerable<int> dialled = options.Dials ?? Enumerable.Range(0, node.Index);
        var machine = new PeerOptions
        {
            NodeKey = key,
            Entropy = entropy,
            Endpoints = [node.Endpoint],
            EntryPeers = [.. dialled.Where(index => index != node.Index).Select(index => new EntryPeer(Connections.EndpointOf(index)))],
            OutboundSlots = options.OutboundSlots,
            CountsSides = PeerNetwork.CountsSides(profile),
        };
        Machine = new PeerCore(profile, machine, new SimpleAddressBook(entropy));
    }

    public SimulatedNode Node { get; }

    public PeerCore Machine { get; }

    /// <summary>What was decoded of messages, for all nodes of the world.</summary>
    public SharedMessages Messages { get; }

    /// <summary>Whether the node has crashed since.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Returns the number of the next connection.</summary>
    public PeerId NextId() => new(++_lastId);

    public void Add(PeerId id, ConnectionEnd end) => _ends.Add(id, end);

    /// <summary>Carries out what the machine wants.</summary>
    public void Run(PeerEffect effect)
    {
        switch (effect)
        {
            case PeerEffect.SendMessage send:
                _ends.GetValueOrDefault(send.To)?.Send(send);
                break;
            case PeerEffect.Close close:
                _ends.GetValueOrDefault(close.To)?.Close(close.Text);
                break;
            case PeerEffect.SetReading reading:
                _ends.GetValueOrDefault(reading.To)?.SetReading(reading.IsReading);
                break;
            case PeerEffect.Dial dial:
                _world.Connections.Dial(this, dial);
                break;
            default:
                Node.After(_random.UpTo(_readTime), WorldEventKind.StoreRead, effect.GetType().Name, default, () => Node.TryTake(Answer(effect)));
                break;
        }
    }

    /// <summary>Tells the machine that a node was not reached.</summary>
    public void FailDial(TimeSpan after, PeerEffect.Dial dial, TransportFault fault) => Node.After(after, WorldEventKind.Disconnected, dial.Endpoint.Host, default, () =>
        Node.TryTake(new PeerInput.DialFailed(dial.Endpoint, fault, fault.ToString())));

    /// <summary>Gives the machine what has come by a connection; where it has no room, the connection waits until it has.</summary>
    public bool TryTake(ConnectionEnd end, PeerInput input)
    {
        if (IsOver) return false;
        if (input is PeerInput.Closed) _ends.Remove(input.From);
        if (Node.TryTake(input)) return true;
        _waiting.Add(end);
        return false;
    }

    /// <summary>Gives the machine what waits at a connection, behind this step.</summary>
    public void OfferSoon(ConnectionEnd end) => Node.After(TimeSpan.Zero, WorldEventKind.Continued, "read", default, end.Offer);

    /// <summary>The machine may have room again.</summary>
    public void OfferWaiting()
    {
        if (_waiting.Count == 0) return;
        ConnectionEnd[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (ConnectionEnd end in waiting) end.Offer();
    }

    /// <summary>Takes the node's line for so many bytes; returns in how long the last of them has left.</summary>
    public TimeSpan Upload(int bytes)
    {
        if (_uploadRate <= 0) return TimeSpan.Zero;
        if (_uploadFree < _world.Now) _uploadFree = _world.Now;
        _uploadFree += TimeSpan.FromSeconds(bytes / _uploadRate);
        return _uploadFree - _world.Now;
    }

    /// <summary>The node has crashed: all its connections are over.</summary>
    public void Crash(bool isSilent)
    {
        IsOver = true;
        foreach (ConnectionEnd end in _ends.Values.ToArray()) end.Die(isSilent);
        _ends.Clear();
    }

    private NodeInput Answer(PeerEffect effect)
    {
        try
        {
            return _store.TryAnswer(effect) ?? throw new InvalidOperationException($"The simulator does not carry out {effect.GetType()}.");
        }
        catch (InvalidDataException exception)
        {
            return new NodeInput.Failed(new HaltReason(HaltCode.StoreFailed, exception.Message));
        }
    }
}
