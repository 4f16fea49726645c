using System.Numerics;
using System.Text.Json;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests.Difficulty;

public sealed class BitcoinRetargetTests
{
    private const int Window = 2016;
    private const long TwoWeeks = 14 * 24 * 60 * 60 * 1_000L;

    private static readonly BitcoinRetarget s_rule = new(TimeSpan.FromMinutes(10));
    private static readonly Target s_limit = Expand(0x1d00ffff);
    private static readonly TargetBounds s_bounds = new(s_limit, s_limit);

    public static IEnumerable<TestCaseData> Cases => VectorFile.ReadJson("difficulty/bitcoin_next_work.json").EnumerateArray()
        .Select(item => new TestCaseData(item).SetArgDisplayNames(item.GetProperty("name").GetString()!));

    [TestCaseSource(nameof(Cases))]
    public void Next_PublishedCases_AllMatch(JsonElement item)
    {
        ulong last = item.GetProperty("last_height").GetUInt64();
        Target target = Expand(VectorFile.ReadBits(item.GetProperty("bits")));
        TargetLine line = WindowOf(last - (Window - 1), target, item.GetProperty("first_time").GetUInt64(), item.GetProperty("last_time").GetUInt64());
        Target next = s_rule.Next(line, s_bounds, RuleState.None);
        Assert.That(CompactTarget.From(next).Bits, Is.EqualTo(VectorFile.ReadBits(item.GetProperty("expected"))));
        Assert.That(s_rule.MayFollow(next, target, last + 1, s_bounds), Is.True);
    }

    [Test]
    public void Next_OffTheBoundary_IsTheParents([Values(0UL, 1UL, 2014UL, 2016UL, 4030UL)] ulong parent)
    {
        TargetLine line = new TargetLine(parent).Add(123, Expand(0x1c123456));
        Assert.That(s_rule.Next(line, s_bounds, RuleState.None), Is.EqualTo(Expand(0x1c123456)));
        Assert.That(s_rule.Reach(parent + 1), Is.EqualTo(parent));
    }

    [Test]
    public void Next_AtTheBoundary_MeasuresOneIntervalLessThanTheWindowHasBlocks()
    {
        // 2016 blocks at ten minutes sharp have 2015 intervals: the target falls by 1/2016.
        Target target = Expand(0x1c0fffff);
        TargetLine line = new TargetLine(2016);
        for (ulong i = 0; i < Window; i++) line.Add(i * 600_000, target);
        BigInteger exact = target.ToNumber() * 2015 / 2016;
        Assert.That(s_rule.Next(line, s_bounds, RuleState.None), Is.EqualTo(Round(exact)));
        Assert.That(s_rule.Reach(4032), Is.EqualTo(2016));
    }

    [TestCase(-1_000_000_000L)]
    [TestCase(0L)]
    [TestCase((TwoWeeks / 4) - 1)]
    [TestCase(TwoWeeks / 4)]
    public void Next_ShortWindows_FallToAQuarterAtMost(long taken) =>
        Assert.That(s_rule.After(Expand(0x1c0fffff), taken, s_limit), Is.EqualTo(Round(Expand(0x1c0fffff).ToNumber() / 4)));

    [TestCase(TwoWeeks * 4)]
    [TestCase((TwoWeeks * 4) + 1)]
    [TestCase(long.MaxValue)]
    public void Next_LongWindows_RiseFourfoldAtMost(long taken) =>
        Assert.That(s_rule.After(Expand(0x1b0fffff), taken, s_limit), Is.EqualTo(Round(Expand(0x1b0fffff).ToNumber() * 4)));

