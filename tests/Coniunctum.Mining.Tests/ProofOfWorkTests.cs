using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Mining.Puzzles;

namespace Coniunctum.Mining.Tests;

public sealed class ProofOfWorkTests
{
    private static readonly TimeSpan s_spacing = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_halfLife = TimeSpan.FromHours(1);

    public static IEnumerable<TestCaseData> Impossible
    {
        get
        {
            Target limit = Target.ForHashes(100);
            yield return Case("at least 1", () => new ProofOfWork(Hash256.Zero));
            yield return Case("at least 1", () => new ProofOfWork(default, new Asert(s_spacing, s_halfLife)));
            yield return Case("at least 1", () => new ProofOfWork(limit, new Asert(s_spacing, s_halfLife), default(Target)));
            yield return Case("above the limit", () => new ProofOfWork(limit, new Asert(s_spacing, s_halfLife), Target.ForHashes(99)));
            yield return Case("its own limit", () => new ProofOfWork(limit, new ConstantTarget(), Target.ForHashes(101)));
            yield return Case("spacing", () => new ProofOfWork(limit, new Asert(TimeSpan.Zero, s_halfLife)));
            yield return Case("spacing", () => new ProofOfWork(limit, new Asert(-s_spacing, s_halfLife)));
            yield return Case("spacing", () => new ProofOfWork(limit, new Asert(TimeSpan.FromTicks(15_000), s_halfLife)));
            yield return Case("spacing", () => new ProofOfWork(limit, new Asert(TimeSpan.FromDays(367), s_halfLife)));
            yield return Case("half-life", () => new ProofOfWork(limit, new Asert(s_spacing, TimeSpan.Zero)));
            yield return Case("spacing", () => new ProofOfWork(limit, new Lwma(TimeSpan.Zero)));
            yield return Case("window", () => new ProofOfWork(limit, new Lwma(s_spacing, 0)));
            yield return Case("window", () => new ProofOfWork(limit, new Lwma(s_spacing, 1_001)));
            yield return Case("spacing", () => new ProofOfWork(limit, new BitcoinRetarget(TimeSpan.Zero)));
            yield return Case("window", () => new ProofOfWork(Target.ForHashes(1 << 16), new BitcoinRetarget(s_spacing, 1)));
            yield return Case("compact target", () => new ProofOfWork(Target.ForHashes(3), new BitcoinRetarget(s_spacing)));
        }
    }

    [TestCaseSource(nameof(Impossible))]
    public void New_ImpossibleParameters_AreRefusedWithTheReason(string reason, Func<ProofOfWork> make) =>
        Assert.That(() => make(), Throws.ArgumentException.With.Message.Contains(reason));

    [Test]
    public void Build_RuleThatReadsTime_NeedsAFormatThatHasIt()
    {
        var spec = new ProofOfWork(Target.ForHashes(2), new Asert(s_spacing, s_halfLife));
        ChainProfile profile = World.ProfileOf(Int32CoinFormat.Instance);
        Assert.That(() => spec.Build(profile, default), Throws.ArgumentException.With.Message.Contains("int32coin carries no timestamps"));
        Assert.That(() => spec.Build(World.ProfileOf(StandardFormat.Instance), default), Throws.Nothing);
    }

    [Test]
    public void Build_WhereTheLongestChainWins_NeedsATargetThatStays()
    {
        ChainProfile profile = World.ProfileOf(StandardFormat.Instance);
        foreach (IDifficultyRule rule in new IDifficultyRule[] { new Asert(s_spacing, s_halfLife), new Lwma(s_spacing), new BitcoinRetarget(s_spacing) })
        {
            var moving = new ProofOfWork(Target.ForHashes(1 << 16), rule) { ForkChoice = ForkChoiceRule.Longest };
            Assert.That(() => moving.Build(profile, default), Throws.ArgumentException.With.Message.Contains("many cheap blocks would beat few dear ones"), rule.Name);
        }

        Assert.That(() => new ProofOfWork(Target.ForHashes(2).Value) { ForkChoice = ForkChoiceRule.Longest }.Build(profile, default), Throws.Nothing);
    }

    [Test]
    public void Parameters_OfAConstantTarget_AreThoseOfTheFirstChains() =>
        Assert.That(Names(new ProofOfWork(Target.ForHashes(2).Value)), Is.EqualTo(new[] { "target", "target.rule" }));

    [Test]
    public void Parameters_NameRuleLimitPaceAndPuzzle()
    {
        var spec = new ProofOfWork(Target.ForHashes(2), new Asert(s_spacing, s_halfLife), Target.ForHashes(3), SquareSum.Bound);
        Assert.That(Names(spec), Is.EqualTo(new[] { "target", "target.rule", "target.limit", "asert.spacing", "asert.halflife", "puzzle" }));
        Assert.That(spec.Parameters.Select(parameter => parameter.Value.ToString()), Is.EqualTo(new[]
        {
            Target.ForHashes(3).ToString(), "asert2", Target.ForHashes(2).ToString(), "10000", "3600000", "square-sum-bound",
        }));
    }

    [Test]
    public void Parameters_OfOtherRules_AreAllThere()
    {
        Assert.That(Names(new ProofOfWork(Target.ForHashes(2), new Lwma(s_spacing))), Does.Contain("lwma.spacing").And.Contain("lwma.window"));
        Assert.That(Names(new ProofOfWork(Target.ForHashes(1 << 16), new BitcoinRetarget(s_spacing))), Does.Contain("bitcoin.spacing").And.Contain("bitcoin.window"));
    }

    [Test]
    [Covers(BlockRule.TimestampTooNew)]
    public void Check_HeaderFurtherAheadThanTheRuleAllows_IsDeferredUntilThen()
    {
        var spec = new ProofOfWork(Target.Max, new Asert(s_spacing, TimeSpan.FromHours(2)));
        IConsensusRule rule = spec.Build(World.ProfileOf(StandardFormat.Instance), default).Rule;
        TargetLine line = new TargetLine().Add(1_000_000, Target.Max);
        HeaderView header = new TargetLine(1).Add(2_000_000, Target.Max).Parent;
        // Two hours' 24th are 300 s.
        Verdict early = rule.Check(header, line, RuleState.None, new Timestamp(1_699_999), new SealClaims());
        Assert.That((early.Kind, early.Until), Is.EqualTo((VerdictKind.Deferred, new Timestamp(1_700_000))));
        Assert.That(rule.Check(header, line, RuleState.None, early.Until, new SealClaims()), Is.EqualTo(Verdict.Valid));
        Assert.That(rule.Check(header, line, RuleState.None, null, new SealClaims()), Is.EqualTo(Verdict.Valid));
    }

    private static string[] Names(ProofOfWork spec) => [.. spec.Parameters.Select(parameter => parameter.Name)];

    private static TestCaseData Case(string reason, Func<ProofOfWork> make) => new(reason, make);
}
