using System.Collections.Immutable;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Identity;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Switch;

/// <summary>Whom a node dials: anchors, entry peers, the address book; feelers; and who takes whose slot.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DiallerTests
{
    private readonly List<(NodeEndpoint At, ScriptedPeer Peer)> _reached = [];

    [Test]
    public void Feeler_TestsAnAddress_AndTakesNoSlot()
    {
        (PeerWorld world, PeerNode node) = New(slots: 1, entries: 1);
        world.Run(TimeSpan.FromSeconds(2));
        node.Book.Add([AddressOf(10), AddressOf(11)], AddressOf(1).Id);
        Assert.That(Untested(node), Is.EquivalentTo(new[] { AddressOf(10).Id, AddressOf(11).Id }));
        Assert.That(Dials(node), Is.EqualTo(1));
        world.RunUntil(() => Untested(node).Length == 0, TimeSpan.FromMinutes(7), "both are tested");
        world.Run(TimeSpan.FromSeconds(5));
        foreach (byte key in new byte[] { 10, 11 })
        {
            ScriptedPeer tested = At(key);
            Assert.That(tested.Ended, Is.Not.Null);
            Assert.That(tested.Heard.OfType<Bye>().Single().Reason, Is.EqualTo(ByeReason.Other));
            Assert.That(tested.Heard.OfType<Open>(), Is.Empty);
        }

        Assert.That(At(1).Ended, Is.Null, "the slot is its own");
        Assert.That(node.Peers.Status.Peers, Has.Length.EqualTo(1));
    }

    [Test]
    public void Feeler_OfAnAddressWhereNoOneIs_DoesNotMakeItGood()
    {
        (PeerWorld world, PeerNode node) = New(slots: 1, entries: 1);
        world.Run(TimeSpan.FromSeconds(2));
        world.Scripts = static _ => null;
        node.Book.Add([AddressOf(10)], AddressOf(1).Id);
        world.Run(TimeSpan.FromMinutes(10));
        Assert.That(node.Log.OfType<PeerEffect.Dial>().Count(dial => dial.Endpoint.Equals(AddressOf(10).Endpoint)), Is.GreaterThan(1));
        Assert.That(Untested(node), Is.EqualTo(new[] { AddressOf(10).Id }));
        world.Run(TimeSpan.FromHours(2));
        Assert.That(Untested(node), Is.Empty, "it is forgotten in the end");
    }

    [Test]
    public void Slots_AreExchanged_NowAndThen_AllButEntriesAndAnchors([Values(1, 2, 3)] int seed)
    {
        const int Slots = 5;
        (PeerWorld world, PeerNode node) = New(Slots, entries: 1, seed);
        for (byte key = 10; key < 30; key++) node.Book.Confirm(AddressOf(key));
        world.Run(TimeSpan.FromMinutes(10));
        Assert.That(Outbound(node), Has.Length.EqualTo(Slots));
        ImmutableArray<NodeEndpoint> before = Outbound(node);
        NodeEndpoint[] anchors = [.. node.Peers.Saved.Anchors.Select(anchor => anchor.Endpoint)];
        Assert.That(anchors, Has.Length.EqualTo(2).And.None.EqualTo(AddressOf(1).Endpoint));
        int most = 0;
        var seen = new HashSet<NodeEndpoint>();
        for (int i = 0; i < 6 * 60 * 6; i++)
        {
            world.Run(TimeSpan.FromSeconds(10));
            most = Math.Max(most, Outbound(node).Length);
            seen.UnionWith(Outbound(node));
        }

        ImmutableArray<NodeEndpoint> after = Outbound(node);
        Assert.That(seen.Except(before).Count(), Is.GreaterThanOrEqualTo(4), $"seed {seed}: others have their turn");
        Assert.That(after, Is.SupersetOf((NodeEndpoint[])[AddressOf(1).Endpoint, .. anchors]), $"seed {seed}");
        Assert.That(most, Is.LessThanOrEqualTo(Slots + 1));
        int exchanged = _reached.Sum(one => one.Peer.Heard.OfType<Bye>().Count(bye => bye.Text.Contains("takes its place")));
        Assert.That(exchanged, Is.InRange(6, 24), "about one in half an hour");
    }

    /// <summary>All slots are within one part of a network that has parted: the other part's chain comes all the same.</summary>
    [Test]
    public void Probe_OfANodeOnAHeavierChain_BringsIt_ToAllBehindThisNode([Values(1, 2, 3)] int seed)
    {
        var world = new PeerWorld((ulong)seed, new World(StandardFormat.Instance));
        PeerNode hub = world.Add(), far = world.Add();
        PeerNode node = world.Add(options => options with { OutboundSlots = 1, EntryPeers = [new EntryPeer(PeerWorld.EndpointOf(0), hub.Node)] });
        node.Reaches = endpoint => endpoint.Equals(PeerWorld.EndpointOf(0)) ? hub : far;
        for (int i = 0; i < 4; i++) hub.Mine();
        for (int i = 0; i < 6; i++) far.Mine();
        world.RunUntil(() => node.Tip == hub.Tip, TimeSpan.FromMinutes(1), "it follows the one that it is connected with");
        node.Book.Confirm(new NodeAddress(PeerWorld.EndpointOf(1), far.Node, 11, NodeRoles.Full));
        world.RunUntil(() => node.Tip == far.Tip && hub.Tip == far.Tip, TimeSpan.FromMinutes(8), "the heavier chain comes");
        world.Run(TimeSpan.FromMinutes(3));
        Assert.That(node.Peers.Status.Peers.Select(peer => peer.Node), Is.EqualTo(new NodeId?[] { hub.Node }), "the only slot is kept for the entry peer");
    }

    [Test]
    public void Probe_OfANodeOnTheSameChain_EndsAtOnce_AndTakesNoSlot()
    {
        (PeerWorld world, PeerNode node) = New(slots: 2, entries: 2);
        node.Book.Confirm(AddressOf(10));
        world.RunUntil(() => _reached.Exists(one => one.At.Equals(AddressOf(10).Endpoint)), TimeSpan.FromMinutes(8), "it is looked at");
        world.Run(TimeSpan.FromSeconds(3));
        Assert.That(At(10).Heard.OfType<Open>().Count(), Is.EqualTo(1));
        Assert.That(At(10).Heard.OfType<Bye>().Single().Text, Does.Contain("another chain"));
        Assert.That(Outbound(node), Is.EquivalentTo(new[] { AddressOf(1).Endpoint, AddressOf(2).Endpoint }));
    }

    [Test]
    public void Probe_OfANodeThatClaimsAnotherChain_AndHasNone_EndsAfterTwoMinutes()
    {
        (PeerWorld world, PeerNode node) = New(slots: 2, entries: 2, changes: peer => peer.Tip = World.Owner(9).Value);
        node.Book.Confirm(AddressOf(10));
        world.RunUntil(() => _reached.Exists(one => one.At.Equals(AddressOf(10).Endpoint)), TimeSpan.FromMinutes(8), "it is looked at");
        world.Run(TimeSpan.FromSeconds(100));
        Assert.That(At(10).Ended, Is.Null);
        world.Run(TimeSpan.FromSeconds(25));
        Assert.That(At(10).Ended, Is.Not.Null);
        Assert.That(Outbound(node), Is.EquivalentTo(new[] { AddressOf(1).Endpoint, AddressOf(2).Endpoint }));
    }

    [Test]
    public void Anchors_OfTheLastRun_AreDialledFirst_AndOnce()
    {
        (PeerWorld world, PeerNode node) = New(slots: 4, entries: 0, anchors: [AddressOf(10), AddressOf(11)]);
        Assert.That(node.Log.OfType<PeerEffect.Dial>().Select(dial => (dial.Endpoint, dial.Expected)), Is.EqualTo(
            new[] { (AddressOf(10).Endpoint, (NodeId?)AddressOf(10).Id), (AddressOf(11).Endpoint, AddressOf(11).Id) }));
        world.Run(TimeSpan.FromSeconds(5));
        Assert.That(node.Peers.Status.Peers.Count(peer => peer.IsOpen), Is.EqualTo(2));
        Assert.That(node.Book.All.Count(known => known.IsTested), Is.EqualTo(2));

        world.Scripts = static _ => null;
        node.Log.Clear();
        foreach ((_, ScriptedPeer peer) in _reached) peer.Link.Close("it broke");
        world.Run(TimeSpan.FromSeconds(30));
        Assert.That(Dials(node), Is.GreaterThan(2), "they are in the book now, and are tried as others are");
    }

    [Test]
    public void Saved_HasTheLongestStanding_AndTheBook_AndComesEveryQuarterOfAnHour()
    {
        (PeerWorld world, PeerNode node) = New(slots: 4, entries: 0, saves: true);
        for (byte key = 10; key < 14; key++)
        {
            node.Book.Confirm(AddressOf(key));
            world.Run(TimeSpan.FromSeconds(20));
        }

        Assert.That(node.Log.OfType<PeerEffect.SavePeers>(), Is.Empty);
        world.Run(TimeSpan.FromMinutes(31));
        SavedPeers[] saved = [.. node.Log.OfType<PeerEffect.SavePeers>().Select(effect => effect.Saved)];
        Assert.That(saved, Has.Length.EqualTo(2));
        Assert.That(saved[0].Anchors.Select(anchor => anchor.Id), Is.EqualTo(new[] { AddressOf(10).Id, AddressOf(11).Id }));
        Assert.That(saved[0].Known.Select(known => known.Address.Id), Is.EqualTo(Enumerable.Range(10, 4).Select(key => AddressOf((byte)key).Id)));
    }

    [Test]
    public void EntryPeer_ThatHasNoRoomInTheEnd_IsDialledEverLater_AndOneThatBreaksOff_IsNot([Values] bool isTurnedAway)
    {
        (PeerWorld world, PeerNode node) = New(slots: 2, entries: 1);
        for (int i = 0; i < 6 * 60; i++)
        {
            world.Run(TimeSpan.FromSeconds(10));
            if (node.Peers.Status.Peers is not [{ IsOpen: true }]) continue;
            if (isTurnedAway)
                At(1).Say(new Bye(ByeReason.NoRoom, "another node has taken its place"));
            else
                At(1).Link.Close("it broke");
        }

        Assert.That(Dials(node), isTurnedAway ? Is.InRange(6, 20) : Is.GreaterThan(100));
    }

    [Test]
    public void EntryPeer_OfAnotherChain_IsDialledEverLater()
    {
        (PeerWorld world, PeerNode node) = New(slots: 2, entries: 1, changes: peer => peer.ChainId = World.Owner(9).Value);
        world.Run(TimeSpan.FromHours(1));
        Assert.That(Dials(node), Is.InRange(6, 20), "not every ten seconds");
    }

    private static NodeAddress AddressOf(byte key) => new(NodeEndpoint.Parse(FormattableString.Invariant($"{20 + key}.1.1.1:7770")), NodeId.Of(TestKeys.Public(key)), 11, NodeRoles.Full);

    private static NodeId[] Untested(PeerNode node) => [.. node.Book.All.Where(known => !known.IsTested).Select(known => known.Address.Id)];

    private static int Dials(PeerNode node) => node.Log.OfType<PeerEffect.Dial>().Count();

    private static ImmutableArray<NodeEndpoint> Outbound(PeerNode node) => [.. node.Peers.Status.Peers.Where(peer => peer.Dialled is not null).Select(peer => peer.Dialled!)];

    private ScriptedPeer At(byte key) => _reached.Last(one => one.At.Equals(AddressOf(key).Endpoint)).Peer;

    /// <summary>A node with key 100, which reaches scripted peers of the keys 1 to 50 at their addresses; its entry peers have the keys from 1 on.</summary>
    private (PeerWorld World, PeerNode Node) New(
        int slots, int entries, int seed = 1, ImmutableArray<NodeAddress> anchors = default, bool saves = false, Action<ScriptedPeer>? changes = null)
    {
        var world = new PeerWorld((ulong)seed, new World(StandardFormat.Instance));
        world.Scripts = endpoint =>
        {
            for (byte key = 1; key <= 50; key++)
            {
                if (!AddressOf(key).Endpoint.Equals(endpoint)) continue;
                var peer = new ScriptedPeer(world, key);
                changes?.Invoke(peer);
                _reached.Add((endpoint, peer));
                return peer;
            }

            return null;
        };
        PeerNode node = world.Add(options => options with
        {
            NodeKey = TestKeys.Public(100),
            OutboundSlots = slots,
            EntryPeers = [.. Enumerable.Range(1, entries).Select(key => new EntryPeer(AddressOf((byte)key).Endpoint))],
            Anchors = anchors.IsDefault ? [] : anchors,
            SavesPeers = saves,
        });
        return (world, node);
    }
}