    [Test]
    public void After_AnyWindow_IsTheFormulaRoundedDown([Values(1)] int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 5_000; i++)
        {
            Target target = Expand(((uint)random.Next(3, 0x1e) << 24) | (uint)random.Next(0x8000, 0x800000));
            long taken = random.NextInt64(-TwoWeeks, 6 * TwoWeeks);
            BigInteger counted = BigInteger.Max(TwoWeeks / 4, BigInteger.Min(TwoWeeks * 4, taken));
            BigInteger exact = BigInteger.Min(target.ToNumber() * counted / TwoWeeks, s_limit.ToNumber());
            if (s_rule.After(target, taken, s_limit) != Round(exact)) Assert.Fail(Invariant($"{target} after {taken} ms (seed {seed})"));
        }
    }

    [Test]
    public void After_TheLeastTarget_StaysReachable() => Assert.That(s_rule.After(Target.One, 0, s_limit), Is.EqualTo(Target.One));

    [TestCase(1, false)]
    [TestCase(2, true)]
    [TestCase(65_536, true)]
    [TestCase(65_537, false)]
    public void ThrowIfImpossible_OfAWindow_HasLimits(int window, bool isPossible)
    {
        var rule = new BitcoinRetarget(TimeSpan.FromSeconds(1), window);
        Assert.That(() => rule.ThrowIfImpossible(s_bounds), isPossible ? Throws.Nothing : Throws.ArgumentException.With.Message.Contains("2 to 65536 blocks"));
    }

    [Test]
    public void ThrowIfImpossible_OfAFirstTargetThatFourBytesCannotSay_Throws()
    {
        Target first = Target.FromNumber(s_limit.ToNumber() + 1);
        Assert.That(() => s_rule.ThrowIfImpossible(new TargetBounds(s_limit, first)), Throws.ArgumentException.With.Message.Contains("more digits"));
        Assert.That(() => new BitcoinRetarget(TimeSpan.Zero).ThrowIfImpossible(s_bounds), Throws.ArgumentException.With.Message.Contains("spacing"));
        Assert.That(s_rule.NeedsTime, Is.True);
    }

    [Test]
    public void Next_BehindAHandOver_CountsItsWindowsFromThere()
    {
        // The rule begins behind block 101: its windows begin at 101, 105, …
        var rule = new BitcoinRetarget(TimeSpan.FromSeconds(1), 4);
        TargetBounds bounds = new(s_limit, Expand(0x1c123456)) { Origin = 101 };
        TargetLine line = new TargetLine(101).Add(0, default);
        Assert.That(rule.Next(line, bounds, RuleState.None), Is.EqualTo(bounds.First), "Block 101 has another rule's target.");
        for (ulong height = 102; height <= 104; height++)
        {
            line.Add(height, bounds.First);
            Assert.That(rule.Next(line, bounds, RuleState.None) == bounds.First, Is.EqualTo(height < 104), $"after {height}");
        }
    }

    [Test]
    public void MayFollow_AtABoundary_AllowsAQuarterToFourfold()
    {
        Target before = Expand(0x1b100000);
        Assert.That(s_rule.MayFollow(Expand(0x1b040000), before, 2016, s_bounds), Is.True);
        Assert.That(s_rule.MayFollow(Expand(0x1b03ffff), before, 2016, s_bounds), Is.False);
        Assert.That(s_rule.MayFollow(Expand(0x1b400000), before, 2016, s_bounds), Is.True);
        Assert.That(s_rule.MayFollow(Expand(0x1b400001), before, 2016, s_bounds), Is.False);
        Assert.That(s_rule.MayFollow(Expand(0x1b100001), before, 2017, s_bounds), Is.False);
        Assert.That(s_rule.MayFollow(before, before, 2017, s_bounds), Is.True);
    }

    private static TargetLine WindowOf(ulong first, Target target, ulong firstSeconds, ulong lastSeconds)
    {
        TargetLine line = new TargetLine(first).Add(firstSeconds * 1_000, target);
        // What lies between does not matter.
        for (int i = 0; i < Window - 2; i++) line.Add(0, target);
        return line.Add(lastSeconds * 1_000, target);
    }

    private static Target Expand(uint bits)
    {
        Assume.That(new CompactTarget(bits).Expand(out Target target), Is.EqualTo(CompactOutcome.Valid));
        return target;
    }

    private static Target Round(BigInteger number) => Expand(CompactTarget.From(Target.FromNumber(number)).Bits);
}
