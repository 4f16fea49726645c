using Coniunctum.Consensus;

namespace Coniunctum.Simulation.Tests;

public sealed class VirtualClockTests
{
    private const ulong Start = 1_767_225_600_000;

    [TestCase(0, 0, 100_000UL)]
    [TestCase(-5_000, 0, 95_000UL)]
    [TestCase(0, 10_000, 101_000UL)]
    [TestCase(3_600_000, -10_000, 3_699_000UL)]
    public void Now_AfterHundredSeconds_ShowsOffsetAndDrift(int offsetMilliseconds, int driftPerMillion, ulong expected)
    {
        var world = new World(1);
        var clock = new VirtualClock(world, TimeSpan.FromMilliseconds(offsetMilliseconds), driftPerMillion);
        world.RunFor(TimeSpan.FromSeconds(100));
        Assert.That(clock.Now.UnixMilliseconds, Is.EqualTo(Start + expected));
    }

    [Test]
    public void Until_ATimer_IsTheFirstMomentAtWhichTheSteadyClockShowsIt([Values(-9_999, -1, 0, 1, 123_456)] int drift, [Values(1, 999, 86_400_000)] int later)
    {
        var world = new World(1);
        world.RunFor(TimeSpan.FromSeconds(3));
        var clock = new VirtualClock(world, TimeSpan.FromSeconds(-7), drift);
        clock.Start();
        world.RunFor(TimeSpan.FromSeconds(10));
        SteadyTime due = clock.Steady.Plus(TimeSpan.FromMilliseconds(later));

        TimeSpan wait = clock.Until(due);
        clock.Offset += TimeSpan.FromDays(3_650);
        Assert.That(clock.Until(due), Is.EqualTo(wait), "whatever the wall clock shows");
        world.RunFor(wait - TimeSpan.FromTicks(1));
        Assert.That(clock.Steady, Is.LessThan(due));
        world.RunFor(TimeSpan.FromTicks(1));
        Assert.That(clock.Steady, Is.GreaterThanOrEqualTo(due));
        Assert.That(clock.Until(due), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Steady_BeginsWhenTheNodeDoes_AndHearsOfNoJump()
    {
        var world = new World(1);
        SimulatedNode node = world.AddNode(Profiles.Development);
        world.RunFor(TimeSpan.FromSeconds(5));
        node.Clock.Offset -= TimeSpan.FromDays(3_650);
        Assert.That(node.Clock.Steady, Is.EqualTo(new SteadyTime(TimeSpan.FromSeconds(5))));
        node.CrashAndRestart(TimeSpan.FromSeconds(1));
        world.RunFor(TimeSpan.FromSeconds(3));
        Assert.That(node.Clock.Steady, Is.EqualTo(new SteadyTime(TimeSpan.FromSeconds(2))));
    }

    [Test]
    public void Now_OfAClockDecadesBehind_IsNeverNegative()
    {
        var clock = new VirtualClock(new World(1), TimeSpan.FromDays(-40_000), 0);
        Assert.That(clock.Now.UnixMilliseconds, Is.Zero);
    }
}
