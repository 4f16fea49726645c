using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests.Difficulty;

/// <summary>A chain's first days under ASERT, which begin at the easiest target: as long after genesis, and with as much power, as may be.</summary>
public sealed class LaunchTests
{
    private const int Seed = 7;

    private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_halfLife = TimeSpan.FromHours(2);
    private static readonly Asert s_rule = new(s_spacing, s_halfLife);
    private static readonly int s_blocksADay = (int)(TimeSpan.FromDays(1) / s_spacing);

    [Test]
    public void BlockOne_WhateverItsMinerDatesIt_GainsLessThanAHundredthOfADaysBlocks([Values(1.0, 4.0, 16.0, 1_000.0)] double hashRate)
    {
        var late = TimeSpan.FromDays(200);
        int honest = BlocksInADay(hashRate, late, null);
        int best = int.MinValue;
        TimeSpan bestLie = default;
        foreach (double hours in new[] { 4_800, 2_400, 24, 12, 6, 4, 3, 2, 1, 0.5, 0.1, 0.01, -0.01, -0.05, -1 })
        {
            var lie = TimeSpan.FromHours(hours);
            int gain = BlocksInADay(hashRate, late, lie) - honest;
            if (gain > best) (best, bestLie) = (gain, lie);
        }

        TestContext.Out.WriteLine(Invariant($"{hashRate} times the least hash rate: {honest} blocks in the first day; the best date of block 1 ({bestLie} early) gains {best} of a day's {s_blocksADay} (seed {Seed})"));
        Assert.That(best, Is.LessThanOrEqualTo(s_blocksADay / 100));
    }

    [TestCase(200, 1)]
    [TestCase(200, 16)]
    [TestCase(0, 16)]
    [TestCase(0, 1_000)]
    public void Launch_HoweverLateAndWithWhateverPower_ReachesItsSpacing(int daysLate, double hashRate)
    {
        var world = NewWorld(hashRate, null);
        world.Pause(TimeSpan.FromDays(daysLate));
        // Block 1's miner says that the chain began when its genesis did.
        world.Clock = (now, ancestors) => ancestors.Parent.Height == 0 ? 0 : now;
        int blocks = 0;
        double start = world.Now;
        while (world.Difficulty / hashRate is < 0.9 or > 1.1)
        {
            world.MineBlock();
            if (++blocks > 1_000_000) Assert.Fail(Invariant($"after {blocks} blocks the difficulty is {world.Difficulty} for a hash rate of {hashRate}"));
        }

        var took = TimeSpan.FromMilliseconds(world.Now - start);
        // Difficulty doubles for each half-life by which the chain is ahead of its schedule: so many blocks it has to be ahead.
        double ahead = Math.Log2(0.9 * hashRate) * (s_halfLife / s_spacing);
        double needed = Math.Max(0, ahead) + (took / s_spacing);
        TestContext.Out.WriteLine(Invariant($"{daysLate} days late, {hashRate} times the least hash rate: within 10 % after {blocks} blocks, {took.TotalHours:F1} h"));
        Assert.That(blocks, Is.LessThanOrEqualTo(needed + 3));
        world.MineFor(TimeSpan.FromDays(2));
        int height = world.Height;
        world.MineFor(TimeSpan.FromDays(1));
        Assert.That(world.Height - height, Is.EqualTo(s_blocksADay).Within(2).Percent, "a day's blocks from then on");
    }

    [Test]
    public void Pause_LongerThanTheEasiestTargetMakesUpFor_IsNotOwed()
    {
        // At 16 times the least hash rate four half-lives lead to the limit; the fifth and all after it are forgotten.
        HashRateWorld world = NewWorld(16, null);
        world.MineFor(TimeSpan.FromDays(3));
        foreach (int days in new[] { 2, 30, 365 })
        {
            world.Pause(TimeSpan.FromDays(days));
            double start = world.Now;
            world.MineBlock();
            world.MineBlock();
            while (world.Difficulty / 16 < 0.9) world.MineBlock();
            double hours = (world.Now - start) / 3_600_000;
            TestContext.Out.WriteLine(Invariant($"after a pause of {days} days: within 10 % again after {hours:F1} h"));
            Assert.That(hours, Is.LessThan(8), "3.2 half-lives, as at the launch");
            world.MineFor(TimeSpan.FromDays(1));
        }
    }

    private static HashRateWorld NewWorld(double hashRate, Random? random) =>
        new HashRateWorld(s_rule, s_spacing, random) { Bounds = new TargetBounds(Target.ForHashes(1UL << 40), Target.ForHashes(1UL << 40)), HashRate = hashRate }.Begin();

    /// <summary>Blocks in the first day, with block 1 dated earlier than it is made by a while, or truly.</summary>
    private static int BlocksInADay(double hashRate, TimeSpan late, TimeSpan? lie)
    {
        HashRateWorld world = NewWorld(hashRate, new Random(Seed));
        world.Pause(late);
        world.Clock = (now, ancestors) => lie is { } by && ancestors.Parent.Height == 0 ? now - by.TotalMilliseconds : now;
        world.MineFor(TimeSpan.FromDays(1));
        return world.Height;
    }
}
