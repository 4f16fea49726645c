using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>That the numbers in Curve.cs are what they are said to be, and of secp256k1's form.</summary>
public sealed class SmallGroupTests
{
    private static readonly BigInteger s_n = SmallGroup.ScalarModulus;

    [Test]
    public void Points_AreAGroupOf199()
    {
        Assert.That(SmallGroup.Oracle.Add(SmallGroup.Points[^1], SmallGroup.Oracle.Generator), Is.Null, "199·G is infinity");
        Assert.That(SmallGroup.Logarithms, Has.Count.EqualTo(198));
        Assert.That(SmallGroup.Points[1..].All(point => SmallGroup.Oracle.IsOnCurve(point!.Value)));
        Assert.That(Numbers.Value(Curve.Generator), Is.EqualTo(SmallGroup.Oracle.Generator));
        Assert.That(SmallGroup.Logarithms.Keys.Any(point => (point.X % 199).IsZero), Is.False, "every r has an inverse");
    }

    [Test]
    public void ScalarModulus_IsAMultipleOf199AndTheOneOfTheCode()
    {
        BigInteger order = (BigInteger.Pow(2, 256) - BigInteger.Pow(2, 129)) + ((BigInteger)Curve.Order1 << 64) + Curve.Order0;
        Assert.That(order, Is.EqualTo(s_n));
        Assert.That(s_n % 199, Is.EqualTo(BigInteger.Zero));
        Scalar.Negate(new Scalar(1), out Scalar last);
        Assert.That(Numbers.Value(last), Is.EqualTo(s_n - 1));
    }

    [Test]
    public void Lattice_IsOfSecp256k1sForm()
    {
        BigInteger a1 = Two(Curve.A10, Curve.A11), minusB1 = Two(Curve.MinusB10, Curve.MinusB11);
        BigInteger lambda = CurveOracle.Mod(-1 - Numbers.Value(Curve.LambdaSquared), s_n);
        Assert.That(lambda * lambda % s_n, Is.EqualTo(Numbers.Value(Curve.LambdaSquared)));
        Assert.That(Two(Curve.A20, Curve.A21) + BigInteger.Pow(2, 128), Is.EqualTo(a1 + minusB1));
        Assert.That((a1 * a1) + (a1 * minusB1) + (minusB1 * minusB1), Is.EqualTo(s_n));
        Assert.That(CurveOracle.Mod(a1 - (minusB1 * lambda), s_n), Is.EqualTo(BigInteger.Zero));
        Assert.That(Numbers.Value(Curve.B2OverOrder), Is.EqualTo(((a1 << 385) + s_n) / (2 * s_n)));
        Assert.That(Numbers.Value(Curve.MinusB1OverOrder), Is.EqualTo(((minusB1 << 385) + s_n) / (2 * s_n)));
    }

    [Test]
    public void Beta_TimesX_IsLambdaTimesThePoint_ForEveryPoint()
    {
        int lambda = SmallGroup.Mod(-1 - Numbers.Value(Curve.LambdaSquared));
        BigInteger beta = Numbers.Value(Curve.Beta);
        for (int k = 1; k < SmallGroup.Order; k++)
        {
            (BigInteger x, BigInteger y) = SmallGroup.Points[k]!.Value;
            Assert.That(SmallGroup.Points[k * lambda % 199], Is.EqualTo((x * beta % SmallGroup.Oracle.P, y)));
        }
    }

    private static BigInteger Two(ulong low, ulong high) => ((BigInteger)high << 64) + low;
}
