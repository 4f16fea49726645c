using System.Numerics;

namespace Coniunctum.TestKit.Curves;

/// <summary>
/// The curve y² = x³ + b over big integers, by the definitions alone: slow, and the measure of the fast code. A point is null
/// at infinity.
/// </summary>
internal sealed class CurveOracle(BigInteger p, BigInteger n, BigInteger b, (BigInteger X, BigInteger Y) generator)
{
    /// <summary>secp256k1 (SEC 2, §2.4.1), written out once more.</summary>
    public static CurveOracle Secp256k1 { get; } = new(
        BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977,
        Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141"),
        7,
        (Hex("79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798"),
         Hex("483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8")));

    public BigInteger P => p;

    public BigInteger N => n;

    public (BigInteger X, BigInteger Y) Generator => generator;

    public static BigInteger Hex(string digits) => new(Convert.FromHexString(digits), isUnsigned: true, isBigEndian: true);

    public static BigInteger Mod(BigInteger value, BigInteger modulus)
    {
        BigInteger remainder = value % modulus;
        return remainder.Sign < 0 ? remainder + modulus : remainder;
    }

    /// <summary>The inverse by Euclid's algorithm; zero for zero.</summary>
    public static BigInteger Inverse(BigInteger value, BigInteger prime)
    {
        (BigInteger a, BigInteger b) = (Mod(value, prime), prime);
        (BigInteger x, BigInteger y) = (BigInteger.One, BigInteger.Zero);
        while (!a.IsZero)
        {
            BigInteger quotient = b / a;
            (a, b) = (b - (quotient * a), a);
            (x, y) = (y - (quotient * x), x);
        }

        return b.IsOne ? Mod(y, prime) : BigInteger.Zero;
    }

    public static byte[] ToBytes(BigInteger value)
    {
        byte[] bytes = new byte[32];
        Assert.That(value.TryWriteBytes(bytes.AsSpan(32 - value.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true));
        return bytes;
    }

    public static BigInteger FromBytes(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    public bool IsOnCurve((BigInteger X, BigInteger Y) point) => Mod((point.Y * point.Y) - BigInteger.Pow(point.X, 3) - b, p).IsZero;

    public (BigInteger X, BigInteger Y)? Negate((BigInteger X, BigInteger Y)? point) =>
        point is { } value ? (value.X, Mod(-value.Y, p)) : null;

    public (BigInteger X, BigInteger Y)? Add((BigInteger X, BigInteger Y)? left, (BigInteger X, BigInteger Y)? right)
    {
        if (left is not { } l) return right;
        if (right is not { } r) return left;
        if (l.X == r.X && Mod(l.Y + r.Y, p).IsZero) return null;
        BigInteger slope = l == r
            ? 3 * l.X * l.X * Inverse(2 * l.Y, p)
            : (r.Y - l.Y) * Inverse(r.X - l.X, p);
        BigInteger x = Mod((slope * slope) - l.X - r.X, p);
        return (x, Mod((slope * (l.X - x)) - l.Y, p));
    }

    public (BigInteger X, BigInteger Y)? Multiply(BigInteger k, (BigInteger X, BigInteger Y)? point)
    {
        (BigInteger X, BigInteger Y)? sum = null;
        for (k = Mod(k, n); !k.IsZero; k >>= 1)
        {
            if (!k.IsEven) sum = Add(sum, point);
            point = Add(point, point);
        }

        return sum;
    }

    /// <summary>The first points whose x coordinate is more than n: x − n and the even y. For p = 3 modulo 4.</summary>
    public IEnumerable<(BigInteger Offset, BigInteger Y)> PointsBeyondOrder(int count)
    {
        for (BigInteger offset = 1; count > 0; offset++)
        {
            // A square's root is its power by (p + 1)/4.
            BigInteger x = n + offset;
            BigInteger y = BigInteger.ModPow(BigInteger.ModPow(x, 3, p) + b, (p + 1) / 4, p);
            if (!IsOnCurve((x, y))) continue;
            yield return (offset, y.IsEven ? y : p - y);
            count--;
        }
    }

    /// <summary>The definition of a valid ECDSA signature (SEC 1, §4.1.4).</summary>
    public bool Verify((BigInteger X, BigInteger Y) key, BigInteger digest, BigInteger r, BigInteger s)
    {
        if (r < 1 || r >= n || s < 1 || s >= n) return false;
        BigInteger inverse = Inverse(s, n);
        return Add(Multiply(digest * inverse, generator), Multiply(r * inverse, key)) is { } point && Mod(point.X, n) == r;
    }
}
