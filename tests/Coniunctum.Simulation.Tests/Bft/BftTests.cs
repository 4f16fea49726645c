namespace Coniunctum.Simulation.Tests.Bft;

public sealed class BftTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Test]
    public void Run_OfFourValidatorsAndAFollower_PutsACertificateOnEveryBlock()
    {
        var world = new World(1);
        var scene = new BftScene(world, 4);
        world.AddNode(scene.Profile);
        scene.RunTo(10, s_limit);
        Assert.That(Enumerable.Range(1, 10).Select(height => world.Nodes[4].Chain.BlockAt((ulong)height)!.Block.Certificate!.Value.Length), Is.All.InRange(3 * 67, 4 * 72));
        // A second for each block and one round of listening at the start: nothing had to wait for a timeout.
        Assert.That(world.Now, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    [Test]
    public void Run_WithOneOfFourAway_GoesOnWithoutIt([Range(0, 3)] int away)
    {
        var world = new World(2);
        var scene = new BftScene(world, 4);
        scene[away].Crash();
        bool reached = world.RunUntil(() => world.Nodes.Where(node => node.IsUp).All(node => node.Chain.Tip.Header.Height >= 8), s_limit);
        Assert.That(reached, Is.True);
        scene[away].Restart();
        scene.RunTo(12, s_limit);
    }

    [Test]
    public void Run_WithTwoOfFourAway_StandsStillUntilOneIsBack()
    {
        var world = new World(3);
        var scene = new BftScene(world, 4);
        scene.RunTo(3, s_limit);
        scene[0].Crash();
        scene[1].Crash();
        world.RunFor(TimeSpan.FromSeconds(5));
        ulong height = scene[2].Chain.Tip.Header.Height;
        world.RunFor(TimeSpan.FromMinutes(2));
        Assert.That(scene[2].Chain.Tip.Header.Height, Is.EqualTo(height));
        scene[0].Restart();
        Assert.That(world.RunUntil(() => scene[2].Chain.Tip.Header.Height >= height + 3, s_limit), Is.True);
        scene[1].Restart();
        scene.RunTo(height + 6, s_limit);
    }

    [Test]
    public void Run_WithAllStartedAgainAtOnce_GoesOn([Range(1, 10)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.1 } });
        var scene = new BftScene(world, 4);
        for (int i = 0; i < 4; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6)));
            foreach (SimulatedNode node in world.Nodes) node.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        }

        world.RunFor(TimeSpan.FromSeconds(1));
        scene.RunTo(6, s_limit);
    }

    [Test]
    public void Run_WithACrashAtEveryCommitOfEveryNode_ContradictsNothing([Values(CommitFault.CrashBefore, CommitFault.CrashAfter)] CommitFault fault, [Range(0, 3)] int node)
    {
        for (int commit = 0; commit < 16; commit++)
        {
            var world = new World(61, new WorldOptions { Links = new LinkOptions { Loss = 0.1 } });
            var scene = new BftScene(world, 4);
            scene[node].FailCommit(commit, fault, TimeSpan.FromMilliseconds(300));
            scene.RunTo(5, s_limit);
        }
    }

    [Test]
    public void Run_WithLossPartitionsAndCrashes_AgreesAndGoesOn([Range(1, 12)] int seed)
    {
        var world = new World((ulong)seed, new WorldOptions { Links = new LinkOptions { Loss = 0.3, Duplication = 0.2, GreatestDelay = TimeSpan.FromSeconds(1) } });
        var scene = new BftScene(world, 4, (_, options) => options with { CommitTime = TimeSpan.FromMilliseconds(200) });
        for (int i = 0; i < 15; i++)
        {
            world.RunFor(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            SimulatedNode victim = scene[world.Random.Below(4)];
            if (i % 3 == 0) world.Heal();
            if (i % 3 == 1) world.Partition(victim, scene[world.Random.Below(4)]);
            if (i % 3 == 2 && victim.IsUp) victim.CrashAndRestart(world.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        }

        world.Heal();
        world.RunFor(TimeSpan.FromSeconds(3));
        ulong reached = world.Nodes.Where(node => node.IsUp).Max(node => node.Chain.Tip.Header.Height);
        scene.RunTo(reached + 3, s_limit);
    }
}
