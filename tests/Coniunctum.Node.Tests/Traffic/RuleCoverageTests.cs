using Coniunctum.Ledger;
using Coniunctum.Node.Dev;
using Coniunctum.Node.Traffic;

namespace Coniunctum.Node.Tests.Traffic;

public sealed class RuleCoverageTests
{
    // By reflection: a rule that is added to the ledger must be broken here, or someone must say why it cannot be.
    [TestCaseSource(typeof(DevProfile), nameof(DevProfile.Bases))]
    public void Of_AProfile_AccountsForEveryRule(ChainProfile profile)
    {
        RuleCoverage coverage = RuleCoverage.Of(profile);

        BlockRule[] broken = [.. coverage.ByTransfers.Union(coverage.ByBlocks)];
        Assert.That(broken.Concat(coverage.Unbreakable.Keys), Is.EquivalentTo(Enum.GetValues<BlockRule>().Where(rule => rule != BlockRule.None)));
        Assert.That(coverage.Unbreakable.Values, Has.All.Not.Empty);
    }

    [TestCaseSource(typeof(DevProfile), nameof(DevProfile.Bases))]
    public void BlockCourt_RefusesEveryInvalidBlockUnderItsRule(ChainProfile profile)
    {
        var probe = new InvalidBlockProbe(profile, profile.Signatures.AddressOf(KeyOfOne()), new Timestamp(1_800_000_000_000), new SeededEntropy(5, "test"));

        Judgement[] judgements = [.. probe.Run()];

        Assert.That(judgements.Select(judgement => judgement.RuleName), Is.EqualTo(judgements.Select(judgement => judgement.Intended.ToString())));
        Assert.That(judgements.Select(judgement => judgement.Intended).Distinct(), Is.EquivalentTo(RuleCoverage.Of(profile).ByBlocks));
    }

    private static Crypto.PublicKey KeyOfOne()
    {
        byte[] one = new byte[32];
        one[^1] = 1;
        Crypto.PrivateKey.Read(one, out Crypto.PrivateKey? key);
        using (key) return key!.PublicKey;
    }
}
