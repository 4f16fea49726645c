using Coniunctum.Crypto;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining.Tests;

/// <summary>The comparison that everything rests on, with proofs that are given instead of found.</summary>
public sealed class ProofOfWorkRuleTests
{
    private static readonly Target s_target = Target.ForHashes(1_000);
    private static readonly Hash256 s_below = Neighbour(-1);
    private static readonly Hash256 s_above = Neighbour(1);

    [Test]
    [Covers(BlockRule.ProofInvalid)]
    public void Check_ProofAroundTheTarget_IsValidOnlyBelowIt()
    {
        Assert.That(Check(s_below, mayEqual: false), Is.EqualTo(Verdict.Valid));
        Assert.That(Check(s_target.Value, mayEqual: false), Is.EqualTo(Verdict.Invalid(BlockRule.ProofInvalid, s_target.Value, s_target.Value)));
        Assert.That(Check(s_above, mayEqual: false).Rule, Is.EqualTo(BlockRule.ProofInvalid));
    }

    [Test]
    public void Check_ProofAroundTheTarget_UnderBitcoinsRule_MayEqualIt()
    {
        Assert.That(Check(s_below, mayEqual: true), Is.EqualTo(Verdict.Valid));
        Assert.That(Check(s_target.Value, mayEqual: true), Is.EqualTo(Verdict.Valid));
        Assert.That(Check(s_above, mayEqual: true).Rule, Is.EqualTo(BlockRule.ProofInvalid));
    }

    private static Verdict Check(Hash256 proof, bool mayEqual)
    {
        var rule = new ProofOfWorkRule(new ConstantTarget(), new TargetBounds(s_target, s_target), (in HeaderView _) => proof, mayEqual, hasTime: false);
        TargetLine line = new TargetLine().Add(1_000, s_target);
        HeaderView header = new TargetLine(1).Add(2_000, s_target).Parent;
        return rule.Check(header, line, RuleState.None, null, new SealClaims());
    }

    private static Hash256 Neighbour(int difference)
    {
        byte[] bytes = s_target.Value.AsSpan().ToArray();
        bytes[^1] = (byte)(bytes[^1] + difference);
        Assert.That(Math.Abs(bytes[^1] - s_target.Value.AsSpan()[^1]), Is.EqualTo(1), "the last byte takes it without a carry");
        return new Hash256(bytes);
    }
}
