using System.Numerics;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Crypto.Secp256k1.Lanes;

namespace Coniunctum.Crypto.Tests.Secp256k1.Lanes;

public sealed class LaneDigitsTests
{
    [TestCase(5, 26)]
    [TestCase(11, 12)]
    public unsafe void Write_EdgeAndRandomHalves_GivesOddDigitsThatAddUp(int width, int count)
    {
        const int Seed = 67;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        UInt128[] magnitudes = [0, 1, 2, UInt128.MaxValue, UInt128.MaxValue - 1, UInt128.One << 127, (UInt128.One << 55) - 1, UInt128.One << 55, UInt128.One << 110];
        magnitudes = [.. magnitudes, .. Enumerable.Range(0, 300).Select(_ => new UInt128((ulong)random.NextInt64() << 1, (ulong)random.NextInt64()))];
        long* limbs = stackalloc long[LaneDigits.LimbCount * 2];
        int digitsInLimb = LaneDigits.LimbBits / width;
        foreach (UInt128 magnitude in magnitudes)
        {
            foreach (bool isNegative in new[] { false, true })
            {
                LaneDigits.Write(new HalfScalar(magnitude, isNegative), width * count, limbs, 2);
                BigInteger sum = 0;
                for (int i = count - 1; i >= 0; i--)
                {
                    long window = (limbs[i / digitsInLimb * 2] >> (i % digitsInLimb * width)) & ((1 << width) - 1);
                    sum = (sum << width) + (2 * window) - ((1 << width) - 1);
                }

                BigInteger half = isNegative ? -(BigInteger)magnitude : magnitude;
                Assert.That(sum, Is.EqualTo((2 * half) + 1));
            }
        }
    }
}
