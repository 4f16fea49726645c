using System.Numerics;

namespace Coniunctum.Crypto.Exhaustive.Tests.Lanes;

/// <summary>All sums and doubles of points in lanes. Where the formulas have no answer, Z says so.</summary>
[TestFixtureSource(typeof(LaneKernel), nameof(LaneKernel.Names))]
public sealed class LanePointTests(string lanes)
{
    private static readonly BigInteger s_p = SmallGroup.Oracle.P;
    private readonly LaneKernel _kernel = LaneKernel.Find(lanes);

    [Test]
    public void Add_EveryPairOfPoints_IsTheSumOrLeavesZZero([Values(1, 5)] int scale)
    {
        List<(int Left, int Right)> pairs =
            [.. Enumerable.Range(1, 198).SelectMany(left => Enumerable.Range(1, 198).Select(right => (left, right)))];
        BigInteger inverse = CurveOracle.Inverse(scale, s_p);
        long[][][] left = [.. SmallGroup.Points.Select(point => point is { } value ? Jacobian(value) : [])];
        long[][][] right = [.. SmallGroup.Points.Select(point => point is { } value
            ? new[] { Limbs(value.X * inverse * inverse), Limbs(value.Y * inverse * inverse * inverse) } : [])];

        List<long[][]> sums = _kernel.AddPoints(
            pairs.ConvertAll(pair => left[pair.Left]), pairs.ConvertAll(pair => right[pair.Right]), scale == 1 ? null : Limbs(scale));

        int exceptions = 0;
        for (int i = 0; i < pairs.Count; i++)
        {
            (int k, int l) = pairs[i];
            bool isExceptional = k == l || k + l == SmallGroup.Order;
            if (isExceptional) exceptions++;
            if (Logarithm(sums[i]) != (isExceptional ? 0 : (k + l) % SmallGroup.Order)) Assert.Fail(Invariant($"{k} + {l}"));
        }

        Assert.That(exceptions, Is.EqualTo(2 * 198));
    }

    [Test]
    public void Double_EveryPoint_IsTwiceThePoint()
    {
        List<long[][]> doubled = _kernel.DoublePoints([.. SmallGroup.Points.Skip(1).Select(point => Jacobian(point!.Value))]);

        Assert.That(doubled.ConvertAll(Logarithm), Is.EqualTo(Enumerable.Range(1, 198).Select(k => 2 * k % SmallGroup.Order)));
    }

    /// <summary>The point with Z = 3: a factor that is not 1.</summary>
    private static long[][] Jacobian((BigInteger X, BigInteger Y) point) => [Limbs(point.X * 9), Limbs(point.Y * 27), Limbs(3)];

    /// <summary>Which k·G a point is; 0 where Z is 0.</summary>
    private static int Logarithm(long[][] point)
    {
        if (Value(point[2]).IsZero) return 0;
        BigInteger inverse = CurveOracle.Inverse(Value(point[2]), s_p);
        return SmallGroup.Logarithm((Value(point[0]) * inverse * inverse % s_p, Value(point[1]) * inverse * inverse * inverse % s_p));
    }

    private static long[] Limbs(BigInteger value) => LaneKernel.Limbs(CurveOracle.Mod(value, s_p));

    private static BigInteger Value(long[] limbs) => CurveOracle.Mod(LaneKernel.Value(limbs), s_p);
}
