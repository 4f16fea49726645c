using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Tests.Support;

namespace Coniunctum.Ledger.Tests.State;

public sealed class HistoryTreeTests
{
    [SetUp]
    public void RequireSha3() => Plain.RequireSha3();

    [Test]
    public void Root_EveryNumberOfBlocks_EqualsTheNaiveTree()
    {
        const int seed = 0x4157;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var blocks = new List<(BlockId Id, BigInteger Work)>();
        HistoryTree tree = HistoryTree.Empty;
        for (int count = 0; count <= 130; count++)
        {
            Assert.That(tree.Leaves, Is.EqualTo((ulong)count));
            Assert.That(tree.Root.ToArray(), Is.EqualTo(NaiveTrees.HistoryRoot(blocks)), $"{count} blocks");

            // Work of every length, small enough for the sums.
            byte[] work = new byte[32];
            random.NextBytes(work.AsSpan(2 + random.Next(30)));
            var id = new BlockId(Samples.DrawHash(random));
            blocks.Add((id, new BigInteger(work, isUnsigned: true, isBigEndian: true)));
            tree = tree.With(id, Work.FromBytes(new Hash256(work)));
        }
    }

    [Test]
    public void With_WorkThatDoesNotFit_CountsAsTheLargest()
    {
        BigInteger max = (BigInteger.One << 256) - 1;
        var blocks = new List<(BlockId Id, BigInteger Work)>();
        HistoryTree tree = HistoryTree.Empty;
        for (byte i = 0; i < 8; i++)
        {
            blocks.Add((new BlockId(Plain.Fill(i)), i % 2 == 0 ? max : 3));
            tree = tree.With(blocks[^1].Id, i % 2 == 0 ? Work.Max : Work.From(3));
            Assert.That(tree.Root.ToArray(), Is.EqualTo(NaiveTrees.HistoryRoot(blocks)), $"{i + 1} blocks");
        }
    }

    [Test]
    public void With_OlderTree_StaysAsItWas()
    {
        HistoryTree before = HistoryTree.Empty.With(new BlockId(Plain.Fill(1)), Work.From(1));
        Hash256 root = before.Root;

        Assert.That(before.With(new BlockId(Plain.Fill(2)), Work.From(1)).Root, Is.Not.EqualTo(root));
        Assert.That(before.Root, Is.EqualTo(root));
    }
}
