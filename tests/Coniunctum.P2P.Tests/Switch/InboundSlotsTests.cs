using Coniunctum.Consensus;
using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Switch;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Transport;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Switch;

/// <summary>Who makes room, and who does not.</summary>
public sealed class InboundSlotsTests
{
    private readonly InboundSlots _slots = new(64, new SimpleAddressBookTests.Drawn());

    [Test]
    public void Choose_AmongManyOfOneGroup_IsOneOfThem_TheYoungest()
    {
        Peer[] attacker = [.. Enumerable.Range(0, 44).Select(i => New(i + 1, FormattableString.Invariant($"198.51.{i}.7"), i * 10))];
        // They are younger than all of the attacker's, have brought nothing, and answer slowly.
        Peer[] honest = [.. Enumerable.Range(0, 20).Select(i => New(100 + i, FormattableString.Invariant($"{20 + i}.1.1.1"), 1_000 + i))];
        Assert.That(_slots.Choose([.. attacker, .. honest]), Is.SameAs(attacker[^1]));
        Assert.That(_slots.Choose([.. honest.Reverse(), .. attacker.Reverse()]), Is.SameAs(attacker[^1]), "their order in the table is nothing");
    }

    [Test]
    public void Choose_OfMoreThanAreProtected_TakesThoseWithTheLeast([Values("latency", "block", "transaction")] string what)
    {
        Peer[] peers = [.. Enumerable.Range(0, 40).Select(i => New(i + 1, FormattableString.Invariant($"198.51.100.{i}"), 5))];
        foreach (Peer peer in peers)
        {
            // The longer its number, the better it is.
            if (what == "latency") peer.Latency = TimeSpan.FromMilliseconds(100 - peer.Id.Value);
            if (what == "block") peer.LastBlock = new SteadyTime(TimeSpan.FromSeconds(peer.Id.Value));
            if (what == "transaction") peer.LastTransaction = new SteadyTime(TimeSpan.FromSeconds(peer.Id.Value));
        }

        int isProtected = what == "latency" ? 8 : 4;
        Assert.That(_slots.Choose(peers)!.Id.Value, Is.EqualTo(40 - isProtected), "of those that came at the same time the last");
    }

    [Test]
    public void Choose_OfPeersInOnesOwnNetwork_IsTheYoungest_AndNoGroupCounts()
    {
        Peer[] local = [.. Enumerable.Range(0, 40).Select(i => New(i + 1, "127.0.0.1", i))];
        Assert.That(_slots.Choose(local), Is.SameAs(local[^1]));
        Peer[] pair = [New(50, "198.51.100.1", 3), New(51, "198.51.100.2", 4), New(52, "198.51.100.3", 30), New(53, "198.51.100.4", 31)];
        Assert.That(_slots.Choose([.. local, .. pair]), Is.SameAs(pair[^1]), "strangers of one group go before them");
    }

    [Test]
    public void Choose_OfFewWhoAreAllProtected_IsNoOne() => Assert.That(_slots.Choose([New(1, "20.1.1.1", 0), New(2, "21.1.1.1", 0)]), Is.Null);

    [Test]
    public void Attacker_WithManyConnectionsOfOneGroup_PushesOutNoHonestNode([Values(1, 2, 3)] int seed)
    {
        const int Slots = 16;
        var world = new PeerWorld((ulong)seed, new World(StandardFormat.Instance));
        PeerNode node = world.Add(options => options with { InboundSlots = Slots });
        ScriptedPeer[] honest = [.. Enumerable.Range(0, 8).Select(i => world.Script(node, (byte)(11 + i), endpoint: At(FormattableString.Invariant($"{20 + i}.1.1.1"))))];
        world.Run(TimeSpan.FromSeconds(2));
        var attackers = new List<ScriptedPeer>();
        for (int i = 0; i < 120; i++)
        {
            attackers.Add(world.Script(node, (byte)(100 + i), endpoint: At(FormattableString.Invariant($"198.51.{i}.1"))));
            world.Run(TimeSpan.FromMilliseconds(100 + world.Draw() % 2_000));
        }

        Assert.That(honest.Select(peer => peer.Ended), Is.All.Null, $"seed {seed}");
        Assert.That(node.Peers.Status.Peers, Has.Length.EqualTo(Slots));
        ScriptedPeer late = world.Script(node, 99, endpoint: At("90.1.1.1"));
        world.Run(TimeSpan.FromSeconds(5));
        Assert.That(late.Ended, Is.Null, "who comes while they are there finds a place");
        for (int i = 0; i < 10; i++)
        {
            attackers.Add(world.Script(node, (byte)(220 + i), endpoint: At(FormattableString.Invariant($"198.51.200.{i}"))));
            world.Run(TimeSpan.FromSeconds(1));
        }

        Assert.That((late.Ended, honest.Count(peer => peer.Ended is null)), Is.EqualTo(((string?)null, 8)), $"seed {seed}");
        Assert.That(attackers.SelectMany(peer => peer.Heard).OfType<Bye>().Select(bye => bye.Reason).Distinct(), Is.EqualTo(new[] { ByeReason.NoRoom }));
    }

    [Test]
    public void Latency_IsMeasured_OfThoseWhoDial()
    {
        var world = new PeerWorld(1, new World(StandardFormat.Instance));
        PeerNode node = world.Add();
        ScriptedPeer peer = world.Script(node, 200), liar = world.Script(node, 201);
        liar.ChangesPong = pong => new Pong(pong.Value + 1);
        world.Run(TimeSpan.FromSeconds(5));
        Assert.That((peer.Heard.OfType<Ping>().Count(), liar.Heard.OfType<Ping>().Count()), Is.EqualTo((1, 1)));
        Dictionary<bool, TimeSpan?> latencies = node.Peers.Peers.ToDictionary(known => known.Node == peer.Node, known => known.Latency);
        Assert.That(latencies[true], Is.InRange(TimeSpan.FromTicks(1), 2 * world.Latency));
        Assert.That(latencies[false], Is.Null, "an answer to another ping than this node's is none");
    }

    private static NodeEndpoint At(string address) => NodeEndpoint.Parse($"{address}:7770");

    private static Peer New(long id, string address, int since) =>
        new(new PeerInput.Connected(new PeerId(id), null, At(address), null), new SteadyTime(TimeSpan.FromSeconds(since)));
}
