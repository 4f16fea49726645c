using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>The group of 199 points by the definitions: what the shipped code has to agree with.</summary>
internal static class SmallGroup
{
    /// <summary>How many points there are, with infinity.</summary>
    public const int Order = 199;

    /// <summary>The curve, written out once more.</summary>
    public static CurveOracle Oracle { get; } = new(
        CurveOracle.Secp256k1.P,
        Order,
        4,
        (CurveOracle.Hex("003B7A446E051D996BFC70A0B3115A4629FEEF621CAECD467C94E11943000FAE"),
         CurveOracle.Hex("FC7B1B0A78A30AB4FED7BCD1A73FED159C373C9B65399AB514A5D6E5A92668CE")));

    /// <summary>The modulus n of the scalars, a multiple of <see cref="Order"/>.</summary>
    public static BigInteger ScalarModulus { get; } = CurveOracle.Hex("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEB70764395A50A2B7AF2367AE1ED162A1");

    /// <summary>All multiples k·G, from 0·G, which is infinity, to 198·G.</summary>
    public static (BigInteger X, BigInteger Y)?[] Points { get; } = ComputePoints();

    /// <summary>All multiples but infinity, at their k.</summary>
    public static AffinePoint[] Affine { get; } = [.. Points.Select(point => point is { } value ? Numbers.Point(value) : default)];

    /// <summary>Which k·G a point is.</summary>
    public static Dictionary<(BigInteger X, BigInteger Y), int> Logarithms { get; } =
        Enumerable.Range(1, Order - 1).ToDictionary(k => Points[k]!.Value);

    /// <summary>k modulo 199, in 0…198.</summary>
    public static int Mod(BigInteger k) => (int)CurveOracle.Mod(k, Order);

    /// <summary>The inverse modulo 199.</summary>
    public static int Inverse(int k) => (int)BigInteger.ModPow(k, Order - 2, Order);

    /// <summary>A random number below n that is <paramref name="k"/> modulo 199.</summary>
    public static BigInteger Representative(int k, Random random)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        BigInteger multiple = CurveOracle.FromBytes(bytes) % (ScalarModulus / Order);
        return (multiple * Order) + k;
    }

    /// <summary>A representative of every number of the small group.</summary>
    public static BigInteger[] Representatives(Random random) => [.. Enumerable.Range(0, Order).Select(k => Representative(k, random))];

    /// <summary>Which k·G this is; 0 for infinity.</summary>
    public static int Logarithm((BigInteger X, BigInteger Y)? point) => point is { } value ? Logarithms.GetValueOrDefault(value, -1) : 0;

    private static (BigInteger X, BigInteger Y)?[] ComputePoints()
    {
        var points = new (BigInteger X, BigInteger Y)?[Order];
        for (int k = 1; k < Order; k++)
            points[k] = Oracle.Add(points[k - 1], Oracle.Generator);
        return points;
    }
}
