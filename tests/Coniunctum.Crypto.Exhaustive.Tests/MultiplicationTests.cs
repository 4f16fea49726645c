using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>
/// All multiples, and all sums a·G + b·Q. A ladder of secp256k1 meets an exceptional case of addition by an accident of 2⁻²⁵⁶;
/// here every second one does.
/// </summary>
[Category("Long")]
public sealed class MultiplicationTests
{
    [Test]
    public void Multiply_EveryMultipleOfTheGeneratorByManyRepresentatives_IsThatPoint()
    {
        Random random = Scope.Seeded(1);
        for (int k = 0; k < SmallGroup.Order; k++)
        {
            for (int i = 0; i < 40; i++)
            {
                GeneratorMultiplication.Multiply(Numbers.Scalar(SmallGroup.Representative(k, random)), out AffinePoint point);
                (BigInteger X, BigInteger Y) expected = SmallGroup.Points[k] ?? (0, 0);
                Assert.That(Numbers.Value(point), Is.EqualTo(expected), $"{k}");
            }
        }
    }

    [Test]
    public void SplitByEndomorphism_EveryNumber_IsTheSumOfItsHalves()
    {
        Random random = Scope.Seeded(2);
        BigInteger lambda = CurveOracle.Mod(-1 - Numbers.Value(Curve.LambdaSquared), SmallGroup.ScalarModulus);
        for (int k = 0; k < SmallGroup.Order; k++)
        {
            for (int i = 0; i < 40; i++)
            {
                BigInteger number = i == 0 ? k : SmallGroup.Representative(k, random);
                Scalar.SplitByEndomorphism_Vartime(Numbers.Scalar(number), out HalfScalar k1, out HalfScalar k2);
                Assert.That(CurveOracle.Mod(Value(k1) + (Value(k2) * lambda) - number, SmallGroup.ScalarModulus), Is.EqualTo(BigInteger.Zero));
                Scalar.SplitOddByEndomorphism_Vartime(Numbers.Scalar(number), out HalfScalar j1, out HalfScalar j2);
                BigInteger odd1 = (2 * Value(j1)) + 1, odd2 = (2 * Value(j2)) + 1;
                Assert.That(CurveOracle.Mod(odd1 + (odd2 * lambda) - number, SmallGroup.ScalarModulus), Is.EqualTo(BigInteger.Zero));
            }
        }

        static BigInteger Value(HalfScalar half) => half.IsNegative ? -(BigInteger)half.Magnitude : half.Magnitude;
    }

    [Test]
    public void Compute_EveryPairOfFactors_IsTheSum()
    {
        Random random = Scope.Seeded(3);
        BigInteger[] representatives = SmallGroup.Representatives(random);
        Scalar[] factors = Array.ConvertAll(representatives, Numbers.Scalar);
        for (int a = 0; a < SmallGroup.Order; a++)
        {
            for (int b = 0; b < SmallGroup.Order; b++)
            {
                foreach (int q in Scope.Third(random, first: 1))
                {
                    DoubleMultiplication.Compute_Vartime(factors[a], factors[b], SmallGroup.Affine[q], out JacobianPoint sum);
                    if (SmallGroup.Logarithm(Numbers.Value(sum)) != (a + (b * q)) % SmallGroup.Order)
                        Assert.Fail(Invariant($"{representatives[a]}·G + {representatives[b]}·{q}·G"));
                }
            }
        }
    }
}
