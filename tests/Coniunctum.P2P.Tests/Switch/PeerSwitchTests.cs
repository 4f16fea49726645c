using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Switch;

/// <summary>Who is connected with whom, and who is not.</summary>
public sealed class PeerSwitchTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Test]
    public void Hello_OfAnotherMajorVersion_EndsTheConnection()
    {
        PeerWorld world = New(1);
        ScriptedPeer peer = world.Script(world.Add(), 200);
        peer.ChangesHello = hello => hello with { Major = WireVersion.Major + 1 };
        world.RunUntil(() => peer.Ended is not null, s_limit, "it is over");
        Assert.That(peer.Heard.OfType<Bye>().Single().Reason, Is.EqualTo(ByeReason.OtherVersion));
    }

    [Test]
    public void Hello_OfAnotherKeyThanIsProven_EndsTheConnection()
    {
        PeerWorld world = New(1);
        ScriptedPeer peer = world.Script(world.Add(), 200);
        peer.ChangesHello = hello => hello with { NodeKey = TestKeys.Public(201) };
        world.RunUntil(() => peer.Ended is not null, s_limit, "it is over");
        Assert.That(peer.Heard.OfType<Bye>().Single().Reason, Is.EqualTo(ByeReason.ProtocolFault));
    }

    [Test]
    public void Hello_ThatNeverComes_EndsTheConnectionAfterTenSeconds()
    {
        PeerWorld world = New(1);
        ScriptedPeer peer = world.Script(world.Add(), 200);
        peer.IsMute = true;
        world.Run(TimeSpan.FromSeconds(9));
        Assert.That(peer.Ended, Is.Null);
        world.Run(TimeSpan.FromSeconds(2));
        Assert.That(peer.Ended, Is.Not.Null);
    }

    [Test]
    public void Ledger_OfAnotherChain_IsShut_AndTheConnectionEndsAfterTenSeconds()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add();
        ScriptedPeer peer = world.Script(node, 200);
        peer.ChainId = World.Owner(9).Value;
        world.RunUntil(() => peer.Heard.OfType<Hello>().Any(), s_limit, "they speak");
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(node.Peers.Status.Peers.Single().IsOpen, Is.False);
        Assert.That(peer.Heard.OfType<Shut>().Single().ChainId, Is.EqualTo(World.Owner(9).Value));
        world.Run(TimeSpan.FromSeconds(12));
        Assert.That(peer.Heard.OfType<Bye>().Single().Reason, Is.EqualTo(ByeReason.NoLedger));
    }

    [Test]
    public void Dial_OfTheNodeItself_IsNoticed_AndNotTriedAgain()
    {
        PeerWorld world = New(1);
        int dials = 0;
        PeerNode? node = null;
        node = world.Add(options => options with { Endpoints = [], EntryPeers = [new EntryPeer(PeerWorld.EndpointOf(0))] });
        node.Reaches = _ =>
        {
            dials++;
            return node;
        };
        world.Run(TimeSpan.FromMinutes(5));
        Assert.That(dials, Is.EqualTo(1).Or.EqualTo(0));
        Assert.That(node.Peers.Status.Peers, Is.Empty);
    }

    [Test]
    public void Dials_OfBothAtOnce_LeaveExactlyOneConnection([Range(1, 40)] int seed)
    {
        PeerWorld world = New((ulong)seed);
        PeerNode one = world.Add(), two = world.Add();
        world.Connect(one, two);
        world.After(TimeSpan.FromMilliseconds(seed * 5), () => world.Connect(two, one));
        world.Run(TimeSpan.FromSeconds(30));
        Assert.That(world.Links.Count(link => !link.IsOver), Is.EqualTo(1), $"seed {seed}");
        Assert.That(one.Peers.Status.Peers.Single().IsOpen && two.Peers.Status.Peers.Single().IsOpen, $"seed {seed}");
    }

    [Test]
    public void Duplicate_OfAConnectionThatIsDead_TakesItsPlace([Range(1, 20)] int seed)
    {
        PeerWorld world = New((ulong)seed);
        // They dial no one by themselves: what a test connects would pass for the dial that tries an address.
        PeerNode one = world.Add(options => options with { OutboundSlots = 0 }), two = world.Add(options => options with { OutboundSlots = 0 });
        PeerLink dead = world.Connect(one, two);
        world.Run(TimeSpan.FromSeconds(3));
        dead.HoldUp();
        PeerLink living = world.Connect(two, one);
        world.Run(TimeSpan.FromSeconds(120));
        Assert.That(living.IsOver, Is.False);
        Assert.That(one.Peers.Status.Peers.Count(peer => peer.IsOpen), Is.EqualTo(1));
        Assert.That(two.Peers.Status.Peers.Count(peer => peer.IsOpen), Is.EqualTo(1));
    }

    [Test]
    public void Silence_OfNinetySeconds_EndsTheConnection_AndAnIdleOneStays()
    {
        PeerWorld world = New(1);
        PeerNode one = world.Add(), two = world.Add(), three = world.Add();
        PeerLink idle = world.Connect(one, two), silent = world.Connect(one, three);
        world.Run(TimeSpan.FromSeconds(5));
        silent.HoldUp();
        world.Run(TimeSpan.FromSeconds(80));
        Assert.That(one.Peers.Status.Peers, Has.Length.EqualTo(2));
        world.Run(TimeSpan.FromSeconds(15));
        Assert.That(one.Peers.Status.Peers, Has.Length.EqualTo(1));
        world.Run(TimeSpan.FromMinutes(10));
        Assert.That(idle.IsOver, Is.False);
        Assert.That(idle.Sent[MessageKind.Ping], Is.InRange(5, 60));
    }

    [Test]
    public void EntryPeer_ThatIsAway_IsDialledEverLater_AndReachedWhenItComes()
    {
        PeerWorld world = New(1);
        PeerNode away = world.Add(), other = world.Add();
        var dials = new List<TimeSpan>();
        bool isUp = false;
        PeerNode node = world.Add(options => options with { EntryPeers = [new EntryPeer(PeerWorld.EndpointOf(0), away.Node), new EntryPeer(PeerWorld.EndpointOf(1), other.Node)] });
        node.Reaches = endpoint =>
        {
            if (endpoint.Equals(PeerWorld.EndpointOf(1))) return other;
            dials.Add(world.Now);
            return isUp ? away : null;
        };
        world.Run(TimeSpan.FromMinutes(2));
        Assert.That(dials, Has.Count.InRange(4, 9));
        isUp = true;
        world.RunUntil(() => node.Peers.Status.Peers.Count(peer => peer.IsOpen) == 2, TimeSpan.FromMinutes(3), "they meet");
        Assert.That(world.Links, Has.Count.EqualTo(2));
    }

    [Test]
    public void Node_ThatWasCutOffForLong_MeetsTheOthersWithinSecondsOnceItIsNot()
    {
        PeerWorld world = New(1);
        PeerNode[] others = [world.Add(), world.Add(), world.Add()];
        int dials = 0;
        bool isUp = false;
        PeerNode node = world.Add(options => options with { EntryPeers = [.. others.Select(other => new EntryPeer(PeerWorld.EndpointOf(other.Index), other.Node))] });
        node.Reaches = endpoint =>
        {
            dials++;
            return isUp ? others.First(other => PeerWorld.EndpointOf(other.Index).Equals(endpoint)) : null;
        };
        world.Run(TimeSpan.FromHours(2));
        Assert.That(dials, Is.InRange(3_000, 3_700), "about one in two seconds");
        isUp = true;
        TimeSpan took = world.RunUntil(() => node.Peers.Status.Peers.Any(peer => peer.IsOpen), TimeSpan.FromMinutes(3), "they meet");
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void Node_ThatWasCutOffFromSomeForLong_MeetsThemWithinSecondsOnceItIsNot_AndKnocksNowhereElse()
    {
        PeerWorld world = New(1);
        PeerNode[] others = [world.Add(), world.Add(), world.Add()];
        bool isCut = false;
        int madeUp = 0;
        PeerNode node = world.Add(options => options with { EntryPeers = [new EntryPeer(PeerWorld.EndpointOf(0), others[0].Node)] });
        node.Reaches = endpoint =>
        {
            PeerNode? other = others.FirstOrDefault(other => PeerWorld.EndpointOf(other.Index).Equals(endpoint));
            if (other is null) madeUp++;
            return isCut && other?.Index != 0 ? null : other;
        };
        foreach (PeerNode other in others[1..]) node.Book.Confirm(new NodeAddress(PeerWorld.EndpointOf(other.Index), other.Node, 11, NodeRoles.Full));
        node.Book.Add([new NodeAddress(PeerWorld.EndpointOf(40), NodeId.Of(TestKeys.Public(40)), 11, NodeRoles.Full)], others[0].Node);
        world.RunUntil(() => node.Peers.Status.Peers.Count(peer => peer.IsOpen) == 3, TimeSpan.FromMinutes(1), "they meet");
        isCut = true;
        foreach (PeerLink link in world.Links.Where(link => link.Ends.Any(end => end.Index is 1 or 2))) link.Close("the network is cut");
        world.Run(TimeSpan.FromHours(2));
        Assert.That(node.Peers.Status.Peers.Count(peer => peer.IsOpen), Is.EqualTo(1));
        Assert.That(madeUp, Is.LessThan(30));
        isCut = false;
        TimeSpan took = world.RunUntil(() => node.Peers.Status.Peers.Count(peer => peer.IsOpen) == 3, TimeSpan.FromMinutes(3), "they meet again");
        Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(25)));
    }

    [Test]
    public void Addresses_AreLearntOfAPeer_AndDialled()
    {
        PeerWorld world = New(1);
        PeerNode known = world.Add(), far = world.Add();
        PeerNode? joining = null;
        Func<NodeEndpoint, PeerNode?> reaches = endpoint => world.Nodes.FirstOrDefault(node => PeerWorld.EndpointOf(node.Index).Equals(endpoint));
        known.Reaches = far.Reaches = reaches;
        known.Book.Confirm(new NodeAddress(PeerWorld.EndpointOf(1), far.Node, 1, NodeRoles.Full));
        world.Run(TimeSpan.FromSeconds(1));
        joining = world.Add(options => options with { EntryPeers = [new EntryPeer(PeerWorld.EndpointOf(0))] });
        joining.Reaches = reaches;
        world.RunUntil(() => joining.Peers.Status.Peers.Count(peer => peer.IsOpen) == 2, s_limit, "it meets both");
    }

    [Test]
    public void Connections_AboveTheSlots_AreToldThatThereIsNoRoom()
    {
        PeerWorld world = New(1);
        PeerNode node = world.Add(options => options with { InboundSlots = 3 });
        ScriptedPeer[] peers = [.. Enumerable.Range(0, 5).Select(i => world.Script(node, (byte)(200 + i)))];
        world.Run(TimeSpan.FromSeconds(5));
        Assert.That(peers.Count(peer => peer.Heard.OfType<Bye>().Any(bye => bye.Reason == ByeReason.NoRoom)), Is.EqualTo(2));
        Assert.That(node.Peers.Status.Peers, Has.Length.EqualTo(3));
    }

    private static PeerWorld New(ulong seed) => new(seed, new World(StandardFormat.Instance));
}
