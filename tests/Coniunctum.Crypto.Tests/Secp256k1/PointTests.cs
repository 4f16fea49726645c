using System.Globalization;
using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class PointTests
{
    private static readonly CurveOracle Curve = CurveOracle.Secp256k1;

    [Test]
    public void Multiply_PublishedMultiplesOfTheGenerator_AllMatch()
    {
        int count = 0;
        foreach (string line in VectorFile.ReadLines("secp256k1/multiples.txt"))
        {
            string[] parts = line.Split(':');
            if (parts.Length != 3) continue;
            var k = BigInteger.Parse(parts[0], CultureInfo.InvariantCulture);
            GeneratorMultiplication.Multiply(Numbers.Scalar(k), out AffinePoint point);
            Assert.That(Numbers.Value(point), Is.EqualTo((CurveOracle.Hex(parts[1]), CurveOracle.Hex(parts[2]))), parts[0]);
            count++;
        }

        Assert.That(count, Is.EqualTo(45));
    }

    [Test]
    public void Multiply_EdgeAndRandomScalars_EqualTheOracle()
    {
        foreach (BigInteger k in Numbers.Below(Curve.N, 40, seed: 31))
        {
            if (k.IsZero) continue;
            GeneratorMultiplication.Multiply(Numbers.Scalar(k), out AffinePoint point);
            Assert.That(Numbers.Value(point), Is.EqualTo(Curve.Multiply(k, Curve.Generator)));
        }
    }

    [Test]
    public void Select_EveryIndex_GivesThatPoint()
    {
        ReadOnlySpan<PackedPoint> points = GeneratorTables.Windows[..8];
        for (uint i = 0; i < 8; i++)
        {
            PackedPoint.Select(points, i, out AffinePoint point);
            Assert.That(Numbers.Value(point), Is.EqualTo(Curve.Multiply((2 * i) + 1, Curve.Generator)));
        }
    }

    [Test]
    public void Add_AllSmallMultiplesWithEachOther_EqualsTheOracle()
    {
        // Every exceptional case is among these: infinity on either side, equal points, opposite ones.
        (BigInteger X, BigInteger Y)?[] multiples = [.. Enumerable.Range(-4, 9).Select(k => Curve.Multiply(k, Curve.Generator))];
        foreach ((BigInteger X, BigInteger Y)? left in multiples)
        {
            foreach ((BigInteger X, BigInteger Y)? right in multiples)
            {
                (BigInteger X, BigInteger Y)? expected = Curve.Add(left, right);
                JacobianPoint sum = Jacobian(left);
                sum.Add_Vartime(Jacobian(right));
                Assert.That(Numbers.Value(sum), Is.EqualTo(expected));
                if (right is not { } point) continue;

                sum = Jacobian(left);
                sum.Add_Vartime(Numbers.Point(point));
                Assert.That(Numbers.Value(sum), Is.EqualTo(expected));

                ProjectivePoint complete = Projective(left);
                complete.Add(Numbers.Point(point));
                Assert.That(Numbers.Value(complete), Is.EqualTo(expected));
            }
        }
    }

    [Test]
    public void Double_SmallMultiplesAndInfinity_EqualsTheOracle()
    {
        for (int k = 0; k < 20; k++)
        {
            (BigInteger X, BigInteger Y)? point = Curve.Multiply(k, Curve.Generator);
            JacobianPoint doubled = Jacobian(point);
            doubled.Double_Vartime();
            Assert.That(Numbers.Value(doubled), Is.EqualTo(Curve.Add(point, point)));
        }
    }

    [Test]
    public void ToAffine_ProjectiveInfinity_IsZero()
    {
        ProjectivePoint.Infinity.ToAffine(out AffinePoint point);

        Assert.That(Numbers.Value(point), Is.EqualTo((BigInteger.Zero, BigInteger.Zero)));
    }

    [Test]
    public void TryLift_EdgeAndRandomCoordinates_EqualsTheOracle()
    {
        foreach (BigInteger x in Numbers.Below(Curve.P, 100, seed: 32))
        {
            BigInteger square = (BigInteger.ModPow(x, 3, Curve.P) + 7) % Curve.P;
            bool exists = BigInteger.ModPow(square, (Curve.P - 1) / 2, Curve.P).IsOne;
            foreach (bool odd in new[] { false, true })
            {
                Assert.That(AffinePoint.TryLift_Vartime(Numbers.Field(x), odd, out AffinePoint point), Is.EqualTo(exists));
                if (!exists) continue;
                Assert.That(Curve.IsOnCurve(Numbers.Value(point)));
                Assert.That(point.IsOnCurve());
                Assert.That(Numbers.Value(point).X, Is.EqualTo(x));
                Assert.That(Numbers.Value(point).Y.IsEven, Is.Not.EqualTo(odd));
            }
        }
    }

    [Test]
    public void Beta_TimesX_IsLambdaTimesThePoint()
    {
        BigInteger lambda = CurveOracle.Hex("5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72");
        (BigInteger X, BigInteger Y) expected = Curve.Multiply(lambda, Curve.Generator)!.Value;

        Assert.That(Numbers.Value(Crypto.Secp256k1.Curve.Beta) * Curve.Generator.X % Curve.P, Is.EqualTo(expected.X));
        Assert.That(expected.Y, Is.EqualTo(Curve.Generator.Y));
    }

    [Test]
    public void DoubleMultiplication_EdgeScalarsOfRelatedPoints_EqualsTheOracle()
    {
        // Sums that meet the generator's own multiples, their opposites and infinity on the way.
        BigInteger lambda = CurveOracle.Hex("5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72");
        BigInteger[] factors = [1, Curve.N - 1, 2, lambda, Curve.N - lambda, Curve.N / 2];
        BigInteger[] scalars = [0, 1, 2, 3, 16, 17, Curve.N - 1, Curve.N - 2, lambda, Curve.N - lambda, lambda + 1, BigInteger.Pow(2, 128), BigInteger.Pow(2, 128) - 1];
        foreach (BigInteger factor in factors)
        {
            (BigInteger X, BigInteger Y) q = Curve.Multiply(factor, Curve.Generator)!.Value;
            foreach (BigInteger a in scalars)
            {
                foreach (BigInteger b in scalars)
                {
                    DoubleMultiplication.Compute_Vartime(Numbers.Scalar(a), Numbers.Scalar(b), Numbers.Point(q), out JacobianPoint result);
                    BigInteger k = CurveOracle.Mod(a + (b * factor), Curve.N);
                    if (Numbers.Value(result) != Multiple(k)) Assert.Fail(Invariant($"{a} + {b} * {factor}"));
                }
            }
        }

        static (BigInteger X, BigInteger Y)? Multiple(BigInteger k)
        {
            if (k.IsZero) return null;
            GeneratorMultiplication.Multiply(Numbers.Scalar(k), out AffinePoint point); // itself tested against the oracle
            return Numbers.Value(point);
        }
    }

    [Test]
    public void DoubleMultiplication_RandomScalarsAndPoints_EqualsTheOracle()
    {
        List<BigInteger> numbers = Numbers.Below(Curve.N, 90, seed: 33)[^90..];
        for (int i = 0; i < numbers.Count; i += 3)
        {
            (BigInteger X, BigInteger Y) q = Curve.Multiply(numbers[i], Curve.Generator)!.Value;
            DoubleMultiplication.Compute_Vartime(
                Numbers.Scalar(numbers[i + 1]), Numbers.Scalar(numbers[i + 2]), Numbers.Point(q), out JacobianPoint result);
            Assert.That(
                Numbers.Value(result),
                Is.EqualTo(Curve.Add(Curve.Multiply(numbers[i + 1], Curve.Generator), Curve.Multiply(numbers[i + 2], q))));
        }
    }

    private static JacobianPoint Jacobian((BigInteger X, BigInteger Y)? point)
    {
        if (point is not { } value) return JacobianPoint.Infinity;

        // Z = 3: a factor that is not 1.
        return new JacobianPoint
        {
            X = Numbers.Field(value.X * 9 % Curve.P),
            Y = Numbers.Field(value.Y * 27 % Curve.P),
            Z = new FieldElement(3),
        };
    }

    private static ProjectivePoint Projective((BigInteger X, BigInteger Y)? point)
    {
        if (point is not { } value) return ProjectivePoint.Infinity;
        return new ProjectivePoint
        {
            X = Numbers.Field(value.X * 3 % Curve.P),
            Y = Numbers.Field(value.Y * 3 % Curve.P),
            Z = new FieldElement(3),
        };
    }
}
