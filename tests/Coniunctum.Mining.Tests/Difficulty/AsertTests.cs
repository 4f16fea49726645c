using System.Numerics;
using System.Text.Json;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests.Difficulty;

public sealed class AsertTests
{
    private const long Second = 1_000;

    // Bitcoin Cash's: ten minutes, two days.
    private static readonly Asert s_rule = new(TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(172_800));
    private static readonly Target s_limit = Target.FromNumber((BigInteger.One << 224) - 1);

    public static IEnumerable<TestCaseData> Runs => VectorFile.ReadJson("difficulty/asert_runs_1_5.json").EnumerateArray()
        .Select(run => new TestCaseData(run).SetArgDisplayNames(run.GetProperty("name").GetString()!));

    [TestCaseSource(nameof(Runs))]
    public void After_PublishedRuns_AllMatch(JsonElement run)
    {
        // The adapter: seconds, a schedule that begins with the anchor's parent, and rounding to four bytes.
        long anchorHeight = run.GetProperty("anchor_height").GetInt64();
        long anchorParentTime = run.GetProperty("anchor_parent_time").GetInt64();
        new CompactTarget(VectorFile.ReadBits(run.GetProperty("anchor_bits"))).Expand(out Target anchor);
        int count = 0;
        foreach (JsonElement block in run.GetProperty("blocks").EnumerateArray())
        {
            Int128 taken = block[1].GetInt64() - anchorParentTime;
            Int128 lag = (taken - (600 * (Int128)(block[0].GetInt64() - anchorHeight + 1))) * Second;
            Assert.That(CompactTarget.From(s_rule.After(anchor, lag, s_limit)).Bits, Is.EqualTo(VectorFile.ReadBits(block[2])), $"block {block[0]}");
            count++;
        }

        Assert.That(count, Is.GreaterThanOrEqualTo(10));
    }

    [Test]
    public void Next_AfterGenesisAndAtTheAnchor_IsTheFirstTarget()
    {
        var bounds = new TargetBounds(s_limit, Target.ForHashes(1UL << 40));
        var line = new Scheduled(bounds);
        line.Add(0, bounds.First);
        Assert.That(line.Next, Is.EqualTo(bounds.First));
        line.Add(1UL << 50, bounds.First);
        Assert.That(line.Next, Is.EqualTo(bounds.First), "genesis may be far older than block 1");
    }

    [Test]
    public void Next_IsTheAnchorsTargetAtTheParentsLag()
    {
        var bounds = new TargetBounds(s_limit, Target.ForHashes(1UL << 40));
        var line = new Scheduled(bounds);
        line.Add(0, bounds.First);
        line.Add(5_000_000, bounds.First);
        // Two blocks in the time of one half-life and two spacings: one half-life behind. Their own targets do not matter.
        line.Add(77, Target.One);
        line.Add(5_000_000 + (2 * 600 * Second) + (172_800 * Second), Target.Max);
        Assert.That(line.Next.ToNumber(), Is.EqualTo(bounds.First.ToNumber() * 2));
        Assert.That(line.State, Is.EqualTo(new AsertAnchor(1, new Timestamp(5_000_000), bounds.First)));
        Assert.That(s_rule.Reach(4), Is.EqualTo(3), "nothing below the parent");
    }

    // One part of 65536 of the half-life is 2636.7 ms: up to there the child's target equals the limit, and the anchor stays.
    [TestCase(0, false)]
    [TestCase(2_636, false)]
    [TestCase(2_637, true)]
    [TestCase(172_800_000, true)]
    public void Advance_AChildWouldBeEasierThanTheLimit_MovesTheAnchorThere(long lag, bool moves)
    {
        var bounds = new TargetBounds(s_limit, s_limit);
        var line = new Scheduled(bounds);
        line.Add(0, bounds.First);
        line.Add(1_000_000, bounds.First);
        ulong time = 1_000_000 + (600 * Second) + (ulong)lag;
        line.Add(time, bounds.First);
        Assert.That(line.Next, Is.EqualTo(s_limit));
        Assert.That(line.State, Is.EqualTo(moves ? new AsertAnchor(2, new Timestamp(time), s_limit) : new AsertAnchor(1, new Timestamp(1_000_000), s_limit)));
        // What is faster than the schedule counts from the anchor: two parts and a half here.
        line.Add(time + (600 * Second) - 6_592, s_limit);
        Assert.That(line.Next, Is.EqualTo(s_rule.After(s_limit, (moves ? 0 : lag) - 6_592, s_limit)));
        Assert.That(line.Next < s_limit, Is.True);
    }

