using Coniunctum.Simulation.Tests.Support;

namespace Coniunctum.Simulation.Tests;

/// <summary>What links do to the connections that go over them.</summary>
public sealed class NetworkTests
{
    [TestCase(0.0)]
    [TestCase(0.3)]
    [TestCase(1.0)]
    public void Send_OverALinkThatLosesPackets_IsRepeatedAsOftenAsItSays(double loss)
    {
        int sent = 0, resent = 0, lost = 0, arrived = 0;
        var world = new World(11, new WorldOptions { Links = new LinkOptions { Loss = loss } })
        {
            Observer = happened =>
            {
                if (happened.Kind == WorldEventKind.Sent) sent++;
                if (happened.Kind == WorldEventKind.Resent) resent++;
                if (happened.Kind == WorldEventKind.Lost) lost++;
                if (happened.Kind == WorldEventKind.Arrived) arrived++;
            },
        };
        Scene.Of(world, SceneRule.Work);
        world.RunFor(TimeSpan.FromMinutes(12));

        Assert.That(sent, Is.GreaterThan(500));
        Assert.That(resent / (double)sent, Is.EqualTo(loss).Within(0.06));
        Assert.That(lost, Is.Zero);
        Assert.That(arrived, Is.InRange(sent - 20, sent + 20), "all but what is under way, and the ends of connections");
    }

    [Test]
    public void Send_OverALinkThatBreaksConnections_BreaksThem_AndTheyAreMadeAgain()
    {
        int lost = 0, connected = 0, ended = 0;
        var world = new World(14, new WorldOptions { Links = new LinkOptions { Resets = 0.02 } })
        {
            Observer = happened =>
            {
                if (happened.Kind == WorldEventKind.Lost) lost++;
                if (happened.Kind == WorldEventKind.Connected) connected++;
                if (happened.Kind == WorldEventKind.Disconnected) ended++;
            },
        };
        Scene scene = Scene.Of(world, SceneRule.Signer);
        scene.RunToAgreement(200, TimeSpan.FromMinutes(20));

        Assert.That(lost, Is.GreaterThan(10));
        Assert.That(connected, Is.GreaterThan(2 * (lost - 2)));
        Assert.That(ended, Is.GreaterThanOrEqualTo(2 * (lost - 2)), "both ends hear of it");
    }

    [Test]
    public void Cut_OfOneDirection_LeavesTheOtherAlone()
    {
        var world = new World(12);
        Scene scene = Scene.Of(world, SceneRule.Signer);
        world.RunUntil(() => world.Nodes.All(node => node.PeerCount == 2), TimeSpan.FromSeconds(10));
        foreach (SimulatedNode other in world.Nodes.Skip(1)) world.Cut(scene[0], other);
        ulong height = scene[1].Chain.Tip.Header.Height;
        world.RunFor(TimeSpan.FromSeconds(1));
        int heard = 0;
        world.Observer = happened => heard += happened is { Kind: WorldEventKind.Arrived, Node: 0 } ? 1 : 0;
        scene[1].Submit(scene.Pay(1, 2, 5));
        world.RunFor(TimeSpan.FromSeconds(10));

        Assert.That(scene[0].Chain.Tip.Header.Height, Is.GreaterThanOrEqualTo(8));
        Assert.That(scene[1].Chain.Tip.Header.Height, Is.LessThanOrEqualTo(height + 2));
        Assert.That(heard, Is.Positive, "the payment is announced to it");
    }

    [Test]
    public void Partition_OfOneNode_StopsItUntilTheLinksAreMended()
    {
        var world = new World(13);
        Scene scene = Scene.Of(world, SceneRule.Signer);
        world.RunFor(TimeSpan.FromSeconds(5));
        world.Partition(scene[2]);
        world.RunFor(TimeSpan.FromSeconds(20));
        Assert.That(scene[2].Chain.Tip.Header.Height, Is.LessThan(scene[1].Chain.Tip.Header.Height - 10));

        int connected = 0;
        world.Observer = happened => connected += happened.Kind == WorldEventKind.Connected ? 1 : 0;
        world.Heal();
        scene.RunToAgreement(26, TimeSpan.FromSeconds(20));
        Assert.That(connected, Is.Zero, "the connections that were held up go on");
    }

    [Test]
    public void Crash_WhileTheLinksAreCut_IsHeardOfAsSoonAsSomethingIsSent()
    {
        var world = new World(15);
        Scene scene = Scene.Of(world, SceneRule.Work, (_, options) => options with { HashRate = 0 });
        Assert.That(world.RunUntil(() => world.Nodes.All(node => node.PeerCount == 2), TimeSpan.FromSeconds(10)), Is.True);
        world.Partition(scene[0]);
        scene[0].Crash();
        world.RunFor(TimeSpan.FromSeconds(20));
        Assert.That(scene[1].PeerCount, Is.EqualTo(2), "its end is open to no one's end");

        world.Heal();
        scene[0].Restart();
        Assert.That(world.RunUntil(() => world.Nodes.All(node => node.PeerCount == 2), TimeSpan.FromSeconds(60)), Is.True);
    }

    [Test]
    public void Crash_OfPower_IsHeardOfBySilence()
    {
        // Drawn until the crash is one of power.
        for (ulong seed = 1; ; seed++)
        {
            var world = new World(seed);
            Scene scene = Scene.Of(world, SceneRule.Work, (_, options) => options with { HashRate = 0 });
            Assert.That(world.RunUntil(() => world.Nodes.All(node => node.PeerCount == 2), TimeSpan.FromSeconds(10)), Is.True);
            scene[0].Crash();
            if (scene[0].HasPower) continue;
            world.RunFor(TimeSpan.FromSeconds(60));
            Assert.That(scene[1].PeerCount, Is.EqualTo(2));
            world.RunFor(TimeSpan.FromSeconds(60));
            Assert.That(scene[1].PeerCount, Is.EqualTo(1));
            return;
        }
    }

    [Test]
    public void Dials_OfBothAtOnce_LeaveOneConnection([Range(1, 10)] int seed)
    {
        var world = new World((ulong)seed);
        Scene scene = Scene.Of(world, SceneRule.Signer, (_, options) => options with { Dials = [0, 1, 2] });
        int most = 0;
        world.Observer = _ => most = Math.Max(most, world.Nodes.Max(node => node.Network!.Machine.Status.Peers.Length));
        world.RunFor(TimeSpan.FromSeconds(30));
        Assert.That(most, Is.GreaterThan(2), "someone was there twice");
        Assert.That(world.Nodes.Select(node => node.Network!.Machine.Status.Peers.Length), Is.All.EqualTo(2));
        Assert.That(world.Nodes.Select(node => node.PeerCount), Is.All.EqualTo(2));
        Assert.That(scene.Reached(20), Is.True);
    }

    [Test]
    public void Upload_OfANodeWithASlowLine_TakesItsTime()
    {
        TimeSpan Measure(double rate)
        {
            var world = new World(16);
            Scene scene = Scene.Of(world, SceneRule.Signer, (_, options) => options with { UploadRate = rate });
            Assert.That(world.RunUntil(() => scene.Reached(1), TimeSpan.FromMinutes(1)), Is.True);
            return world.Now;
        }

        // To connect and to send a block and its announcement are about 800 bytes to each of two.
        Assert.That(Measure(400), Is.GreaterThan(Measure(0) + TimeSpan.FromSeconds(1)));
    }
}
