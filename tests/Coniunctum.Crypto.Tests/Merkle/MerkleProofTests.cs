using Coniunctum.Crypto.Merkle;

namespace Coniunctum.Crypto.Tests.Merkle;

public sealed class MerkleProofTests
{
    [Test]
    public void RequiredPathLength_EveryPlaceTo130_CountsTheSiblings()
    {
        for (int count = 0; count <= 130; count++)
        {
            for (int index = -1; index <= count; index++)
            {
                int expected = index >= 0 && index < count ? MerkleTestData.Shape(index, count, skipsOdd: true).Length : -1;
                Assert.That(MerkleProof.RequiredPathLength(index, count), Is.EqualTo(expected), $"leaf {index} of {count}");
            }
        }
    }

    [Test]
    public void RequiredPathLength_LargestTree_Is63()
    {
        Assert.That(MerkleProof.RequiredPathLength(0, long.MaxValue), Is.EqualTo(63));
        Assert.That(MerkleProof.RequiredPathLength(long.MaxValue, long.MaxValue), Is.EqualTo(-1));
    }

    [Test]
    public void Constructor_DefaultPath_Throws() => Assert.That(() => new MerkleProof(0, 1, default), Throws.ArgumentException);
}
