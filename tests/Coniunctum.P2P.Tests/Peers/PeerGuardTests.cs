using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Peers;

/// <summary>What a peer machine that throws costs: a connection, or all of them, never the node.</summary>
public sealed class PeerGuardTests
{
    [Test]
    public void Step_ThatThrows_ClosesTheConnectionOfItsInput_AndNoOther()
    {
        var node = new GuardedNode();
        node.Join(1, 2);
        PeerCore machine = node.Guard.Core;
        node.Book.Throws = 1;
        node.Hear(1, new GetAddresses());
        Assert.That(node.Closed, Is.EqualTo(new[] { new PeerId(1) }));
        Assert.That(node.Said<Bye>(1).Single().Reason, Is.EqualTo(ByeReason.Other));
        Assert.That((node.Guard.Failures, node.Guard.LastFailure), Is.EqualTo((1L, "InvalidOperationException: the book is torn")));
        Assert.That(node.Guard.Core, Is.SameAs(machine));

        node.Effects.Clear();
        node.Hear(1, new Ping(1));
        node.Hear(2, new Ping(2));
        Assert.That((node.Said<Pong>(1).Count(), node.Said<Pong>(2).Single()), Is.EqualTo((0, new Pong(2))), "one is gone, the other stays");
        node.Take(new PeerInput.Closed(new PeerId(1), "it is over"));
        Assert.That(node.Guard.Core.Status.Peers.Single().Id, Is.EqualTo(new PeerId(2)));
    }

    [Test]
    public void Step_ThatThrows_LeavesWhatWasSaidBefore_AndIsLookedAtAgain()
    {
        var node = new GuardedNode();
        node.Join(1);
        node.Hear(1, new Pong(0));
        node.Effects.Clear();
        // What was due at the same time is behind it: the machine looks whom to dial last.
        node.Book.Throws = 1;
        node.Time += TimeSpan.FromSeconds(31);
        node.Take(new NodeInput.TimerFired(PeerCore.Timer));
        Assert.That(node.Said<Ping>(1).Count(), Is.EqualTo(1), "a ping of the same step");
        Assert.That(node.Closed, Is.Empty, "no connection's input it was");
        NodeEffect.SetTimer again = node.Effects.OfType<NodeEffect.SetTimer>().Single();
        Assert.That((again.Timer, again.At.Elapsed), Is.EqualTo((PeerCore.Timer, node.Time + TimeSpan.FromSeconds(1))));
    }

    [Test]
    public void Step_ThatThrowsASecondTimeWithinAMinute_BeginsAnew_WithBookEntriesAndPool()
    {
        var node = new GuardedNode();
        var entry = new EntryPeer(NodeEndpoint.Parse("entry.test:7770"));
        node.Take(new PeerInput.EntryPeerAdded(entry));
        HashedTransaction pooled = node.World.Hash(node.World.Pay(World.Alice, World.Bob, 1));
        node.Take(new NodeEffect.TransactionMoved(pooled, Consensus.Pool.PoolStatus.Outside, Consensus.Pool.PoolStatus.Ready, default!));
        node.Join(1, 2, 3);
        PeerCore machine = node.Guard.Core;
        JobId[] asked = [.. node.Asked];
        long ticket = node.Submit(3);
        node.Book.Throws = 1;
        node.Hear(1, new GetAddresses());
        node.Time += TimeSpan.FromSeconds(59);
        node.Effects.Clear();
        node.Book.Throws = 1;
        node.Hear(2, new GetAddresses());
        Assert.That(node.Guard.Core, Is.Not.SameAs(machine));
        Assert.That(node.Closed, Is.EquivalentTo(new[] { new PeerId(2), new PeerId(3) }), "the first one is closing already");
        node.Pass(1);
        Assert.That(node.Effects.OfType<PeerEffect.Dial>().Select(dial => dial.Endpoint), Does.Contain(entry.Endpoint));
        Assert.That(node.Asked.Except(asked), Is.Not.Empty, "the new machine reads the tip");
        Assert.That(node.Asked, Is.Unique, "no question has the number of another one");

        // The old connections say what they like: no one hears it.
        node.Effects.Clear();
        node.Hear(3, new Ping(1));
        Assert.That(node.Effects.OfType<PeerEffect.SendMessage>(), Is.Empty);
        foreach (long id in new long[] { 1, 2, 3 }) node.Take(new PeerInput.Closed(new PeerId(id), "it is over"));
        node.Join(4);
        Assert.That(node.Guard.Core.Status.Peers.Single().IsOpen);
        Assert.That(node.Submit(4), Is.GreaterThan(ticket));
        node.Pass(1);
        Assert.That(node.Said<Have>(4).Single().Leaves, Is.EqualTo(new[] { pooled.Leaf }), "what is in the pool is announced to whoever comes");
        Assert.That(node.Guard.Failures, Is.EqualTo(2));
    }

    [Test]
    public void Step_ThatThrowsAMinuteLater_IsAFirstOneAgain()
    {
        var node = new GuardedNode();
        node.Join(1, 2);
        PeerCore machine = node.Guard.Core;
        foreach (long id in new long[] { 1, 2 })
        {
            node.Book.Throws = 1;
            node.Hear(id, new GetAddresses());
            node.Time += TimeSpan.FromSeconds(61);
        }

        Assert.That((node.Guard.Failures, node.Guard.Core), Is.EqualTo((2L, machine)));
    }

