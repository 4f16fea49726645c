using System.Numerics;

namespace Coniunctum.Ledger.Tests;

public sealed class WorkTests
{
    [Test]
    public void TrySubtract_RandomWorks_IsWhatNumbersSay()
    {
        const int seed = 0x30;
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var random = new Random(seed);
        for (int i = 0; i < 1000; i++)
        {
            Work left = Draw(random);
            Work right = i % 7 == 0 ? left : Draw(random);
            bool isThere = Work.TrySubtract(left, right, out Work difference);
            BigInteger expected = NumberOf(left) - NumberOf(right);
            Assert.That(isThere, Is.EqualTo(expected >= 0));
            Assert.That(NumberOf(difference), Is.EqualTo(isThere ? expected : BigInteger.Zero));
        }
    }

    private static BigInteger NumberOf(Work work) => new(work.ToBytes().AsSpan(), isUnsigned: true, isBigEndian: true);

    private static Work Draw(Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes.AsSpan(random.Next(32)));
        return Work.FromBytes(new Crypto.Hash256(bytes));
    }
}
