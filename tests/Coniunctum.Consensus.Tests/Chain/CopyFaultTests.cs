using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

/// <summary>A copy whose body is not its header's must not speak for the honest one (CVE-2012-2459).</summary>
[TestFixtureSource(typeof(World), nameof(World.Formats))]
public sealed class CopyFaultTests(IBlockFormat format)
{
    private static readonly string[] Faults =
        ["a transaction twice", "one less", "none", "two swapped", "another signature", "another reward", "the last two twice"];

    [TestCaseSource(nameof(Faults))]
    public void MutatedBodyFirst_HonestTwinAfter_HonestTwinIsAccepted(string fault)
    {
        var world = new World(format);
        var forge = new Forge(world);
        var node = new ChainHarness(world);
        HashedBlock honest = forge.Next(forge.Genesis, [world.Pay(Alice, Carol, 1), world.Pay(Alice, Bob, 2)]);
        Transaction[] list = [.. honest.Block.Transactions];
        HashedBlock copy = forge.Hash(Forge.With(honest.Block, transactions: fault switch
        {
            "a transaction twice" => [.. list, list[^1]],
            "one less" => list[..^1],
            "none" => [],
            "two swapped" => [list[0], list[2], list[1]],
            "another signature" => [list[0], list[1], Missign(list[2])],
            "another reward" => [forge.Next(forge.Genesis, miner: OtherMiner).Block.Transactions[0], .. list[1..]],
            _ => [.. list, .. list[^2..]],
        }));
        Assert.That(copy.Id, Is.EqualTo(honest.Id));

        Verdict verdict = node.Deliver(copy);
        Assert.That(verdict.Rule, Is.EqualTo(fault is "none" ? BlockRule.Empty : BlockRule.MerkleRootMismatch));
        Assert.That(node.Deliver(copy), Is.EqualTo(verdict));
        Assert.That(node.Deliver(honest), Is.EqualTo(Verdict.Valid));
        Assert.That(node.Core.Tip, Is.SameAs(honest));
        Assert.That(node.Deliver(copy), Is.EqualTo(Verdict.Valid), "the identity is known by now");
        Assert.That(node.Core.Find(honest.Id), Is.SameAs(honest));
    }
}
