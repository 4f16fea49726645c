using System.Numerics;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Tests.ForkChoice;

/// <summary>Sums and differences of weights against big integers, at the borders of the parts that a number is kept in.</summary>
public sealed class SignedWeightTests
{
    private static readonly BigInteger[] s_numbers = Numbers();

    [Test]
    public void Compare_OfSumsAndDifferences_IsThatOfNumbers()
    {
        foreach (BigInteger a in s_numbers)
        {
            foreach (BigInteger b in s_numbers)
            {
                Check(Of(a), a, Of(b), b);
                Check(Of(a) - Of(b), a - b, SignedWeight.Zero, 0);
                Check(Of(a) + Of(b), a + b, Of(a), a);
                Check(Of(a) - Of(b) + Of(b), a, Of(a), a);
                Check(Of(a) + Of(b) - Of(a), b, Of(b), b);
                Check(Of(a) - Of(b) - Of(a), -b, SignedWeight.Zero - Of(b), -b);
                Check(Of(a) - Of(b) + SignedWeight.One, a - b + 1, Of(a) - Of(b), a - b);
                Assert.That((Of(a) - Of(b)).IsPositive, Is.EqualTo(a > b), Invariant($"{a} - {b}"));
                Assert.That((Of(a) + Of(b)).IsPositive, Is.EqualTo(a + b > 0), Invariant($"{a} + {b}"));
            }
        }
    }

    [Test]
    public void Infinite_IsMoreThanAnySum()
    {
        SignedWeight sum = SignedWeight.Zero;
        for (int i = 0; i < 1_000; i++) sum += Of(s_numbers[^1]);
        Assert.That(SignedWeight.Compare(SignedWeight.Infinite, sum), Is.Positive);
        Assert.That(SignedWeight.Infinite.IsInfinite, Is.True);
        Assert.That(sum.IsInfinite || SignedWeight.Zero.IsInfinite, Is.False);
        Assert.That(SignedWeight.Zero.IsPositive, Is.False);
    }

    private static void Check(SignedWeight left, BigInteger leftValue, SignedWeight right, BigInteger rightValue)
    {
        if (Math.Sign(SignedWeight.Compare(left, right)) != leftValue.CompareTo(rightValue))
            Assert.Fail(Invariant($"{leftValue} against {rightValue}"));
    }

    private static BigInteger[] Numbers()
    {
        BigInteger middle = BigInteger.One << 128, end = BigInteger.One << 256;
        return [0, 1, 2, middle - 2, middle - 1, middle, middle + 1, (middle << 1) - 1, end - middle - 1, end - middle, end - 2, end - 1];
    }

    private static SignedWeight Of(BigInteger value)
    {
        byte[] bytes = new byte[32];
        value.TryWriteBytes(bytes.AsSpan(32 - value.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return SignedWeight.Of(Work.FromBytes(new Hash256(bytes)));
    }
}
