using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Switch;

public sealed class LedgerOpenerTests
{
    private static readonly Hash256 s_one = Sha3_256.Hash([1]);
    private static readonly Hash256 s_other = Sha3_256.Hash([2]);

    private readonly Peer _peer = new(new PeerInput.Connected(new PeerId(1), null, NodeEndpoint.Parse("192.0.2.7:7770"), null), default);

    private Sink _sent = null!;
    private PeerOutput _output = null!;
    private LedgerOpener _opener = null!;

    [SetUp]
    public void Start()
    {
        _sent = new Sink();
        _output = new PeerOutput();
        _output.Begin(default, _sent);
        _opener = new LedgerOpener(_output);
    }

    [Test]
    public void Welcome_OfALedgerThatIsNotOfferedFirst_SaysNothing_UntilThePeerHasOpenedIt()
    {
        var hidden = new Ledger(s_one, 1);
        var other = new Ledger(s_other, 2) { IsFirst = true };
        _opener.Add(hidden);
        _opener.Add(other);
        _opener.Welcome(_peer);
        Assert.That(_sent.All, Is.EqualTo(new[] { ((byte)2, (WireMessage)other.Offer!) }));

        _opener.TakeOpen(_peer, hidden.Offer!);
        Assert.That(_sent.All[1..], Is.EqualTo(new[] { ((byte)1, (WireMessage)hidden.Offer!) }));
        Assert.That((hidden.Joined, other.Joined), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Welcome_BehindThePeersOpen_AnswersIt()
    {
        // Of two connections between the same nodes, the one that stays is welcome only when the other has ended.
        var hidden = new Ledger(s_one, 1);
        _opener.Add(hidden);
        _opener.TakeOpen(_peer, hidden.Offer!);
        Assert.That(_sent.All, Is.Empty);
        _opener.Welcome(_peer);
        Assert.That((_sent.All.Count, hidden.Joined, _peer.IsOpen), Is.EqualTo((1, 1, true)));
    }

    [Test]
    public void Shut_OfThePeer_IsAnswered_AndTheLedgerIsNotOfferedAgain()
    {
        var ledger = new Ledger(s_one, 1) { IsFirst = true };
        _opener.Add(ledger);
        _opener.Welcome(_peer);
        _opener.TakeShut(_peer, new Shut(s_one, ShutReason.UnknownChain, ""));
        _opener.OfferFirst();
        Assert.That(_sent.All.Select(sent => sent.Message.GetType()), Is.EqualTo(new[] { typeof(Open), typeof(Shut) }));
    }

    [Test]
    public void Remove_OfOneOfTwo_LeavesTheOther_AndOffersItAnewBehindThePeersShut()
    {
        var one = new Ledger(s_one, 1) { IsFirst = true };
        var other = new Ledger(s_other, 2) { IsFirst = true };
        foreach (Ledger ledger in new[] { one, other }) _opener.Add(ledger);
        _opener.Welcome(_peer);
        foreach (Ledger ledger in new[] { one, other }) _opener.TakeOpen(_peer, ledger.Offer!);
        Assert.That(_opener.Remove(one, ShutReason.Stopping), Is.EqualTo(new[] { _peer }));
        Assert.That((one.Joined, other.Joined, _peer.IsOpen), Is.EqualTo((0, 1, true)));

        _sent.All.Clear();
        _opener.Add(one);
        Assert.That(_sent.All, Is.Empty, "the other side has not shut it yet");
        _opener.TakeShut(_peer, new Shut(s_one, ShutReason.Other, ""));
        Assert.That(_sent.All, Is.EqualTo(new[] { ((byte)1, (WireMessage)one.Offer!) }));
    }

    [Test]
    public void TakeOpen_OfALedgerWithAChannelThatIsNotShutYet_WaitsForThePeersShut()
    {
        var one = new Ledger(s_one, 1) { IsFirst = true };
        _opener.Add(one);
        _opener.Welcome(_peer);
        _opener.Remove(one, ShutReason.Stopping);
        _sent.All.Clear();

        var other = new Ledger(s_other, 1);
        _opener.Add(other);
        _opener.TakeOpen(_peer, other.Offer!);
        Assert.That((_sent.All.Count, other.Joined), Is.EqualTo((0, 0)), "the channel is the first ledger's to the other side");
        _opener.TakeShut(_peer, new Shut(s_one, ShutReason.Other, ""));
        Assert.That(_sent.All, Is.EqualTo(new[] { ((byte)1, (WireMessage)other.Offer!) }));
        Assert.That(other.Joined, Is.EqualTo(1));
    }

    private sealed class Ledger(Hash256 chain, byte channel) : IOfferedLedger
    {
        public BlockId? ChainId => new BlockId(chain);

        public byte Channel => channel;

        public Open? Offer { get; } = new(chain, 0, 0, 5, default, default, null);

        public bool IsFirst { get; init; }

        public int Joined { get; private set; }

        public bool IsOfferedFirst(Peer peer) => IsFirst;

        public void TakeOpen(Peer peer, Open open) => Assert.That(open.ChainId, Is.EqualTo(chain));

        public void Join(Peer peer) => Joined++;

        public void Leave(Peer peer) => Joined--;
    }

    private sealed class Sink : IEffectSink<IPeerEffect>
    {
        public List<(byte Channel, WireMessage Message)> All { get; } = [];

        public void Emit(IPeerEffect effect)
        {
            if (effect is PeerEffect.SendMessage send) All.Add((send.Channel, send.Message));
        }
    }
}
