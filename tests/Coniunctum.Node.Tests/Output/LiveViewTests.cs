using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Node.Data;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Output;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Tests.Output;

public sealed class LiveViewTests
{
    [Test]
    public void Draw_InAnyTerminal_StaysWithinIt([Values(0, 1, 5, 12, 30, 79, 200)] int width, [Values(1, 4, 24, 60)] int height)
    {
        LiveView.Line[] lines = [.. LiveView.Draw(SomeView(), SomeStart(), width, height)];

        Assert.That(lines, Has.Length.LessThanOrEqualTo(height).And.Length.GreaterThan(0));
        Assert.That(lines.Select(line => line.Label.Length + line.Text.Length), Has.All.LessThanOrEqualTo(width));
    }

    [Test]
    public void Draw_WithRoom_ShowsEveryRuleWithItsCount()
    {
        string text = string.Join('\n', LiveView.Draw(SomeView(), SomeStart(), 80, 60).Select(line => line.Label + line.Text));

        Assert.That(text, Does.Contain("TagReused 2").And.Contain("PaidToRoot 1").And.Contain("ProofInvalid 1"));
        Assert.That(text, Does.Contain("1 pays 2: 30, in the pool"));
    }

    private static DevView SomeView()
    {
        var tally = new DevTally(0, 0);
        foreach (BlockRule rule in new[] { BlockRule.TagReused, BlockRule.TagReused, BlockRule.PaidToRoot, BlockRule.SignatureInvalid, BlockRule.BalanceInsufficient })
            tally.Add(new Judgement(false, rule, "wrong", Verdict.Invalid(rule, 1, 2), PoolRule.None));
        tally.Add(new Judgement(true, BlockRule.ProofInvalid, "wrong", Verdict.Invalid(BlockRule.ProofInvalid, 1, 2), PoolRule.None));
        tally.Add(new Judgement(false, BlockRule.None, "valid", Verdict.Valid, PoolRule.None) { Transfer = new AcceptedTransfer(default, 1, 2, 30) });
        return new DevView(tally, 3, 1_000_000, TimeSpan.FromSeconds(2));
    }

    private static DevStart SomeStart()
    {
        var options = new DevOptions { Requested = new RequestedSettings(), DrawnSeed = 1, Traffic = 5 };
        var settings = new DevSettings("standard", 1, 1_000_000, TimeSpan.FromSeconds(1), 1_024);
        return new DevStart(options, settings, Profiles.Standard, default, [], default)
        {
            Height = 0,
            Target = Target.ForHashes(1_024),
            HashesPerSecond = 1_000,
            Coverage = RuleCoverage.Of(Profiles.Standard),
        };
    }
}
