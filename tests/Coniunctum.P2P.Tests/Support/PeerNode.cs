using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>A whole node in a <see cref="PeerWorld"/>: chain and peer machine, a store in memory, connections.</summary>
internal sealed class PeerNode : IEffectSink<NodeEffect>, IEntropySource
{
    private readonly PeerWorld _world;
    private readonly NodeCore<ChainCore> _core;
    private readonly MessageDecoder _decoder;
    private readonly StoreAnswers _store;
    private readonly RecentStates _states;
    private readonly Queue<OwnedReading> _taken = new();
    private readonly Dictionary<PeerId, NodeEnd> _ends = [];
    private readonly Dictionary<TimerId, long> _timers = [];
    private readonly List<NodeEffect> _effects = [];
    private long _numbers;
    private long _peers;
    private long _tickets;

    public PeerNode(PeerWorld world, int index, Func<PeerOptions, PeerOptions>? change, Func<ChainOptions, ChainOptions>? changesChain, IBlockProducer? producer)
    {
        (_world, Index) = (world, index);
        ChainProfile profile = world.Chain.Profile;
        PublicKey key = TestKeys.Public((byte)(index + 1));
        Node = NodeId.Of(key);
        var options = new PeerOptions { NodeKey = key, Entropy = this, Endpoints = [PeerWorld.EndpointOf(index)], InboundDelay = default };
        options = change?.Invoke(options) ?? options;
        Book = new SimpleAddressBook(this);
        Peers = new PeerCore(profile, options, Book);
        var chain = new ChainCore(profile, new Consensus.Pool.PoolOptions(), changesChain?.Invoke(new ChainOptions()), Store);
        Store.Commit(new StoreBatch { Connected = [new StoredBlock(HeadCodec.Write(chain.Genesis, profile.Format, chain.TipState.Encode(), Work.Zero), chain.Genesis.Encoded, default)] });
        _core = new NodeCore<ChainCore>(chain, producer, this, Peers);
        _states = new RecentStates(chain.Tip, new OwnedReading(chain.TakeReading()));
        _decoder = new MessageDecoder(profile, chain.Genesis.Id);
        _store = new StoreAnswers(profile, Store, _states);
        Take(new NodeInput.Started(chain.Genesis.Id, static _ => null));
    }

    public int Index { get; }

    public NodeId Node { get; }

    public MemoryChainStore Store { get; } = new();

    public PeerCore Peers { get; }

    public SimpleAddressBook Book { get; }

    public ChainCore Chain => _core.Chain;

    /// <summary>Faults of the other sides that their bytes have proven.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>What came out of the node, in order.</summary>
    public List<NodeEffect> Log { get; } = [];

    /// <summary>Whether a dialled node is reached; by default those of the world are.</summary>
    public Func<NodeEndpoint, PeerNode?> Reaches { get; set; } = static _ => null;

    /// <summary>Whether what is sent seems to wait for ever, as at a peer that does not read.</summary>
    public bool WritesNothing { get; set; }

    public IEnumerable<PeerLink> Links => _ends.Values.Select(end => end.Link);

    public BlockId Tip => Chain.Tip.Id;

    public ulong Height => Chain.Tip.Header.Height;

    public LinkEnd End(PeerWorld world, NodeId other, NodeEndpoint endpoint, NodeEndpoint? dialled) => new NodeEnd(this, new PeerId(++_peers), other, endpoint, dialled);

    /// <summary>A block of this node's own.</summary>
    public void Adopt(HashedBlock block) => Take(new NodeInput.BlockArrived(block));

    /// <summary>Makes a block on this node's tip.</summary>
    public HashedBlock Mine(IEnumerable<Transaction>? transactions = null)
    {
        HashedBlock block = _world.Forge.Next(Chain.Tip, transactions, TestKit.Chains.World.Owner((byte)(0x10 + Index)));
        Adopt(block);
        return block;
    }

    public void Submit(Transaction transaction) => Take(new NodeInput.TransactionArrived(++_tickets, _world.Chain.Hash(transaction)));

    public void Take(NodeInput input)
    {
        _effects.Clear();
        _core.Step(input, Time, this);
        NodeEffect[] effects = [.. _effects];
        foreach (NodeEffect effect in effects) Run(effect);
    }

