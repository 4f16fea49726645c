using System.Collections.Immutable;
using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.Storage;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Internal;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Peers.Shell;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Transport.Simulated;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>
/// A shell with a machine that says Hello, opens the ledger, sends drawn messages once the other side has opened it too, and checks what
/// comes: of each class the next one that the other side has sent. Two of them find each other's connection by the nonce of Hello.
/// </summary>
internal sealed class ShellNode : INodeInputs
{
    private const int Messages = 12;

    private static readonly ChainProfile s_profile = World.ProfileOf(StandardFormat.Instance);
    private static readonly BlockId s_chain = GenesisBlock.Create(s_profile).Block.Id;

    private readonly Lock _gate = new();
    private readonly ManualTime _clock;
    private readonly Random _random;
    private readonly bool _hasNoRoomAtTimes;
    private readonly byte _key;
    private readonly Dictionary<PeerId, Side> _sides = [];
    private readonly Dictionary<ulong, Side> _byNonce = [];

    public ShellNode(ClockThread thread, ManualTime clock, SimulatedNetwork network, byte key, int seed, bool hasNoRoomAtTimes)
    {
        (_clock, _key, _random, _hasNoRoomAtTimes) = (clock, key, new Random(seed), hasNoRoomAtTimes);
        Id = NodeId.Of(TestKeys.Public(key));
        Endpoint = NodeEndpoint.Parse(FormattableString.Invariant($"192.0.2.{key}:7770"));
        SimulatedTransport inner = network.Join(Id, Endpoint);
        NodeEndpoint endpoint = Endpoint;
        Assert.That(network.TryListen(inner, ref endpoint));
        Transport = new ThreadedTransport(inner, thread);
        Shell = new PeerShell(Transport, new MessageDecoder(s_profile, s_chain), new StoreAnswers(s_profile, new MemoryChainStore()), TaskScheduler.Default, this, clock);
        Shell.Start();
    }

    public NodeId Id { get; }

    public NodeEndpoint Endpoint { get; }

    public PeerShell Shell { get; }

    public ThreadedTransport Transport { get; }

    /// <summary>What no honest side may bring about.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Connections that were made.</summary>
    public int Begun { get; private set; }

    /// <summary>Connections that are over.</summary>
    public int Ended { get; private set; }

    /// <summary>Dials that came to nothing.</summary>
    public int Failed { get; private set; }

    /// <summary>Messages that have come.</summary>
    public int Heard => _sides.Values.Sum(side => side.Heard.Count);

    /// <summary>Bytes that were sent, and not answered for.</summary>
    public long Unanswered
    {
        get
        {
            lock (_gate) return _sides.Values.Sum(side => side.Unanswered);
        }
    }

    public ValueTask<bool> AddAsync(NodeInput input)
    {
        lock (_gate)
        {
            Take(input);
            if (!_hasNoRoomAtTimes || input is not PeerInput.Received || _random.Next(8) != 0) return new ValueTask<bool>(true);
        }

        // Whoever has no room takes it later; here it is taken at once, and said so later, which is the same to the shell.
        var taken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _clock.CreateTimer(_ => taken.TrySetResult(true), null, TimeSpan.FromMilliseconds(500), Timeout.InfiniteTimeSpan);
        return new ValueTask<bool>(taken.Task);
    }

    /// <summary>Whether all that the other one has sent has come, on all connections.</summary>
    public bool HasHeardAll(ShellNode other)
    {
        ImmutableArray<(ulong Nonce, int Sent)> sent;
        lock (other._gate)
        {
            if (other._sides.Values.Any(side => side.Sent.Count == 0)) return false;
            sent = [.. other._sides.Values.Select(side => (side.Nonce, side.Sent.Count))];
        }

        lock (_gate) return sent.Length > 0 && sent.All(one => _byNonce.TryGetValue(one.Nonce, out Side? side) && side.Heard.Count == one.Sent);
    }

    /// <summary>Checks that what has come is what the other one has sent, of each class from the beginning and in order.</summary>
    public void CheckAgainst(ShellNode other)
    {
        foreach ((ulong nonce, Side side) in _byNonce)
        {
            if (!other._byNonce.TryGetValue(nonce, out Side? far)) continue;
            foreach (MessageClass one in Enum.GetValues<MessageClass>())
            {
                string[] heard = [.. side.Heard.Where(message => message.Class == one).Select(message => message.Bytes)];
                string[] sent = [.. far.Sent.Where(message => message.Class == one).Select(message => message.Bytes)];
                Assert.That(heard, Is.EqualTo(sent.Take(heard.Length)), FormattableString.Invariant($"connection {nonce}, class {one}"));
            }
        }
    }

    /// <summary>Ends one of the connections.</summary>
    public void CloseOne(int number)
    {
        lock (_gate)
        {
            Side[] open = [.. _sides.Values.Where(side => side is { IsOver: false, IsClosing: false })];
            if (open.Length == 0) return;
            Side side = open[number % open.Length];
            side.IsClosing = true;
            Send(side, 0, new Bye(ByeReason.Other, "enough"));
            Shell.Run(new PeerEffect.Close(side.Id, "enough"));
        }
    }

