using Coniunctum.Crypto;
using Coniunctum.Crypto.Merkle;
using Coniunctum.Interop.Tests.Support;
using NBitcoin;
using Tree = Coniunctum.Crypto.Merkle.PaddedMerkleTree<Coniunctum.Crypto.DoubleHash<Coniunctum.Crypto.Sha256>>;

namespace Coniunctum.Interop.Tests.NBitcoin;

/// <summary>Bitcoin's Merkle trees: roots, and proofs against its partial trees.</summary>
[Category("Long")]
public sealed class NBitcoinMerkleTests
{
    [Test]
    public void Root_EveryCount_IsTheSame()
    {
        var comparison = new Comparison(Packages.NBitcoin, 6962);
        int most = Comparison.Count(300, 2_500);
        for (int count = 1; count <= most; count++)
        {
            Hash256[] leaves = [.. Enumerable.Range(0, count).Select(_ => new Hash256(comparison.Bytes(Hash256.Size)))];
            Assert.That(Tree.ComputeRoot(leaves, out Hash256 root), Is.EqualTo(MerkleListOutcome.Canonical));
            comparison.Same(root.AsSpan(), MerkleNode.GetRoot(leaves.Select(Theirs)).Hash.ToBytes(), "root", count);
        }

        comparison.End(most);
    }

    [Test]
    public void Root_OfAListWithItsEndRepeated_IsTheSameThere_AndMutatedHere()
    {
        // CVE-2012-2459: a list that repeats its odd end has the root of the shorter list.
        var comparison = new Comparison(Packages.NBitcoin, 2459);
        for (int count = 3; count < 100; count += 2)
        {
            Hash256[] leaves = [.. Enumerable.Range(0, count).Select(_ => new Hash256(comparison.Bytes(Hash256.Size)))];
            Hash256[] repeated = [.. leaves, leaves[^1]];
            comparison.Same(Tree.ComputeRoot(repeated, out Hash256 root), MerkleListOutcome.Mutated, "outcome", count);
            comparison.Same(root.AsSpan(), MerkleNode.GetRoot(leaves.Select(Theirs)).Hash.ToBytes(), "root", count);
        }

        comparison.End(98);
    }

    [Test]
    public void Proof_OfEveryLeaf_HoldsTheHashesOfThePartialTree()
    {
        var comparison = new Comparison(Packages.NBitcoin, 37);
        int most = Comparison.Count(40, 150);
        for (int count = 1; count <= most; count++)
        {
            Hash256[] leaves = [.. Enumerable.Range(0, count).Select(_ => new Hash256(comparison.Bytes(Hash256.Size)))];
            _ = Tree.ComputeRoot(leaves, out Hash256 root);
            for (int index = 0; index < count; index++)
            {
                MerkleProof proof = Tree.Prove(leaves, index);
                var partial = new PartialMerkleTree([.. leaves.Select(Theirs)], [.. Enumerable.Range(0, count).Select(i => i == index)]);
                comparison.Same(partial.Check(Theirs(root)), Tree.Verify(root, leaves[index], proof), "proof", (count, index));
                // A node that is paired with itself is in our path; the partial tree leaves it to the reader.
                HashSet<uint256> ours = [.. proof.Path.Select(Theirs), Theirs(leaves[index])];
                comparison.Same(partial.Hashes.All(ours.Contains), true, "hashes", (count, index));
                comparison.Same(partial.GetMatchedTransactions().Single(), Theirs(leaves[index]), "leaf", (count, index));
            }
        }

        comparison.End(3 * most * most / 2);
    }

    private static uint256 Theirs(Hash256 hash) => new(hash.ToArray());
}
