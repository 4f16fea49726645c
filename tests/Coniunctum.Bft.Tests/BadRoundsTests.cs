namespace Coniunctum.Bft.Tests;

/// <summary>
/// A lock in round 0 and many rounds in which nothing comes of it, of each length a thousand schedules under CONIUNCTUM_LONG=1.
/// </summary>
[Category("Long")]
public sealed class BadRoundsTests
{
    private const int MaxRounds = 10;

    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1";

    [TestCase(10)]
    [TestCase(20)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(33)]
    [TestCase(40)]
    [TestCase(64)]
    [TestCase(100)]
    [TestCase(200)]
    public void ALockOfRound0_AfterManyBadRounds_IsDecidedOnceTheNetworkIsWell(int badRounds)
    {
        int schedules = s_isLong ? 1_000 : 24;
        int most = 0;
        long sum = 0;
        for (int seed = 1; seed <= schedules; seed++)
        {
            var world = new BadRoundsWorld(seed, badRounds);
            Assert.That(world.Run(), Is.Null, Invariant($"Seed {seed}"));
            most = Math.Max(most, world.RoundsToDecide);
            sum += world.RoundsToDecide;
        }

        TestContext.Out.WriteLine(Invariant($"{badRounds} bad rounds, seeds 1 to {schedules}: decided by all {(double)sum / schedules:F2} rounds after the network got well, {most} at most"));
        Assert.That(most, Is.LessThanOrEqualTo(MaxRounds));
    }

    [Test]
    public void EachKindOfLiar_HindersNobodyForLong([Values(LiarKind.Silent, LiarKind.Random, LiarKind.Equivocating, LiarKind.Misleading, LiarKind.OneAtATime)] object kind)
    {
        int schedules = s_isLong ? 1_000 : 40;
        int most = 0;
        for (int seed = 1; seed <= schedules; seed++)
        {
            var world = new BadRoundsWorld(seed, HeightVoteSet.KeptBehind + (seed % 3), (LiarKind)kind);
            Assert.That(world.Run(), Is.Null, Invariant($"Seed {seed}"));
            most = Math.Max(most, world.RoundsToDecide);
        }

        TestContext.Out.WriteLine(Invariant($"{kind}, seeds 1 to {schedules}: {most} rounds at most"));
        Assert.That(most, Is.LessThanOrEqualTo(MaxRounds));
    }
}
