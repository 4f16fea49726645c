using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class EcdsaTests
{
    private static readonly CurveOracle Curve = CurveOracle.Secp256k1;

    [Test]
    public void Verify_AlteredSignatures_AgreesWithTheOracle()
    {
        foreach (BigInteger number in Numbers.Below(Curve.N, 6, seed: 42)[^6..])
        {
            (BigInteger X, BigInteger Y) q = Curve.Multiply(number, Curve.Generator)!.Value;
            BigInteger digest = number * number % Curve.N;
            Ecdsa.Sign(Numbers.Scalar(number), Numbers.Scalar(digest), out Scalar rScalar, out Scalar sScalar, out _);
            BigInteger r = Numbers.Value(rScalar), s = Numbers.Value(sScalar);
            (BigInteger Digest, BigInteger R, BigInteger S)[] cases =
            [
                (digest, r, s), (digest, r, Curve.N - s), (digest, Curve.N - r, s), (digest, s, r), (digest, r, s + 1),
                (digest + 1, r, s), (0, r, s), (digest, r, 0), (digest, 0, s), (digest, 1, 1), (digest, r, 1),
            ];
            foreach ((BigInteger caseDigest, BigInteger caseR, BigInteger caseS) in cases)
            {
                bool valid = Ecdsa.Verify_Vartime(
                    Numbers.Point(q), Numbers.Scalar(CurveOracle.Mod(caseDigest, Curve.N)), Numbers.Scalar(caseR), Numbers.Scalar(caseS));
                Assert.That(valid, Is.EqualTo(Curve.Verify(q, caseDigest, caseR, caseS)));
            }
        }
    }

    [Test]
    public void Verify_SumAtInfinity_IsInvalid()
    {
        // u1·G + u2·Q = (digest + r·d)·G/s is infinity for digest = −r·d.
        BigInteger d = 12345, r = 678910;
        (BigInteger X, BigInteger Y) q = Curve.Multiply(d, Curve.Generator)!.Value;

        Assert.That(
            Ecdsa.Verify_Vartime(Numbers.Point(q), Numbers.Scalar(CurveOracle.Mod(-r * d, Curve.N)), Numbers.Scalar(r), Numbers.Scalar(99)), Is.False);
    }

    [Test]
    public void Verify_NoncePointBeyondTheOrder_IsValid()
    {
        // R with x = n + small: then r is small, and Q = r⁻¹·(s·R − digest·G) makes the signature valid.
        (BigInteger r, AffinePoint point) = PointBeyondOrder();
        Scalar digest = Numbers.Scalar(77), s = Numbers.Scalar(1234567);
        Scalar.Invert(Numbers.Scalar(r), out Scalar inverse);
        Ecdsa.FindKeyFactors(digest, inverse, s, out Scalar a, out Scalar b);
        DoubleMultiplication.Compute_Vartime(a, b, point, out JacobianPoint key);
        FieldElement.Invert(key.Z, out FieldElement inverseOfZ);
        key.ToAffine(inverseOfZ, out AffinePoint q);

        Assert.That(Curve.Verify(Numbers.Value(q), 77, r, 1234567), Is.True);
        Assert.That(Ecdsa.Verify_Vartime(q, digest, Numbers.Scalar(r), s), Is.True);
    }

    [Test]
    public void TrySign_NonceThatGivesAHighS_TurnsTheParity()
    {
        // The nonces k and −k have the same r; exactly one of the two needs its s negated.
        Scalar key = Numbers.Scalar(3141592653), digest = Numbers.Scalar(2718281828), k = Numbers.Scalar(161803398);
        Scalar.Negate(k, out Scalar minusK);
        Assert.That(Ecdsa.TrySign(key, digest, k, out Scalar r1, out Scalar s1, out byte id1));
        Assert.That(Ecdsa.TrySign(key, digest, minusK, out Scalar r2, out Scalar s2, out byte id2));

        Assert.That((Numbers.Value(r1), Numbers.Value(s1), id1), Is.EqualTo((Numbers.Value(r2), Numbers.Value(s2), id2)));
        Assert.That(s1.IsHigh(), Is.Zero);
    }

    [Test]
    public void TrySign_DigestThatGivesSZero_IsRefused()
    {
        // s = (digest + r·d)/k is zero for digest = −r·d.
        Scalar key = Numbers.Scalar(5), nonce = Numbers.Scalar(7);
        BigInteger r = Curve.Multiply(7, Curve.Generator)!.Value.X % Curve.N;

        Assert.That(Ecdsa.TrySign(key, Numbers.Scalar(CurveOracle.Mod(-5 * r, Curve.N)), nonce, out _, out _, out _), Is.False);
    }

    [Test]
    public void ReadNoncePoint_XBelowAndBeyondTheOrder_SetsTheBitOfEach()
    {
        foreach ((BigInteger offset, BigInteger y) in Curve.PointsBeyondOrder(8))
        {
            foreach (BigInteger side in new[] { y, Curve.P - y })
            {
                Ecdsa.ReadNoncePoint(Numbers.Point((Curve.N + offset, side)), out Scalar r, out byte recoveryId);
                Assert.That(Numbers.Value(r), Is.EqualTo(offset));
                Assert.That(recoveryId, Is.EqualTo(side.IsEven ? 2 : 3));
            }
        }

        for (int nonce = 1; nonce <= 8; nonce++)
        {
            (BigInteger X, BigInteger Y) point = Curve.Multiply(nonce, Curve.Generator)!.Value;
            Ecdsa.ReadNoncePoint(Numbers.Point(point), out Scalar r, out byte recoveryId);
            Assert.That(Numbers.Value(r), Is.EqualTo(point.X), "below the order");
            Assert.That(recoveryId, Is.EqualTo(point.Y.IsEven ? 0 : 1));
        }
    }

    /// <summary>The first point whose x coordinate is n or more, and x − n.</summary>
    internal static (BigInteger R, AffinePoint Point) PointBeyondOrder()
    {
        for (BigInteger r = 1; ; r++)
        {
            if (Ecdsa.TryFindNonceX_Vartime(Numbers.Scalar(r), 2, out FieldElement x)
                && AffinePoint.TryLift_Vartime(x, odd: false, out AffinePoint point))
            {
                return (r, point);
            }
        }
    }
}