    public override string ToString()
    {
        PeerStatus status = Peers.Status;
        return FormattableString.Invariant($"node {Index}: height {Height}, {status.Peers.Count(peer => peer.IsOpen)} open of {status.Peers.Length}, syncing {status.IsSynchronising}, begun {status.Synchronisations}, failure {status.LastFailure}, received {status.BlocksReceived} twice {status.BlocksReceivedTwice}");
    }

    void IEffectSink<NodeEffect>.Emit(NodeEffect effect)
    {
        // Once the step goes on, the state is that of a later block.
        if (effect is NodeEffect.Commit { Batch: { Connected.IsEmpty: false } or { CutAbove: not null } }) _taken.Enqueue(new OwnedReading(Chain.TakeReading()));
        _effects.Add(effect);
    }

    void IEntropySource.Fill(Span<byte> buffer)
    {
        for (int i = 0; i < buffer.Length; i++) buffer[i] = (byte)(_world.Draw() >> 24);
    }

    private NodeTime Time => new(new Timestamp(1_000_000_000UL + (ulong)_world.Now.TotalMilliseconds), new SteadyTime(_world.Now));

    private void Run(NodeEffect effect)
    {
        Log.Add(effect);
        switch (effect)
        {
            case NodeEffect.VerifySignatures verify:
                ImmutableArray<RecoveredSigner> answers = SignatureVerifier.Recover(_world.Chain.Profile.Signatures, verify.Claims.AsSpan());
                _world.After(TimeSpan.FromMilliseconds(1), () => Take(new NodeInput.SignaturesVerified(verify.Job, answers)));
                break;
            case NodeEffect.Commit commit:
                _world.After(TimeSpan.FromMilliseconds(1), () =>
                {
                    Store.Commit(commit.Batch);
                    Take(new NodeInput.Committed());
                });
                break;
            case NodeEffect.TipMoved moved:
                _states.Keep(moved, _taken.Dequeue());
                _states.GiveUp();
                break;
            case NodeEffect.Continue:
                _world.After(TimeSpan.Zero, () => Take(new NodeInput.Continued()));
                break;
            case NodeEffect.SetTimer timer:
                long number = _timers[timer.Timer] = ++_numbers;
                TimeSpan wait = timer.At.Elapsed - _world.Now;
                _world.After(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, () =>
                {
                    if (_timers[timer.Timer] == number) Take(new NodeInput.TimerFired(timer.Timer));
                });
                break;
            case PeerEffect network:
                Run(network);
                break;
            default:
                break;
        }
    }

    private void Run(PeerEffect effect)
    {
        switch (effect)
        {
            case PeerEffect.SendMessage send when _ends.TryGetValue(send.To, out NodeEnd? end):
                end.Link.Send(end, send.Channel, send.Message, _decoder.Limits);
                if (!WritesNothing) _world.After(_world.DrawLatency(), () => Take(new PeerInput.Written(send.To, 1, send.Bytes)));
                break;
            case PeerEffect.Close close when _ends.TryGetValue(close.To, out NodeEnd? end):
                end.Link.CloseBehind(end, close.Text);
                break;
            case PeerEffect.Dial dial:
                Dial(dial);
                break;
            default:
                if (_store.TryAnswer(effect) is { } answer) _world.After(TimeSpan.FromMilliseconds(1), () => Take(answer));
                break;
        }
    }

    private void Dial(PeerEffect.Dial dial)
    {
        if (Reaches(dial.Endpoint) is { } other)
            _world.Connect(this, other);
        else if (_world.Scripts(dial.Endpoint) is { } scripted)
            _world.Connect(this, scripted, dial.Endpoint, isDialled: true);
        else
            _world.After(TimeSpan.FromMilliseconds(10), () => Take(new PeerInput.DialFailed(dial.Endpoint, TransportFault.Refused, "nothing listens there")));
    }

    private sealed class NodeEnd(PeerNode node, PeerId id, NodeId other, NodeEndpoint endpoint, NodeEndpoint? dialled) : LinkEnd
    {
        public override int Index => node.Index;

        public override void Begin()
        {
            node._ends.Add(id, this);
            node.Take(new PeerInput.Connected(id, other, endpoint, dialled));
        }

        public override void Take(WireMessage message, int bytes) => node.Take(node._decoder.Decode(id, message, bytes));

        public override void Fault(string text)
        {
            node.Faults.Add(text);
            node.Take(new PeerInput.Faulted(id, text));
        }

        public override void End(string text)
        {
            if (node._ends.Remove(id)) node.Take(new PeerInput.Closed(id, text));
        }
    }
}
