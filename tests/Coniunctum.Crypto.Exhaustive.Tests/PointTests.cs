using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>All sums of two points: infinity on either side or both, equal points and opposite ones are among them.</summary>
public sealed class PointTests
{
    private static readonly BigInteger s_p = SmallGroup.Oracle.P;

    [Test]
    public void Add_EveryPairOfJacobianPoints_IsTheSum() => EveryPair((left, right) =>
    {
        JacobianPoint sum = Jacobian(left, 3);
        sum.Add_Vartime(Jacobian(right, 5));
        return Numbers.Value(sum);
    });

    [Test]
    public void Add_EveryPairOfAJacobianAndAnAffinePoint_IsTheSum() => EveryPair(
        (left, right) =>
        {
            JacobianPoint sum = Jacobian(left, 3);
            sum.Add_Vartime(SmallGroup.Affine[right]);
            return Numbers.Value(sum);
        },
        firstRight: 1);

    [Test]
    public void Add_EveryPairByTheCompleteFormula_IsTheSum() => EveryPair(
        (left, right) =>
        {
            ProjectivePoint sum = Projective(left);
            sum.Add(SmallGroup.Affine[right]);
            return Numbers.Value(sum);
        },
        firstRight: 1);

    [Test]
    public void AddDifferent_EveryPairOfWhichThatIsTrue_IsTheSumAndTheRatioOfZ()
    {
        for (int left = 1; left < SmallGroup.Order; left++)
        {
            for (int right = 1; right < SmallGroup.Order; right++)
            {
                if (left == right || left + right == SmallGroup.Order) continue;
                JacobianPoint sum = Jacobian(left, 3);
                sum.AddDifferent_Vartime(SmallGroup.Affine[right], out FieldElement ratio);
                if (SmallGroup.Logarithm(Numbers.Value(sum)) != (left + right) % SmallGroup.Order || Numbers.Value(sum.Z) != Numbers.Value(ratio) * 3 % s_p)
                    Assert.Fail(Invariant($"{left} + {right}"));
            }
        }
    }

    [Test]
    public void Double_EveryPoint_IsTwiceThePoint()
    {
        for (int k = 0; k < SmallGroup.Order; k++)
        {
            JacobianPoint doubled = Jacobian(k, 3);
            doubled.Double_Vartime();
            Assert.That(SmallGroup.Logarithm(Numbers.Value(doubled)), Is.EqualTo(2 * k % SmallGroup.Order));
        }
    }

    [Test]
    public void TryLift_EveryPoint_IsFoundByItsXAndParity()
    {
        for (int k = 1; k < SmallGroup.Order; k++)
        {
            (BigInteger x, BigInteger y) = SmallGroup.Points[k]!.Value;
            Assert.That(AffinePoint.TryLift_Vartime(Numbers.Field(x), !y.IsEven, out AffinePoint point));
            Assert.That(SmallGroup.Logarithm(Numbers.Value(point)), Is.EqualTo(k));
            Assert.That(point.IsOnCurve());
        }
    }

    [Test]
    public void HasX_EveryPairOfPoints_SaysWhetherTheyShareX()
    {
        for (int left = 0; left < SmallGroup.Order; left++)
        {
            for (int right = 1; right < SmallGroup.Order; right++)
            {
                bool expected = left == right || left + right == SmallGroup.Order;
                if (Jacobian(left, 3).HasX_Vartime(SmallGroup.Affine[right].X) != expected) Assert.Fail(Invariant($"{left}, {right}"));
            }
        }
    }

    private static void EveryPair(Func<int, int, (BigInteger X, BigInteger Y)?> add, int firstRight = 0)
    {
        for (int left = 0; left < SmallGroup.Order; left++)
        {
            for (int right = firstRight; right < SmallGroup.Order; right++)
            {
                if (SmallGroup.Logarithm(add(left, right)) != (left + right) % SmallGroup.Order) Assert.Fail(Invariant($"{left} + {right}"));
            }
        }
    }

    /// <summary>k·G with a Z that is not 1.</summary>
    private static JacobianPoint Jacobian(int k, int z)
    {
        if (SmallGroup.Points[k] is not { } point) return JacobianPoint.Infinity;
        return new JacobianPoint
        {
            X = Numbers.Field(point.X * z * z % s_p),
            Y = Numbers.Field(point.Y * z * z * z % s_p),
            Z = new FieldElement((uint)z),
        };
    }

    private static ProjectivePoint Projective(int k)
    {
        if (SmallGroup.Points[k] is not { } point) return ProjectivePoint.Infinity;
        return new ProjectivePoint
        {
            X = Numbers.Field(point.X * 3 % s_p),
            Y = Numbers.Field(point.Y * 3 % s_p),
            Z = new FieldElement(3),
        };
    }
}
