using Coniunctum.Ledger.Formats;
using Coniunctum.P2P.Peers;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire.Messages;

namespace Coniunctum.P2P.Tests.Peers;

/// <summary>
/// Whole nodes that dial each other, mine and pay while connections break, are held up and are made twice: when that ends, they have one
/// tip, and whoever proved a fault of another is a bug.
/// </summary>
public sealed class ChaosTests
{
    private static readonly ulong s_seeds = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000UL : 6;

    [Test]
    public void Nodes_WhoseConnectionsBreakAtRandom_EndAtOneTip([Range(1, 12)] int seed) => Run((ulong)seed);

    [Test]
    [Category("Long")]
    public void Nodes_WhoseConnectionsBreakAtRandom_EndAtOneTip_ManySeeds()
    {
        for (ulong seed = 1_000; seed < 1_000 + s_seeds; seed++) Run(seed);
    }

    private static void Run(ulong seed)
    {
        const int Count = 7;
        var world = new PeerWorld(seed, new World(StandardFormat.Instance));
        PeerNode? Reached(int from, P2P.Transport.NodeEndpoint endpoint)
        {
            PeerNode? to = world.Nodes.FirstOrDefault(node => PeerWorld.EndpointOf(node.Index).Equals(endpoint));
            return to is not null && !world.IsParted(from, to.Index) ? to : null;
        }

        for (int i = 0; i < Count; i++)
        {
            int index = i;
            PeerNode node = world.Add(options => options with
            {
                OutboundSlots = 3,
                EntryPeers = [.. Enumerable.Range(0, Count).Where(other => other != index).Select(other => new EntryPeer(PeerWorld.EndpointOf(other)))],
            });
            node.Reaches = endpoint => Reached(index, endpoint);
        }

        world.Run(TimeSpan.FromSeconds(5));
        for (int step = 0; step < 60; step++)
        {
            Disturb(world);
            if (world.Draw() % 2 == 0) world.Nodes[(int)(world.Draw() % Count)].Mine();
            if (world.Draw() % 3 == 0) world.Nodes[(int)(world.Draw() % Count)].Submit(world.Chain.Pay(World.Alice, World.Bob, 1));
            world.Run(TimeSpan.FromMilliseconds(world.Draw() % 5_000));
        }

        world.Heal();
        world.Run(TimeSpan.FromSeconds(5));
        world.Nodes[0].Mine();
        world.RunUntil(() => world.Nodes.All(node => node.Tip == world.Nodes[0].Tip && world.Nodes[0].Height > 0), TimeSpan.FromMinutes(3), "one tip");
        world.RunUntil(() => world.Nodes.All(IsConnectedOnce), TimeSpan.FromMinutes(2), "one connection between two at most");
        Assert.That(world.Nodes.SelectMany(node => node.Faults), Is.Empty, $"seed {seed}");
        IEnumerable<Bye> byes = world.Nodes.SelectMany(node => node.Log).OfType<PeerEffect.SendMessage>().Select(sent => sent.Message).OfType<Bye>();
        Assert.That(byes.Where(bye => bye.Reason == ByeReason.ProtocolFault), Is.Empty, $"seed {seed}");
    }

    private static bool IsConnectedOnce(PeerNode node) =>
        node.Peers.Status.Peers.All(peer => peer.IsOpen) && node.Peers.Status.Peers.Select(peer => peer.Node).Distinct().Count() == node.Peers.Status.Peers.Length;

    private static void Disturb(PeerWorld world)
    {
        PeerLink[] living = [.. world.Links.Where(link => !link.IsOver)];
        if (living.Length == 0) return;
        PeerLink drawn = living[(int)(world.Draw() % (ulong)living.Length)];
        switch (world.Draw() % 6)
        {
            case 0:
                drawn.Close("it broke");
                break;
            case 1:
                drawn.HoldUp();
                break;
            case 2:
                foreach (PeerLink link in living.Where(link => link.IsHeldUp)) link.GoOn();
                break;
            case 3:
                world.Part();
                break;
            case 4:
                world.Heal();
                break;
            default:
                break;
        }
    }
}
