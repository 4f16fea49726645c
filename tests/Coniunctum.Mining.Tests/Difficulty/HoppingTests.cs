using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests.Difficulty;

/// <summary>
/// A miner who comes and goes: it mines while blocks are cheap and leaves while they are dear, and dates its blocks as it likes.
/// What counts is how many blocks it gets for a hash, compared with those who stay.
/// </summary>
public sealed class HoppingTests
{
    private const int Blocks = 12_000;
    private const int Seed = 11;

    private static readonly string[] s_clocks = ["true times", "late times", "early times", "early or late ones"];

    [TestCase(1)]
    [TestCase(10)]
    public void Lwma_AHoppingMinerWithHalfThePower_GetsLittleMoreForAHashThanAnHonestOne(int seconds)
    {
        var rule = new Lwma(TimeSpan.FromSeconds(seconds));
        double best = 0;
        for (int clock = 0; clock < s_clocks.Length; clock++)
        {
            foreach (double enters in new[] { 1.3, 1.5, 1.7 })
            {
                HoppingScene scene = Run(rule, rule.FutureAllowance, clock, enters);
                best = Math.Max(best, scene.Ratio);
                Assert.That(scene.Share, Is.GreaterThan(0.25), "it mines, and does not only pick the luckiest dips");
            }
        }

        HoppingScene picky = Run(rule, rule.FutureAllowance, 1, 1.1);
        HoppingScene floored = Run(rule, TimeSpan.FromSeconds(300), 3, 1.3);
        TestContext.Out.WriteLine(Invariant($"spacing {seconds} s: blocks a hash of an honest one's: {best:F3} for the best of 12 strategies; {picky.Ratio:F3} for one that mines {picky.Share:P0} of the time; {floored.Ratio:F3} with a floor of 300 s (seed {Seed})"));
        Assert.That(best, Is.LessThanOrEqualTo(1.15));
        Assert.That(floored.Ratio, Is.GreaterThan(1.2), "what the scene can see");
    }

    private static HoppingScene Run(Lwma rule, TimeSpan allowance, int clock, double enters)
    {
        var scene = new HoppingScene(rule, rule.Spacing, allowance, new Random((Seed * 100) + (clock * 20) + (int)(enters * 10)), clock, enters);
        scene.Run(Blocks);
        TestContext.Out.WriteLine(Invariant($"{s_clocks[clock]}, allowance {allowance.TotalSeconds} s, mines below difficulty {enters:F1}, {scene.Share:P0} of the time: {scene.Ratio:F3}"));
        return scene;
    }
}
