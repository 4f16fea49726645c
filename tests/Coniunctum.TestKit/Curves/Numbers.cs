using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.TestKit.Curves;

/// <summary>Inputs that arithmetic gets wrong, random ones, and the way between the two kinds of numbers.</summary>
internal static class Numbers
{
    /// <summary>Numbers below <paramref name="modulus"/>: near 0, the modulus and the limbs' borders, and many random ones.</summary>
    public static List<BigInteger> Below(BigInteger modulus, int randomCount, int seed)
    {
        TestContext.Out.WriteLine(Invariant($"seed {seed}"));
        var numbers = new List<BigInteger>();
        for (int i = 0; i < 4; i++)
        {
            numbers.Add(i);
            numbers.Add(modulus - 1 - i);
            numbers.Add((modulus >> 1) + i - 1);
        }

        foreach (int bit in new[] { 31, 32, 51, 52, 62, 63, 64, 104, 127, 128, 129, 156, 192, 208, 248, 255 })
        {
            numbers.Add(BigInteger.Pow(2, bit));
            numbers.Add(BigInteger.Pow(2, bit) - 1);
            numbers.Add(Mod(-BigInteger.Pow(2, bit)));
        }

        // Each limb of 52 or 64 bits all ones or all zeros.
        for (int pattern = 1; pattern < 32; pattern++)
        {
            BigInteger of52 = 0, of64 = 0;
            for (int limb = 0; limb < 5; limb++)
            {
                if ((pattern >> limb & 1) == 0) continue;
                of52 += ((BigInteger.One << 52) - 1) << (52 * limb);
                of64 += ((BigInteger.One << 64) - 1) << (64 * limb);
            }

            numbers.Add(Mod(of52));
            numbers.Add(Mod(of64));
        }

        var random = new Random(seed);
        byte[] bytes = new byte[32];
        for (int i = 0; i < randomCount; i++)
        {
            random.NextBytes(bytes);
            numbers.Add(Mod(CurveOracle.FromBytes(bytes)));
        }

        return numbers;

        BigInteger Mod(BigInteger value) => CurveOracle.Mod(value, modulus);
    }

    public static FieldElement Field(BigInteger value)
    {
        Assert.That(FieldElement.TryRead(CurveOracle.ToBytes(value), out FieldElement element));
        return element;
    }

    public static Scalar Scalar(BigInteger value)
    {
        Assert.That(Coniunctum.Crypto.Secp256k1.Scalar.TryRead(CurveOracle.ToBytes(value), out Scalar scalar));
        return scalar;
    }

    public static AffinePoint Point((BigInteger X, BigInteger Y) point) => new() { X = Field(point.X), Y = Field(point.Y) };

    /// <summary>The number that an element of any form stands for.</summary>
    public static BigInteger Value(FieldElement element)
    {
        element.Normalize();
        byte[] bytes = new byte[32];
        element.Write(bytes);
        return CurveOracle.FromBytes(bytes);
    }

    public static BigInteger Value(in Scalar scalar)
    {
        byte[] bytes = new byte[32];
        scalar.Write(bytes);
        return CurveOracle.FromBytes(bytes);
    }

    public static (BigInteger X, BigInteger Y) Value(in AffinePoint point) => (Value(point.X), Value(point.Y));

    public static (BigInteger X, BigInteger Y)? Value(in JacobianPoint point)
    {
        if (point.IsInfinity) return null;
        FieldElement.Invert(point.Z, out FieldElement inverse);
        point.ToAffine(inverse, out AffinePoint affine);
        return Value(affine);
    }

    public static (BigInteger X, BigInteger Y)? Value(in ProjectivePoint point)
    {
        if (point.Z.IsZeroModulo()) return null;
        point.ToAffine(out AffinePoint affine);
        return Value(affine);
    }
}
