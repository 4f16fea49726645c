using System.Numerics;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests.Difficulty;

public sealed class LwmaTests
{
    private const ulong Spacing = 10_000;
    private const int Window = 60;

    private static readonly Lwma s_rule = new(TimeSpan.FromMilliseconds(Spacing), Window);
    private static readonly TargetBounds s_bounds = new(Target.ForHashes(1 << 10), Target.ForHashes(1 << 20));

    [Test]
    public void Next_BeforeAWindowOfSolveTimes_IsTheFirstTarget()
    {
        // Block 1's solve time does not count: genesis may be far older. 60 solve times are those of blocks 2 to 61.
        TargetLine line = new TargetLine().Add(0, s_bounds.First);
        for (ulong i = 1; i <= Window; i++) line.Add((1UL << 40) + i, s_bounds.First);
        Assert.That(s_rule.Next(line, s_bounds, RuleState.None), Is.EqualTo(s_bounds.First));
        line.Add((1UL << 40) + Window + 1, s_bounds.First);
        Assert.That(s_rule.Next(line, s_bounds, RuleState.None), Is.LessThan(s_bounds.First));
    }

    [Test]
    public void Next_OnSchedule_StaysWithinTheDivisionsRounding()
    {
        BigInteger first = s_bounds.First.ToNumber();
        Assert.That(s_rule.Next(Line(_ => Spacing), s_bounds, RuleState.None).ToNumber(), Is.EqualTo(first));
        Assert.That(s_rule.Next(Line(_ => 2 * Spacing), s_bounds, RuleState.None).ToNumber(), Is.EqualTo(first * 2));
        Assert.That(s_rule.Next(Line(_ => Spacing / 2), s_bounds, RuleState.None).ToNumber(), Is.EqualTo(first / 2));
    }

    [Test]
    public void Next_AfterAPause_CountsItAsSixSpacings()
    {
        // The newest block counts 60 of 1830 parts: 59·60/2 of them on schedule, and sixfold the last.
        TargetLine line = Line(i => i == Window ? 365UL * 24 * 3600 * 1000 : Spacing);
        BigInteger expected = s_bounds.First.ToNumber() * (1830 - 60 + (6 * 60)) / 1830;
        Assert.That(s_rule.Next(line, s_bounds, RuleState.None).ToNumber(), Is.EqualTo(expected));
    }

    [Test]
    public void Next_TimesThatGoBack_CountAsAMillisecond()
    {
        // One block claims to be an hour old; the next tells the truth, and its time counts from where the line had been.
        var times = new List<ulong>();
        for (ulong i = 0; i <= Window; i++) times.Add(1_000_000_000 + (i * Spacing));
        times[30] -= 3_600_000;
        Assert.That(s_rule.Next(LineOf(times), s_bounds, RuleState.None).ToNumber(), Is.EqualTo(Formula(times)));
        var honest = new List<ulong>(times) { [30] = 1_000_000_000 + (30 * Spacing) };
        // What the liar lost, the next block has: 2T − 1 ms instead of T, weighted one more.
        Assert.That(s_rule.Next(LineOf(times), s_bounds, RuleState.None), Is.GreaterThan(s_rule.Next(LineOf(honest), s_bounds, RuleState.None)));
    }

    [Test]
    public void Next_AtOnceForAWholeWindow_FallsToATwentiethOfTheIntendedAtMost()
    {
        BigInteger first = s_bounds.First.ToNumber();
        BigInteger expected = first * (Spacing * Window * Window / 20) / ((BigInteger)Spacing * Window * (Window + 1) / 2);
        Assert.That(s_rule.Next(Line(_ => 0), s_bounds, RuleState.None).ToNumber(), Is.EqualTo(expected));
    }

    [Test]
    public void Next_AnyTimesAndTargets_IsTheFormula([Values(1)] int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            var times = new List<ulong> { 1UL << 40 };
            var targets = new List<Target>();
            for (int i = 1; i <= Window; i++)
            {
                times.Add((ulong)((long)times[^1] + random.NextInt64(-2 * (long)Spacing, 9 * (long)Spacing)));
                targets.Add(Target.FromNumber(s_bounds.Limit.ToNumber() * random.Next(1, 1_000_000) / 1_000_000));
            }

            if (s_rule.Next(LineOf(times, targets), s_bounds, RuleState.None).ToNumber() != Formula(times, targets)) Assert.Fail(Invariant($"round {round}, seed {seed}"));
        }
    }

    [Test]
    public void Next_SlowForLong_StopsAtTheLimit() =>
        Assert.That(s_rule.Next(LineOf([.. Enumerable.Range(0, Window + 1).Select(i => (ulong)i * 1_000_000_000)], [.. Enumerable.Repeat(s_bounds.Limit, Window)]), s_bounds, RuleState.None), Is.EqualTo(s_bounds.Limit));

    [TestCase(1_000, 60, 3_000)]
    [TestCase(1, 2, 0)]
    [TestCase(10_000, 60, 30_000)]
    [TestCase(600_000, 60, 1_800_000)]
    [TestCase(600_000, 576, 7_200_000)]
    public void FutureAllowance_IsATwentiethOfTheWindow_WithoutAFloor_AtMostTwoHours(int spacing, int window, int allowance) =>
        Assert.That(new Lwma(TimeSpan.FromMilliseconds(spacing), window).FutureAllowance, Is.EqualTo(TimeSpan.FromMilliseconds(allowance)));

    private static TargetLine Line(Func<int, ulong> solveTime)
    {
        var times = new List<ulong> { 1UL << 40 };
        for (int i = 1; i <= Window; i++) times.Add(times[^1] + solveTime(i));
        return LineOf(times);
    }

    private static TargetLine LineOf(List<ulong> times, List<Target>? targets = null)
    {
        var line = new TargetLine(100);
        for (int i = 0; i < times.Count; i++) line.Add(times[i], i == 0 || targets is null ? s_bounds.First : targets[i - 1]);
        return line;
    }

    /// <summary>The published formula, in rational numbers until the end.</summary>
    private static BigInteger Formula(List<ulong> times, List<Target>? targets = null)
    {
        BigInteger weighted = 0, sum = 0;
        BigInteger before = times[0];
        for (int i = 1; i <= Window; i++)
        {
            BigInteger time = times[i] > before ? times[i] : before + 1;
            weighted += i * BigInteger.Min(time - before, 6 * Spacing);
            before = time;
            sum += (targets is null ? s_bounds.First : targets[i - 1]).ToNumber();
        }

        weighted = BigInteger.Max(weighted, Spacing * Window * Window / 20);
        BigInteger next = sum * weighted / (Window * (Spacing * Window * (Window + 1) / 2));
        return BigInteger.Min(next, s_bounds.Limit.ToNumber());
    }
}
