using Coniunctum.Consensus.Chain;
using Coniunctum.Crypto;
using Coniunctum.Mining.Difficulty;
using static Coniunctum.TestKit.Chains.World;

namespace Coniunctum.Consensus.Tests.Chain;

public sealed class UnknownNodeTests
{
    [Test]
    public void Next_BehindWhatWasShown_ShowsThatToo()
    {
        UnknownNode certified = First(3, [Alice], isCertified: true);
        UnknownNode next = Next(certified, [Bob], isCertified: false);
        Assert.That(next.IsCertified, Is.True);
        Assert.That(next.Signers, Is.EquivalentTo(new[] { Alice, Bob }));

        UnknownNode bare = First(3, [], isCertified: false);
        Assert.That(Next(bare, [], isCertified: false).IsCertified, Is.False);
        Assert.That(Next(bare, [], isCertified: true).IsCertified, Is.True);
    }

    [Test]
    public void Line_OverAFork_ShowsItsOwnHeadersAboveAndTheForksBelow()
    {
        TargetLine fork = new TargetLine().Add(0, Target.One).Add(1, Target.One).Add(2, Target.One);
        UnknownNode third = First(3, [], isCertified: false);
        UnknownNode fourth = Next(third, [], isCertified: false);
        var line = new UnknownNode.Line(fourth, fork);
        Assert.That(line.Parent, Is.EqualTo(fourth.Header));
        Assert.That(line.At(4), Is.EqualTo(fourth.Header));
        Assert.That(line.At(3), Is.EqualTo(third.Header));
        for (ulong height = 0; height <= 2; height++) Assert.That(line.At(height), Is.EqualTo(fork.At(height)));
        Assert.That(() => line.At(5), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(new UnknownNode.Line(null, fork).Parent, Is.EqualTo(fork.Parent));
        Assert.That(() => new UnknownNode.Line(null, fork).At(3), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    // What lies below is only carried on.
    private static UnknownNode First(ulong height, Address[] signers, bool isCertified) =>
        UnknownNode.First(Header(height), null, null!, Work.Zero, Work.Zero, RuleState.None, new UnknownNode.Shown(signers, isCertified), 0, 1);

    private static UnknownNode Next(UnknownNode parent, Address[] signers, bool isCertified) =>
        parent.Next(Header(parent.Header.Height + 1), Work.Zero, RuleState.None, new UnknownNode.Shown(signers, isCertified), 2);

    private static HeaderView Header(ulong height) => new(
        new BlockHeader { Height = height, Nonce = 0, Previous = default, MerkleRoot = Hash256.Zero, Target = default, Timestamp = default },
        new BlockId(Sha3_256.Hash([(byte)height])),
        new byte[] { 1 });
}