    public void SetReading(bool isReading)
    {
        lock (_gate)
            foreach (Side side in _sides.Values) Shell.Run(new PeerEffect.SetReading(side.Id, isReading));
    }

    /// <summary>Sends more on all connections that are open.</summary>
    public void SayMore()
    {
        lock (_gate)
            foreach (Side side in _sides.Values) Say(side);
    }

    private void Take(NodeInput input)
    {
        if (input is PeerInput.Connected connected)
        {
            Begun++;
            var side = new Side(connected.From, connected.Dialled is not null);
            if (!_sides.TryAdd(connected.From, side)) Faults.Add($"{connected.From} is used twice");
            if (side.IsDialler) Know(side, (ulong)connected.From.Value);
            Send(side, 0, new Hello(WireVersion.Major, WireVersion.Minor, side.IsDialler ? side.Nonce : 0, TestKeys.Public(_key), [], NodeRoles.Full));
            Send(side, 1, new Open(s_chain.Value, 0, 0, 0, default, s_chain.Value, null));
            return;
        }

        switch (input)
        {
            case PeerInput.DialFailed:
                Failed++;
                break;
            case PeerInput other when !_sides.TryGetValue(other.From, out Side? side) || side.IsOver:
                Faults.Add($"{other} comes before its connection, or behind its end");
                break;
            case PeerInput.Closed closed:
                _sides[closed.From].IsOver = true;
                Ended++;
                break;
            case PeerInput.Written written:
                _sides[written.From].Unanswered -= written.Bytes;
                if (_sides[written.From].Unanswered < 0) Faults.Add("more was written than was sent");
                break;
            case PeerInput.Received received:
                Take(_sides[received.From], received.Message);
                break;
            default:
                Faults.Add($"{input}");
                break;
        }
    }

    private void Take(Side side, WireMessage message)
    {
        switch (message)
        {
            case Hello hello:
                if (!side.IsDialler) Know(side, hello.Nonce);
                break;
            case Open:
                side.IsOpen = true;
                Say(side);
                break;
            case Bye:
                if (side.IsClosing) break;
                side.IsClosing = true;
                Shell.Run(new PeerEffect.Close(side.Id, "the other side has closed it"));
                break;
            case GetBlocks asked:
                side.Heard.Add(Noted(message));
                Say(side, 1, new Missing(asked.Ids));
                break;
            default:
                side.Heard.Add(Noted(message));
                break;
        }
    }

    private void Know(Side side, ulong nonce)
    {
        side.Nonce = nonce;
        if (!_byNonce.TryAdd(nonce, side)) Faults.Add("two connections have one nonce");
    }

    /// <summary>Says drawn messages of all classes but headers.</summary>
    private void Say(Side side)
    {
        if (!side.IsOpen || side.IsClosing || side.IsOver) return;
        for (int i = 0; i < Messages; i++)
        {
            switch (_random.Next(4))
            {
                case 0:
                    byte[] content = new byte[_random.Next(3) == 0 ? _random.Next(1, 60_000) : _random.Next(1, 300)];
                    _random.NextBytes(content);
                    Say(side, 1, new Publish("votes", content, null));
                    break;
                case 1:
                    Say(side, 1, new Have([.. Enumerable.Range(0, _random.Next(1, 200)).Select(_ => Drawn())]));
                    break;
                case 2:
                    Say(side, 0, new NewAddresses([new NodeAddress(Endpoint, new NodeId(Drawn()), 1, NodeRoles.Full)]));
                    break;
                default:
                    if (side.Asked++ == 0) Say(side, 1, new GetBlocks([Drawn(), Drawn()]));
                    break;
            }
        }
    }

    private void Say(Side side, byte channel, WireMessage message)
    {
        if (side.IsClosing || side.IsOver) return;
        side.Sent.Add(Noted(message));
        Send(side, channel, message);
    }

    private void Send(Side side, byte channel, WireMessage message)
    {
        int bytes = MessageCodec.Encode(message, WireLimits.Default).Length;
        side.Unanswered += bytes;
        Shell.Run(new PeerEffect.SendMessage(side.Id, channel, message, bytes));
    }

    private Hash256 Drawn()
    {
        byte[] bytes = new byte[Hash256.Size];
        _random.NextBytes(bytes);
        return new Hash256(bytes);
    }

    private static (MessageClass Class, string Bytes) Noted(WireMessage message) =>
        (KindRule.ClassOf((ushort)message.Kind), Convert.ToHexString(Sha3_256.Hash(MessageCodec.Encode(message, WireLimits.Default)).AsSpan()));

    private sealed class Side(PeerId id, bool isDialler)
    {
        public PeerId Id { get; } = id;

        public bool IsDialler { get; } = isDialler;

        public ulong Nonce { get; set; }

        public bool IsOpen { get; set; }

        public bool IsClosing { get; set; }

        public bool IsOver { get; set; }

        public int Asked { get; set; }

        public long Unanswered { get; set; }

        public List<(MessageClass Class, string Bytes)> Sent { get; } = [];

        public List<(MessageClass Class, string Bytes)> Heard { get; } = [];
    }
}
