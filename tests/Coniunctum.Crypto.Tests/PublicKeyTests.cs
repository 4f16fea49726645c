using System.Numerics;

namespace Coniunctum.Crypto.Tests;

public sealed class PublicKeyTests
{
    private static readonly CurveOracle Curve = CurveOracle.Secp256k1;

    [Test]
    public void TryCreate_PointsOfTheCurve_KeepsTheBytes()
    {
        foreach (BigInteger k in Numbers.Below(Curve.N, 20, seed: 61)[^20..])
        {
            byte[] bytes = Bytes(Curve.Multiply(k, Curve.Generator)!.Value);
            Assert.That(PublicKey.Read(bytes, out PublicKey key), Is.EqualTo(KeyOutcome.Valid));
            Assert.That(key.AsSpan().ToArray(), Is.EqualTo(bytes));
            Assert.That(key.ToString(), Is.EqualTo(Convert.ToHexStringLower(bytes)));
            Assert.That(key.IsDefault, Is.False);
        }
    }

    [Test]
    public void Default_IsNoKey_AndNothingIsComputedWithIt()
    {
        byte[] one = new byte[PrivateKey.Size];
        one[^1] = 1;
        Assert.That(default(PublicKey).TryAddMultiple(one, out PublicKey sum), Is.False);
        Assert.That(sum.IsDefault);
        Assert.That(() => default(PublicKey).WriteCompressed(new byte[PublicKey.CompressedSize]), Throws.InvalidOperationException);
    }

    [Test]
    public void TryAddMultiple_EqualsTheKeyOfThePrivateSum()
    {
        using PrivateKey key = PrivateKey.Generate(SystemEntropy.Instance);
        byte[][] factors = [new byte[PrivateKey.Size], .. Numbers.Below(Curve.N, 5, seed: 62).Select(CurveOracle.ToBytes)];
        foreach (byte[] factor in factors)
        {
            Assert.That(key.TryAdd(factor, out PrivateKey? privateSum), Is.True);
            Assert.That(key.PublicKey.TryAddMultiple(factor, out PublicKey publicSum), Is.True);
            Assert.That(publicSum, Is.EqualTo(privateSum!.PublicKey));
            privateSum.Dispose();
        }

        byte[] order = CurveOracle.ToBytes(Curve.N);
        Assert.That((key.TryAdd(order, out _), key.PublicKey.TryAddMultiple(order, out _)), Is.EqualTo((false, false)));
        Assert.That(() => key.TryAdd(new byte[31], out _), Throws.ArgumentException);
        Assert.That(() => key.PublicKey.TryAddMultiple(new byte[33], out _), Throws.ArgumentException);
    }

    [TestCase(0)]
    [TestCase(33)]
    [TestCase(63)]
    [TestCase(65)]
    public void TryCreate_WrongLength_IsRefused(int length) =>
        Assert.That(PublicKey.Read(new byte[length], out _), Is.EqualTo(KeyOutcome.WrongLength));

    [Test]
    public void TryCreate_CoordinateNotBelowP_IsRefused()
    {
        // x = 1 is a point's coordinate, and so is p + 1 to who forgets the check.
        BigInteger y = BigInteger.ModPow(8, (Curve.P + 1) / 4, Curve.P);
        Assert.That(PublicKey.Read(Bytes((1, y)), out _), Is.EqualTo(KeyOutcome.Valid));

        Assert.That(PublicKey.Read(Bytes((Curve.P + 1, y)), out PublicKey key), Is.EqualTo(KeyOutcome.OutOfRange));
        Assert.That(PublicKey.Read(Bytes((1, Curve.P)), out _), Is.EqualTo(KeyOutcome.OutOfRange));
        Assert.That(key.IsDefault, Is.True);
    }

    [Test]
    public void TryCreate_PointOffTheCurve_IsRefused()
    {
        (BigInteger x, BigInteger y) = Curve.Generator;
        Assert.That(PublicKey.Read(Bytes((x, y + 1)), out _), Is.EqualTo(KeyOutcome.NotOnCurve));
        Assert.That(PublicKey.Read(Bytes((y, x)), out _), Is.EqualTo(KeyOutcome.NotOnCurve));
        Assert.That(PublicKey.Read(new byte[64], out PublicKey key), Is.EqualTo(KeyOutcome.NotOnCurve));
        Assert.That(key.IsDefault, Is.True);
    }

    [Test]
    public void Equals_SameAndOtherPoint_AreToldApart()
    {
        (BigInteger x, BigInteger y) = Curve.Generator;
        _ = PublicKey.Read(Bytes((x, y)), out PublicKey key);
        _ = PublicKey.Read(Bytes((x, y)), out PublicKey same);
        _ = PublicKey.Read(Bytes((x, Curve.P - y)), out PublicKey opposite);

        Assert.That(key == same && key.Equals((object)same) && key.GetHashCode() == same.GetHashCode());
        Assert.That(key != opposite);
    }

    private static byte[] Bytes((BigInteger X, BigInteger Y) point) => [.. CurveOracle.ToBytes(point.X), .. CurveOracle.ToBytes(point.Y)];
}
