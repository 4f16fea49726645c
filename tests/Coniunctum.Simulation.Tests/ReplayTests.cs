using Coniunctum.Crypto;
using Coniunctum.Simulation.Tests.Support;

namespace Coniunctum.Simulation.Tests;

public sealed class ReplayTests
{
    private const int Seeds = 200;

    [Test]
    public void RunTwice_OverManySeeds_IsTheSameEachTimeAndDifferentForEachSeed()
    {
        var hashes = new HashSet<Hash256>();
        long events = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            World world = Replay.RunTwice(seed, Play, new WorldOptions { Links = new LinkOptions { Loss = 0.1, Resets = 0.01 } });
            hashes.Add(world.EventHash);
            events += world.EventCount;
        }

        Assert.That(hashes, Has.Count.EqualTo(Seeds));
        Assert.That(events, Is.GreaterThan(Seeds * 100));
        TestContext.Out.WriteLine(Invariant($"{Seeds} seeds twice, {events} events in the second runs."));

        static void Play(World world)
        {
            Scene scene = Scene.Of(world, (SceneRule)(1 + (world.Seed % 3)), (index, options) => options with
            {
                ClockOffset = TimeSpan.FromSeconds(index),
                ClockDriftPerMillion = 100 * index,
            });
            world.Schedule(TimeSpan.FromSeconds(2), "pay", () => scene[1].Submit(scene.Pay(1, 2, 7)));
            world.Schedule(TimeSpan.FromSeconds(4), "crash", () => scene[2].CrashAndRestart(TimeSpan.FromSeconds(1)));
            world.RunFor(TimeSpan.FromSeconds(8));
        }
    }

    [Test]
    public void RunTwice_WhenTheScriptDependsOnMoreThanTheSeed_NamesTheFirstEventThatDiffers()
    {
        int run = 0;
        Assert.That(
            () => Replay.RunTwice(1, world =>
            {
                run++;
                world.Schedule(TimeSpan.FromSeconds(1), "first", () => { });
                world.Schedule(TimeSpan.FromSeconds(1), Invariant($"run {run}"), () => { });
                world.RunFor(TimeSpan.FromSeconds(2));
            }),
            Throws.TypeOf<DivergenceException>().With.Message.Contains("event 1").And.Message.Contains("run 2"));
    }

    [Test]
    public void RunTwice_WhenTheSecondRunEndsEarly_Throws()
    {
        int run = 0;
        Assert.That(
            () => Replay.RunTwice(1, world =>
            {
                world.Schedule(TimeSpan.FromSeconds(3), "late", () => { });
                world.RunFor(TimeSpan.FromSeconds(run++ == 0 ? 4 : 2));
            }),
            Throws.TypeOf<DivergenceException>());
    }

    [Test]
    public void RunTwice_WithTwoWorldsInterleaved_KeepsThemApart()
    {
        var left = new World(5);
        var right = new World(5);
        Scene.Of(left, SceneRule.Work);
        Scene.Of(right, SceneRule.Work);
        for (int i = 0; i < 20; i++)
        {
            left.RunFor(TimeSpan.FromSeconds(1));
            right.RunFor(TimeSpan.FromSeconds(1));
        }

        Assert.That(left.EventHash, Is.EqualTo(right.EventHash));
        Assert.That(left.EventCount, Is.GreaterThan(50));
    }
}
