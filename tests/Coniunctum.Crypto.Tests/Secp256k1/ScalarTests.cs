using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class ScalarTests
{
    private static readonly BigInteger N = CurveOracle.Secp256k1.N;
    private static readonly BigInteger Lambda = CurveOracle.Hex("5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72");

    [Test]
    public void TryRead_NumberNotBelowN_IsRefusedAndReduced()
    {
        foreach (BigInteger number in new[] { N, N + 1, CurveOracle.Secp256k1.P, BigInteger.Pow(2, 256) - 1 })
        {
            Assert.That(Scalar.TryRead(CurveOracle.ToBytes(number), out Scalar value), Is.False);
            Assert.That(Numbers.Value(value), Is.EqualTo(number - N));
        }

        Assert.That(Scalar.TryRead(CurveOracle.ToBytes(N - 1), out _), Is.True);
    }

    [Test]
    public void AddMultiply_AllPairs_EqualTheOracle()
    {
        List<BigInteger> numbers = Numbers.Below(N, 60, seed: 21);
        foreach (BigInteger a in numbers)
        {
            foreach (BigInteger b in numbers)
            {
                Scalar.Add(Numbers.Scalar(a), Numbers.Scalar(b), out Scalar sum);
                Scalar.Multiply(Numbers.Scalar(a), Numbers.Scalar(b), out Scalar product);
                if (Numbers.Value(sum) != (a + b) % N || Numbers.Value(product) != a * b % N) Assert.Fail(Invariant($"{a}, {b}"));
            }
        }
    }

    [Test]
    public void NegateInvertIsHigh_EqualTheOracle()
    {
        foreach (BigInteger a in Numbers.Below(N, 400, seed: 22))
        {
            Scalar scalar = Numbers.Scalar(a);
            Scalar.Negate(scalar, out Scalar negative);
            Scalar.NegateWhere(0, scalar, out Scalar unchanged);
            Scalar.Invert(scalar, out Scalar inverse);
            Assert.That(Numbers.Value(negative), Is.EqualTo(CurveOracle.Mod(-a, N)));
            Assert.That(Numbers.Value(unchanged), Is.EqualTo(a));
            Assert.That(Numbers.Value(inverse), Is.EqualTo(CurveOracle.Inverse(a, N)));
            Assert.That(scalar.IsHigh(), Is.EqualTo(a > (N - 1) / 2 ? 1UL : 0UL));
        }
    }

    [Test]
    public void TryToFieldPlusOrder_OnlyBelowPMinusN_Succeeds()
    {
        BigInteger gap = CurveOracle.Secp256k1.P - N;
        foreach (BigInteger r in new[] { BigInteger.Zero, 1, gap - 1 })
        {
            Assert.That(Numbers.Scalar(r).TryToFieldPlusOrder_Vartime(out FieldElement x), Is.True);
            Assert.That(Numbers.Value(x), Is.EqualTo(r + N));
        }

        foreach (BigInteger r in new[] { gap, gap + 1, BigInteger.Pow(2, 256) - N, N - 1 })
            Assert.That(Numbers.Scalar(r).TryToFieldPlusOrder_Vartime(out _), Is.False);
    }

    [Test]
    public void ToSignedWindows_DigitsAddUpToTheNumberOrItsNegative()
    {
        byte[] windows = new byte[64];
        foreach (BigInteger k in Numbers.Below(N, 400, seed: 23))
        {
            ulong negated = Numbers.Scalar(k).ToSignedWindows(windows);
            BigInteger sum = 0;
            for (int i = 63; i >= 0; i--)
                sum = (sum << 4) + (2 * windows[i]) - 15;

            Assert.That(negated, Is.EqualTo(k.IsEven ? ulong.MaxValue : 0));
            Assert.That(sum, Is.EqualTo(k.IsEven ? N - k : k));
        }
    }

    [Test]
    public void SplitByEndomorphism_HalvesAreShortAndAddUp()
    {
        foreach (BigInteger k in Numbers.Below(N, 3000, seed: 24))
        {
            Scalar.SplitByEndomorphism_Vartime(Numbers.Scalar(k), out HalfScalar k1, out HalfScalar k2);
            Assert.That(CurveOracle.Mod(Signed(k1) + (Signed(k2) * Lambda), N), Is.EqualTo(k));
        }

        static BigInteger Signed(HalfScalar half) => half.IsNegative ? -(BigInteger)half.Magnitude : half.Magnitude;
    }

    [Test]
    public void WriteDigits_AreOddSparseAndAddUp([Values(2, 5, 12, 15)] int width)
    {
        const int Seed = 25;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        UInt128[] magnitudes = [0, 1, 2, 3, UInt128.MaxValue, UInt128.MaxValue - 1, UInt128.One << 127, (UInt128.One << 64) - 1, UInt128.One << 64];
        magnitudes = [.. magnitudes, .. Enumerable.Range(0, 300).Select(_ => new UInt128((ulong)random.NextInt64() << random.Next(2), (ulong)random.NextInt64()))];
        short[] digits = new short[129];
        foreach (UInt128 magnitude in magnitudes)
        {
            bool negative = random.Next(2) == 1;
            Array.Fill(digits, (short)99);
            new HalfScalar(magnitude, negative).WriteDigits_Vartime(width, digits);

            BigInteger sum = 0;
            int zeros = width;
            for (int i = 0; i < digits.Length; i++)
            {
                sum += (BigInteger)digits[i] << i;
                if (digits[i] == 0)
                {
                    zeros++;
                    continue;
                }

                Assert.That(zeros, Is.GreaterThanOrEqualTo(width - 1));
                Assert.That(digits[i] % 2, Is.Not.Zero);
                Assert.That(Math.Abs(digits[i]), Is.LessThan(1 << (width - 1)));
                zeros = 0;
            }

            Assert.That(sum, Is.EqualTo(negative ? -(BigInteger)magnitude : (BigInteger)magnitude));
        }
    }
}
