using System.Collections.Immutable;
using Coniunctum.Crypto.Merkle;

namespace Coniunctum.Crypto.Tests.Merkle;

/// <summary>What every proof of either tree must do.</summary>
internal static class MerkleProofAssertions
{
    public delegate MerkleProof Prover(ReadOnlySpan<Hash256> leaves, int index);

    public delegate bool Verifier(Hash256 root, Hash256 leaf, MerkleProof proof);

    /// <summary>
    /// Checks a proof for each leaf of a list: it verifies, and no longer when a bit, a place, a count or the path's length
    /// is changed.
    /// </summary>
    public static void ProvesEveryLeafAndNothingElse(Hash256[] leaves, Hash256 root, bool skipsOdd, Prover prove, Verifier verify)
    {
        int count = leaves.Length;
        for (int index = 0; index < count; index++)
        {
            MerkleProof proof = prove(leaves, index);
            Hash256 leaf = leaves[index];
            string shape = MerkleTestData.Shape(index, count, skipsOdd);
            string place = Invariant($"leaf {index} of {count}");

            Assert.That((proof.LeafIndex, proof.LeafCount), Is.EqualTo(((long)index, (long)count)), place);
            Assert.That(proof.Path, Has.Length.EqualTo(shape.Count(side => side != '-')), place);
            Assert.That(verify(root, leaf, proof), Is.True, place);

            Assert.That(verify(MerkleTestData.Flip(root, index % 256), leaf, proof), Is.False, place);
            Assert.That(verify(root, MerkleTestData.Flip(leaf, index % 256), proof), Is.False, place);
            for (int step = 0; step < proof.Path.Length; step++)
            {
                ImmutableArray<Hash256> path = proof.Path.SetItem(step, MerkleTestData.Flip(proof.Path[step], 7 * step));
                Assert.That(verify(root, leaf, new MerkleProof(index, count, path)), Is.False, $"{place}, step {step}");
            }

            Assert.That(verify(root, leaf, new MerkleProof(index, count, proof.Path.Add(root))), Is.False, place);
            Assert.That(verify(root, leaf, new MerkleProof(index, count, proof.Path.Add(leaf))), Is.False, place);
            if (proof.Path.Length > 0)
                Assert.That(verify(root, leaf, new MerkleProof(index, count, proof.Path.RemoveAt(proof.Path.Length - 1))), Is.False, place);

            for (int other = -2; other < count + 3; other++)
            {
                bool sameWay = other >= 0 && other < count && shape.Equals(MerkleTestData.Shape(other, count, skipsOdd), StringComparison.Ordinal);
                Assert.That(verify(root, leaf, new MerkleProof(other, count, proof.Path)), Is.EqualTo(sameWay), $"{place} as {other}");
                if (other != index) Assert.That(sameWay, Is.False, "no two leaves of a tree have the same way");
            }

            // A root does not commit to the count: counts that give the same way verify, all others must not.
            for (int other = -1; other <= 80; other++)
            {
                bool sameWay = other > index && shape.Equals(MerkleTestData.Shape(index, other, skipsOdd), StringComparison.Ordinal);
                Assert.That(verify(root, leaf, new MerkleProof(index, other, proof.Path)), Is.EqualTo(sameWay), $"{place}, as of {other}");
            }

            Assert.That(verify(root, leaf, new MerkleProof(long.MaxValue, long.MinValue, proof.Path)), Is.False, place);
            Assert.That(verify(root, leaf, new MerkleProof(long.MaxValue - 1, long.MaxValue, proof.Path)), Is.False, place);
        }
    }
}
