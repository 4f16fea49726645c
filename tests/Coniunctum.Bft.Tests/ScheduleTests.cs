namespace Coniunctum.Bft.Tests;

/// <summary>Random schedules with crashes; CONIUNCTUM_LONG=1 runs 100,000.</summary>
[Category("Long")]
public sealed class ScheduleTests
{
    private static readonly int s_schedules = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 100_000 : 500;

    [Test]
    public void RandomSchedules_AgreeFrameNobodyAndEndOnceTheNetworkIsWell()
    {
        int most = 0;
        long rounds = 0;
        long crashes = 0;
        for (int seed = 1; seed <= s_schedules; seed++)
        {
            var world = new ScheduleWorld(seed);
            Assert.That(world.Run(), Is.Null, $"Seed {seed}");
            most = Math.Max(most, world.RoundsToDecide);
            rounds += world.RoundsToDecide;
            crashes += world.Crashes;
        }

        TestContext.Out.WriteLine(
            Invariant($"seeds 1 to {s_schedules}: {crashes:N0} crashes; decided by all {(double)rounds / s_schedules:F2} rounds after the network got well, {most} at most"));
    }
}
