using Coniunctum.Crypto.Merkle;

namespace Coniunctum.Crypto.Tests.Merkle;

public sealed class PaddedMerkleTreeTests
{
    [Test]
    public void ComputeRoot_BitcoinBlocks1To255_EqualTheirHeaders()
    {
        int blocks = 0;
        int largest = 0;
        foreach (string line in VectorFile.ReadLines("bitcoin/blocks_1_255.csv").Skip(1))
        {
            BitcoinBlock block = BitcoinBlock.Parse(line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..]);

            MerkleListOutcome outcome = PaddedMerkleTree<DoubleHash<Sha256>>.ComputeRoot(block.TransactionIds, out Hash256 root);

            Assert.That(outcome, Is.EqualTo(MerkleListOutcome.Canonical));
            Assert.That(root, Is.EqualTo(block.MerkleRoot));
            blocks++;
            largest = Math.Max(largest, block.TransactionIds.Length);
        }

        Assert.That(blocks, Is.EqualTo(255));
        Assert.That(largest, Is.GreaterThan(1), "some block has more than its reward");
    }

    [Test]
    public void ComputeRoot_SmallLists_AreAsDefined()
    {
        Hash256[] leaf = MerkleTestData.Leaves(5);

        Assert.That(Root([]), Is.EqualTo(Hash256.Zero));
        Assert.That(Root(leaf.AsSpan(0, 1)), Is.EqualTo(leaf[0]));
        Assert.That(Root(leaf.AsSpan(0, 2)), Is.EqualTo(Node(leaf[0], leaf[1])));
        Assert.That(Root(leaf.AsSpan(0, 3)), Is.EqualTo(Node(Node(leaf[0], leaf[1]), Node(leaf[2], leaf[2]))));
        Hash256 edge = Node(leaf[4], leaf[4]);
        Assert.That(
            Root(leaf),
            Is.EqualTo(Node(Node(Node(leaf[0], leaf[1]), Node(leaf[2], leaf[3])), Node(edge, edge))));

        static Hash256 Node(Hash256 left, Hash256 right) => Sha3_256.Hash(Sha3_256.Hash([.. left.AsSpan(), .. right.AsSpan()]).AsSpan());
    }

    [Test]
    public void ComputeRoot_ManyLeaves_EqualsAPlainLevelByLevelComputation()
    {
        foreach (int count in new[] { 63, 64, 65, 66, 127, 1000, 4097 })
        {
            Hash256[] leaves = MerkleTestData.Leaves(count);
            Hash256[] level = [.. leaves];
            while (level.Length > 1)
            {
                if (level.Length % 2 == 1) level = [.. level, level[^1]];
                level = [.. level.Chunk(2).Select(pair => Sha3_256.DoubleHash([.. pair[0].AsSpan(), .. pair[1].AsSpan()]))];
            }

            Hash256[] before = [.. leaves];
            Assert.That(Root(leaves), Is.EqualTo(level[0]), $"{count} leaves");
            Assert.That(leaves, Is.EqualTo(before), "the leaves are not changed");
        }
    }

    [Test]
    public void ComputeRoot_PaddingWrittenOut_HasTheSameRootAndIsMutated()
    {
        for (int count = 3; count <= 40; count++)
        {
            if (int.IsPow2(count)) continue;
            Hash256[] leaves = MerkleTestData.Leaves(count);

            // The subtree that padding doubles: as many last leaves as the lowest set bit says.
            int doubled = count & -count;
            Hash256[] forged = [.. leaves, .. leaves[^doubled..]];
            MerkleListOutcome outcome = PaddedMerkleTree<DoubleHash<Sha3_256>>.ComputeRoot(forged, out Hash256 root);

            Assert.That(root, Is.EqualTo(Root(leaves)), $"{count} leaves");
            Assert.That(outcome, Is.EqualTo(MerkleListOutcome.Mutated), $"{count} leaves");
        }
    }

    [Test]
    public void ComputeRoot_EqualNeighboursOfDifferentParents_AreNotAMutation()
    {
        Hash256[] leaves = MerkleTestData.Leaves(4);
        leaves[2] = leaves[1];

        Assert.That(PaddedMerkleTree<DoubleHash<Sha3_256>>.ComputeRoot(leaves, out _), Is.EqualTo(MerkleListOutcome.Canonical));
    }

    [Test]
    public void Prove_EveryLeafTo40_VerifiesThereAndNowhereElse()
    {
        for (int count = 1; count <= 40; count++)
        {
            Hash256[] leaves = MerkleTestData.Leaves(count);
            MerkleProofAssertions.ProvesEveryLeafAndNothingElse(
                leaves, Root(leaves), skipsOdd: false, PaddedMerkleTree<DoubleHash<Sha3_256>>.Prove, PaddedMerkleTree<DoubleHash<Sha3_256>>.Verify);
        }
    }

    [Test]
    public void Verify_PaddedCopyAsALeafOfItsOwn_IsRefused()
    {
        Hash256[] leaves = MerkleTestData.Leaves(3);
        Hash256[] forged = [.. leaves, leaves[2]];
        MerkleProof proof = PaddedMerkleTree<DoubleHash<Sha3_256>>.Prove(forged, 3);

        Assert.That(Root(forged), Is.EqualTo(Root(leaves)));
        Assert.That(PaddedMerkleTree<DoubleHash<Sha3_256>>.Verify(Root(leaves), leaves[2], proof), Is.False);
    }

    [Test]
    public void Default_Outcome_IsUnchecked() => Assert.That(default(MerkleListOutcome), Is.EqualTo(MerkleListOutcome.Unchecked));

    private static Hash256 Root(ReadOnlySpan<Hash256> leaves)
    {
        _ = PaddedMerkleTree<DoubleHash<Sha3_256>>.ComputeRoot(leaves, out Hash256 root);
        return root;
    }
}