    [Test]
    public void Advance_WithAFirstTargetBelowTheLimit_MovesTheAnchorOnlyPastTheLimit()
    {
        var bounds = new TargetBounds(s_limit, Target.FromNumber((s_limit.ToNumber() + 1) / 16));
        var line = new Scheduled(bounds);
        line.Add(0, bounds.First);
        line.Add(1_000_000, bounds.First);
        // Three half-lives behind: within the limit. Then more than four, and the doubling that was too many is not owed.
        line.Add(1_000_000 + (600 * Second) + (3 * 172_800 * Second), bounds.First);
        Assert.That(((AsertAnchor)line.State).Height, Is.EqualTo(1));
        line.Add(1_000_000 + (1_200 * Second) + (5 * 172_800 * Second), bounds.First);
        Assert.That(line.State, Is.EqualTo(new AsertAnchor(3, line.Line.Parent.Header.Timestamp, s_limit)));
    }

    [Test]
    public void ReadState_OfWhatWasWritten_IsTheSame_AndOfOtherBytesIsRefused()
    {
        var anchor = new AsertAnchor(ulong.MaxValue, new Timestamp((1UL << 53) - 1), s_limit);
        IDifficultyRule rule = s_rule;
        Assert.That(rule.ReadState(anchor.Encode()), Is.EqualTo(anchor));
        Assert.That(rule.ReadState(default), Is.SameAs(RuleState.None));
        Assert.That(() => rule.ReadState(anchor.Encode()[..^1]), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => rule.ReadState(new AsertAnchor(1, default, default).Encode()), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => ((IDifficultyRule)new Lwma(TimeSpan.FromSeconds(10))).ReadState(anchor.Encode()), Throws.TypeOf<InvalidDataException>());
        Assert.That(s_rule.Name, Is.EqualTo("asert2"), "genesis commits to it: files of the rule before are another chain's");
        Assert.That(() => AsertAnchor.Read((byte[])[.. anchor.Encode().Span, 0]), Throws.TypeOf<InvalidDataException>(), "a byte behind it");
        Assert.That(() => AsertAnchor.Read((anchor with { Target = default }).Encode()), Throws.TypeOf<InvalidDataException>(), "no proof can meet it");
    }

    [Test]
    public void Knows_WithoutItsAnchor_OnlyTheFirstBlock()
    {
        Assert.That(s_rule.Knows(1, RuleState.None), Is.True);
        Assert.That(s_rule.Knows(2, RuleState.None), Is.False);
        Assert.That(s_rule.Knows(2, new AsertAnchor(1, default, s_limit)), Is.True);
    }

    [Test]
    public void After_LagWithinAPart_IsTruncatedTowardZero()
    {
        // One part of 65536 of the half-life is 2636.7 ms: less than that either way is no change.
        var anchor = Target.ForHashes(1UL << 40);
        foreach (int lag in new[] { -2_636, -1, 0, 1, 2_636 }) Assert.That(s_rule.After(anchor, lag, s_limit), Is.EqualTo(anchor), $"{lag} ms");
        Assert.That(s_rule.After(anchor, -2_637, s_limit), Is.LessThan(anchor));
        Assert.That(s_rule.After(anchor, 2_637, s_limit), Is.GreaterThan(anchor));
    }