    [Test]
    public void Machine_ThatAlwaysThrows_IsTriedAgain_OnceASecondAtMost()
    {
        var node = new GuardedNode(throws: int.MaxValue);
        int steps = 0;
        for (; node.Time < TimeSpan.FromMinutes(1) && steps < 1_000; steps++)
        {
            NodeEffect.SetTimer set = node.Effects.OfType<NodeEffect.SetTimer>().Last();
            node.Time = set.At.Elapsed;
            node.Take(new NodeInput.TimerFired(set.Timer));
        }

        Assert.That(steps, Is.InRange(30, 61));
        Assert.That(node.Guard.Failures, Is.GreaterThan(steps));
        node.Join(1);
        Assert.That(node.Closed.Last(), Is.EqualTo(new PeerId(1)), "who comes meanwhile is sent away");
        node.Take(new PeerInput.Closed(new PeerId(1), "it is over"));
        node.Book.Throws = 0;
        node.Pass(1);
        node.Join(2);
        Assert.That(node.Guard.Core.Status.Peers.Single().IsOpen);
    }

    /// <summary>A guarded machine with a store that has genesis, whose questions are answered at once.</summary>
    private sealed class GuardedNode : IEffectSink<IPeerEffect>
    {
        private readonly StoreAnswers _answers;

        public GuardedNode(int throws = 0)
        {
            ChainProfile profile = World.Profile;
            var store = new MemoryChainStore();
            HashedBlock genesis = GenesisBlock.Create(profile).Block;
            store.Commit(new StoreBatch { Connected = [new StoredBlock(HeadCodec.Write(genesis, profile.Format, default, Work.Zero), genesis.Encoded, default)] });
            _answers = new StoreAnswers(profile, store);
            Book = new TornBook { Throws = throws };
            var options = new PeerOptions { NodeKey = TestKeys.Public(1), Entropy = new Counter() };
            Guard = new PeerGuard<PeerCore>(numbers => new PeerCore(profile, options, Book, numbers));
            Take(new NodeInput.Started(genesis.Id, static _ => null));
        }

        public World World { get; } = new(StandardFormat.Instance);

        public TornBook Book { get; }

        public PeerGuard<PeerCore> Guard { get; }

        public TimeSpan Time { get; set; }

        public List<IPeerEffect> Effects { get; } = [];

        public List<JobId> Asked { get; } = [];

        public IEnumerable<PeerId> Closed => Effects.OfType<PeerEffect.Close>().Select(close => close.To);

        public IEnumerable<T> Said<T>(long to)
            where T : WireMessage => Effects.OfType<PeerEffect.SendMessage>().Where(send => send.To == new PeerId(to)).Select(send => send.Message).OfType<T>();

        public void Take(IPeerInput input)
        {
            int before = Effects.Count;
            Guard.Step(input, new NodeTime(new Timestamp(1_000_000_000UL + (ulong)Time.TotalMilliseconds), new SteadyTime(Time)), this);
            foreach (PeerEffect effect in Effects.Skip(before).OfType<PeerEffect>().ToArray())
            {
                if (_answers.TryAnswer(effect) is not { } answer) continue;
                if (answer is PeerInput.LocatorRead read) Asked.Add(read.Job);
                Take(answer);
            }
        }

        /// <summary>Lets seconds pass, and a timer run out behind them.</summary>
        public void Pass(int seconds)
        {
            Time += TimeSpan.FromSeconds(seconds);
            Take(new NodeInput.TimerFired(PeerCore.Timer));
        }

        public void Hear(long from, WireMessage message) => Take(new PeerInput.Received(new PeerId(from), message, 16));

        /// <summary>Connections of nodes that have the ledger.</summary>
        public void Join(params long[] ids)
        {
            foreach (long id in ids)
            {
                PublicKey key = TestKeys.Public((byte)(100 + id));
                Take(new PeerInput.Connected(new PeerId(id), NodeId.Of(key), NodeEndpoint.Parse(FormattableString.Invariant($"192.0.2.{id}:7770")), null));
                Hear(id, new Hello(WireVersion.Major, WireVersion.Minor, (ulong)id, key, [], NodeRoles.Full));
                Hear(id, new Open(World.ChainId.Value, 0, 0, 0, default, World.ChainId.Value, null));
            }
        }

        /// <summary>Has a peer submit a transaction; returns the ticket under which the chain gets it.</summary>
        public long Submit(long from)
        {
            Take(new PeerInput.SubmitReceived(new PeerId(from), World.Hash(World.Pay(World.Alice, World.Bob, 2))));
            return Effects.OfType<NodeInput.TransactionArrived>().Last().Ticket;
        }

        void IEffectSink<IPeerEffect>.Emit(IPeerEffect effect) => Effects.Add(effect);
    }

    /// <summary>A book that can be made to throw whenever it is opened.</summary>
    private sealed class TornBook : IAddressBook
    {
        private readonly SimpleAddressBook _book = new(new Counter());

        /// <summary>How many times more.</summary>
        public int Throws { get; set; }

        public ImmutableArray<KnownNode> All => Open().All;

        public int Count => Open().Count;

        public void Add(ImmutableArray<NodeAddress> addresses, NodeId source) => Open().Add(addresses, source);

        public bool Confirm(NodeAddress address) => Open().Confirm(address);

        public void Fail(NodeEndpoint endpoint, uint today) => Open().Fail(endpoint, today);

        public NodeAddress? Draw(Func<KnownNode, bool> isWanted) => Open().Draw(isWanted);

        public ImmutableArray<NodeAddress> Sample(int count) => Open().Sample(count);

        private SimpleAddressBook Open()
        {
            if (Throws == 0) return _book;
            Throws--;
            throw new InvalidOperationException("the book is torn");
        }
    }

    private sealed class Counter : IEntropySource
    {
        private byte _next;

        public void Fill(Span<byte> destination)
        {
            foreach (ref byte one in destination) one = _next++;
        }
    }
}
