using System.Collections.Immutable;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Switch;

/// <summary>Which addresses go where.</summary>
public sealed class AddressExchangeTests
{
    [Test]
    public void GetAddresses_IsAnsweredWithWhatWasTested()
    {
        (PeerWorld world, PeerNode node) = New();
        node.Book.Add([Address(1)], Address(9).Id);
        node.Book.Confirm(Address(2));
        ScriptedPeer peer = world.Script(node, 200);
        world.Run(TimeSpan.FromSeconds(1));
        peer.Say(new GetAddresses());
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(peer.Heard.OfType<Addresses>().Single().Nodes, Is.EqualTo(new[] { Address(2) }));
    }

    [Test]
    public void Addresses_ThatWereAskedFor_AreTakenAll_AndOthersTenAtOnce_ThenOneInTenSeconds()
    {
        (PeerWorld world, PeerNode node) = New();
        ScriptedPeer asked = world.Script(node, 200, isDialled: true), stranger = world.Script(node, 201);
        asked.Answers = message => message is GetAddresses ? [new Addresses([.. Enumerable.Range(0, 500).Select(Address)])] : [];
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(From(node, asked), Is.EqualTo(500));

        for (int i = 0; i < 5; i++) stranger.Say(new NewAddresses([.. Enumerable.Range(1_000 + 10 * i, 10).Select(Address)]));
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(From(node, stranger), Is.EqualTo(10));
        world.Run(TimeSpan.FromSeconds(41));
        for (int i = 0; i < 5; i++) stranger.Say(new NewAddresses([.. Enumerable.Range(2_000 + 10 * i, 10).Select(Address)]));
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(From(node, stranger), Is.EqualTo(14));
        Assert.That(node.Book.All.Any(known => known.IsTested && known.Source != known.Address.Id), Is.False);
    }

    [Test]
    public void Hello_SaysWhereANodeListens_WhichIsNotTestedYet()
    {
        (PeerWorld world, PeerNode node) = New();
        ScriptedPeer peer = world.Script(node, 200);
        peer.ChangesHello = hello => hello with { Endpoints = [Address(1).Endpoint] };
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(node.Book.All.Select(known => (known.Address.Endpoint, known.Address.Id, known.IsTested)), Is.EqualTo(new[] { (Address(1).Endpoint, peer.Node, false) }));
    }

    [Test]
    public void Nodes_ThatJoinedThroughOne_AreConnectedWithEachOther_WithinTwoMinutes([Values(1, 2, 3, 4, 5)] int seed)
    {
        const int Count = 4;
        var world = new PeerWorld((ulong)seed, new World(StandardFormat.Instance));
        for (int i = 0; i < Count; i++)
        {
            PeerNode node = world.Add(options => options with { EntryPeers = world.Nodes.Count == 0 ? [] : [new EntryPeer(PeerWorld.EndpointOf(0))] });
            node.Reaches = endpoint => world.Nodes.FirstOrDefault(other => endpoint.Equals(PeerWorld.EndpointOf(other.Index)));
        }

        world.RunUntil(() => world.Nodes.All(node => node.Peers.Status.Peers.Count(peer => peer.IsOpen) == Count - 1), TimeSpan.FromMinutes(2), "each is connected with each");
    }

    [Test]
    public void Addresses_OfOnesOwnNetwork_PassOnlyWithinIt()
    {
        NodeAddress inside = Address(1) with { Endpoint = NodeEndpoint.Parse("10.1.2.3:7770") };
        (PeerWorld world, PeerNode node) = New();
        ScriptedPeer far = world.Script(node, 200, isDialled: true, NodeEndpoint.Parse("198.51.100.7:7770"));
        far.Answers = message => message is GetAddresses ? [new Addresses([inside, Address(2), Address(3) with { Endpoint = NodeEndpoint.Parse("239.1.1.1:1") }])] : [];
        world.Run(TimeSpan.FromSeconds(1));
        Assert.That(node.Book.All.Select(known => known.Address).Where(address => address.Id != far.Node), Is.EqualTo(new[] { Address(2) }), "what a stranger says of this network is not looked for");

        node.Book.Confirm(inside);
        node.Book.Confirm(Address(4));
        ScriptedPeer near = world.Script(node, 201, endpoint: NodeEndpoint.Parse("192.168.7.7:7770")), other = world.Script(node, 202, endpoint: NodeEndpoint.Parse("198.51.100.8:7770"));
        world.Run(TimeSpan.FromSeconds(1));
        near.Say(new GetAddresses());
        other.Say(new GetAddresses());
        world.Run(TimeSpan.FromSeconds(1));
        ImmutableArray<NodeAddress> tested = [inside, Address(4)];
        Assert.That(near.Heard.OfType<Addresses>().Single().Nodes, Is.SupersetOf(tested));
        Assert.That(other.Heard.OfType<Addresses>().Single().Nodes, Has.No.Member(inside).And.Member(Address(4)));
    }

    [Test]
    public void Address_ThatWasTested_IsPassedOnToTwo_Once()
    {
        (PeerWorld world, PeerNode node) = New();
        ScriptedPeer[] peers = [.. Enumerable.Range(0, 5).Select(i => world.Script(node, (byte)(200 + i)))];
        world.Run(TimeSpan.FromSeconds(1));
        ScriptedPeer found = world.Script(node, 210, isDialled: true);
        world.Run(TimeSpan.FromMinutes(2));
        NewAddresses[] heard = [.. peers.SelectMany(peer => peer.Heard).OfType<NewAddresses>()];
        Assert.That(heard, Has.Length.InRange(1, 2), "the node itself may have been drawn");
        Assert.That(heard.Select(news => news.Nodes.Single().Id), Is.All.EqualTo(found.Node));
        Assert.That(found.Heard.OfType<NewAddresses>(), Is.Empty, "it knows where it is");
    }

    [Test]
    public void Node_ThatIsKnownToOne_IsFoundByAll()
    {
        // All know the first one; each says where it listens when it dials, and is tested by those whose slots are full, or who dial it.
        const int Count = 8;
        var world = new PeerWorld(5, new World(StandardFormat.Instance));
        PeerNode? Reached(NodeEndpoint endpoint) => world.Nodes.FirstOrDefault(node => PeerWorld.EndpointOf(node.Index).Equals(endpoint));
        for (int i = 0; i < Count; i++)
        {
            PeerNode node = world.Add(options => options with { OutboundSlots = 3, EntryPeers = i == 0 ? [] : [new EntryPeer(PeerWorld.EndpointOf(0))] });
            node.Reaches = Reached;
            world.Run(TimeSpan.FromSeconds(10));
        }

        world.RunUntil(() => world.Nodes.All(node => node.Book.All.Count(known => known.IsTested) >= Count / 2), TimeSpan.FromHours(1), "each has tested half of the others");
        Assert.That(world.Nodes.Select(node => node.Peers.Status.Peers.Length), Is.All.GreaterThanOrEqualTo(2), "there is more than the way through the first one");
        Assert.That(world.Nodes.SelectMany(node => node.Faults), Is.Empty);
    }

    private static (PeerWorld World, PeerNode Node) New()
    {
        var world = new PeerWorld(1, new World(StandardFormat.Instance));
        // It dials no one by itself.
        return (world, world.Add(options => options with { OutboundSlots = 0 }));
    }

    private static NodeAddress Address(int number) => SimpleAddressBookTests.Address(number);

    private static int From(PeerNode node, ScriptedPeer peer) => node.Book.All.Count(known => known.Source == peer.Node && known.Address.Id != peer.Node);
}