    [Test]
    public void After_AnyLag_IsWithinTheCubicsErrorOfTheExactPower([Values(1, 2)] int seed)
    {
        var random = new Random(seed);
        BigInteger anchor = BigInteger.One << 128;
        double worst = 0;
        for (int i = 0; i < 20_000; i++)
        {
            // All parts of a doubling, anywhere within forty doublings either way.
            int exponent = random.Next(-40 * 65_536, 40 * 65_536);
            Int128 lag = Int128.Sign(exponent) * (((Int128)Math.Abs(exponent) * 172_800_000 / 65_536) + 1);
            BigInteger found = s_rule.After(Target.FromNumber(anchor), lag, Target.Max).ToNumber();
            BigInteger exact = PowerOfTwo.Scale(anchor, exponent);
            double error = Math.Abs((double)((found - exact) << 60) / (double)(exact << 60));
            worst = Math.Max(worst, error);
        }

        // The specification's bound.
        Assert.That(worst, Is.LessThan(0.00013).And.GreaterThan(0.00001), $"seed {seed}");
    }

    [Test]
    public void After_GrowingLag_NeverFalls()
    {
        var anchor = Target.ForHashes(1UL << 40);
        Target before = Target.One;
        for (long part = -4 * 65_536; part <= 4 * 65_536; part += 3)
        {
            Target next = s_rule.After(anchor, (Int128)part * 172_800_000 / 65_536, Target.Max);
            if (next < before) Assert.Fail(Invariant($"at {part}: {next} after {before}"));
            before = next;
        }
    }

    [Test]
    public void After_AbsurdLags_StopAtTheEnds()
    {
        var anchor = Target.ForHashes(1UL << 40);
        Int128 longest = (Int128)1 << 100;
        Assert.That(s_rule.After(anchor, longest, s_limit), Is.EqualTo(s_limit));
        Assert.That(s_rule.After(anchor, -longest, s_limit), Is.EqualTo(Target.One));
        Assert.That(s_rule.After(Target.Max, 172_800 * Second, Target.Max), Is.EqualTo(Target.Max));
        Assert.That(s_rule.After(Target.One, -1 * 172_800 * Second, s_limit), Is.EqualTo(Target.One));
        Assert.That(s_rule.After(Target.One, 255 * (Int128)172_800 * Second, Target.Max).ToNumber(), Is.EqualTo(BigInteger.One << 255));
    }

    [Test]
    public void Next_AtTheGreatestHeightsAndTimes_DoesNotOverflow()
    {
        var slow = new Asert(TimeSpan.FromDays(366), TimeSpan.FromMilliseconds(1));
        var bounds = new TargetBounds(s_limit, s_limit);
        var anchor = new AsertAnchor(1, default, s_limit);
        Assert.That(slow.Next(LineAt(ulong.MaxValue - 1, 0), bounds, anchor), Is.EqualTo(Target.One));
        Assert.That(slow.Next(LineAt(2, (1UL << 53) - 1), bounds, anchor), Is.EqualTo(s_limit));
        Assert.That(slow.Advance(anchor, LineAt(ulong.MaxValue - 1, 0).Parent, bounds), Is.SameAs(anchor));
        Assert.That(slow.Advance(anchor, LineAt(2, (1UL << 53) - 1).Parent, bounds), Is.EqualTo(new AsertAnchor(2, new Timestamp((1UL << 53) - 1), s_limit)));

        static TargetLine LineAt(ulong height, ulong time) => new TargetLine(height).Add(time, s_limit);
    }

    [TestCase(600, 172_800, 7_200)]
    [TestCase(600, 1_000_000, 7_200)]
    [TestCase(10, 7_200, 300)]
    public void FutureAllowance_IsA24thOfTheHalfLife_AtMostTwoHours(int spacing, int halfLife, int allowance) =>
        Assert.That(new Asert(TimeSpan.FromSeconds(spacing), TimeSpan.FromSeconds(halfLife)).FutureAllowance, Is.EqualTo(TimeSpan.FromSeconds(allowance)));

    /// <summary>A line of headers, and what the rule carries behind it.</summary>
    private sealed class Scheduled(TargetBounds bounds)
    {
        public TargetLine Line { get; } = new();

        public RuleState State { get; private set; } = RuleState.None;

        public Target Next => s_rule.Next(Line, bounds, State);

        public void Add(ulong milliseconds, Target target)
        {
            Line.Add(milliseconds, target);
            if (Line.Count > 1) State = s_rule.Advance(State, Line.Parent, bounds);
        }
    }
}
