using Coniunctum.Crypto;
using Coniunctum.Ledger.Formats;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

public sealed class InvalidBranchTests
{
    [Test]
    [Covers(BlockRule.ParentInvalid)]
    public void Branch_ThatTurnsOutInvalidAtItsFoot_IsRememberedAsInvalidUpToItsTop()
    {
        var world = new World(StandardFormat.Instance);
        var forge = new Forge(world);
        var node = new ChainHarness(world);
        List<HashedBlock> honest = forge.Chain(forge.Genesis, 2);
        node.DeliverAll(honest);

        // Nothing of the branch is executed before its last block makes it win.
        HashedBlock foot = forge.Next(forge.Genesis, miner: OtherMiner, change: header => header with { StateRoot = Sha3_256.Hash("another state"u8) });
        List<HashedBlock> above = forge.Chain(foot, 2, OtherMiner);
        node.DeliverAll([foot, .. above]);

        Assert.That(node.Core.Tip, Is.SameAs(honest[^1]));
        // The top first: each one below would mark the one above it.
        foreach (HashedBlock block in Enumerable.Reverse(above))
            Assert.That(node.Deliver(block), Is.EqualTo(Verdict.Invalid(BlockRule.ParentInvalid, block.Header.Previous.Value, "a parent that is valid")));
        Assert.That(node.Deliver(foot).Rule, Is.EqualTo(BlockRule.StateRootMismatch));
        Assert.That(node.Deliver(forge.Next(above[^1], miner: OtherMiner)).Rule, Is.EqualTo(BlockRule.ParentInvalid));
    }
}
