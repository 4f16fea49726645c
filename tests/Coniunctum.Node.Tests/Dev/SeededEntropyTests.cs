using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Tests.Dev;

public sealed class SeededEntropyTests
{
    [Test]
    public void Fill_FollowsTheDocumentedDerivation()
    {
        byte[] bytes = new byte[40];
        new SeededEntropy(258, "account 3").Fill(bytes);

        byte[] label = [.. Encoding.ASCII.GetBytes("coniunctum dev account 3"), 0, 0, 0, 0, 0, 0, 0, 1, 2];
        byte[] first = new byte[32];
        byte[] second = new byte[32];
        Sha3_256.Hash([.. label, 0, 0, 0, 0, 0, 0, 0, 0]).CopyTo(first);
        Sha3_256.Hash([.. label, 0, 0, 0, 0, 0, 0, 0, 1]).CopyTo(second);
        Assert.That(bytes, Is.EqualTo(first.Concat(second.Take(8))));
    }

    [Test]
    public void Below_StaysBelowItsBound_AndReachesAllOfIt()
    {
        var entropy = new SeededEntropy(1, "test");

        int[] drawn = [.. Enumerable.Range(0, 500).Select(_ => entropy.Below(7))];

        Assert.That(drawn.Distinct().Order(), Is.EqualTo(Enumerable.Range(0, 7)));
    }
}
