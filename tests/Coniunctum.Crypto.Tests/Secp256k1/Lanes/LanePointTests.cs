using System.Numerics;

namespace Coniunctum.Crypto.Tests.Secp256k1.Lanes;

[TestFixtureSource(typeof(LaneKernel), nameof(LaneKernel.Names))]
public sealed class LanePointTests(string lanes)
{
    private static readonly CurveOracle Curve = CurveOracle.Secp256k1;
    private static readonly BigInteger P = Curve.P;
    private readonly LaneKernel _kernel = LaneKernel.Find(lanes);

    [Test]
    public void Add_AllSmallMultiplesWithEachOther_EqualsTheOracleOrLeavesZZero([Values(1, 5)] int scale)
    {
        List<(BigInteger X, BigInteger Y)> multiples =
            [.. Enumerable.Range(-4, 9).Where(k => k != 0).Select(k => Curve.Multiply(k, Curve.Generator)!.Value)];
        List<((BigInteger X, BigInteger Y) Left, (BigInteger X, BigInteger Y) Right)> pairs =
            [.. multiples.SelectMany(left => multiples.Select(right => (left, right)))];

        // The right one is given as (x/scale², y/scale³).
        BigInteger inverse = CurveOracle.Inverse(scale, P);
        List<long[][]> sums = _kernel.AddPoints(
            pairs.ConvertAll(pair => Jacobian(pair.Left)),
            pairs.ConvertAll(pair => new[] { Limbs(pair.Right.X * inverse * inverse), Limbs(pair.Right.Y * inverse * inverse * inverse) }),
            scale == 1 ? null : Limbs(scale));

        int exceptions = 0;
        for (int i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].Left.X == pairs[i].Right.X)
            {
                exceptions++;
                Assert.That(Value(sums[i][2]), Is.EqualTo(BigInteger.Zero));
            }
            else
            {
                Assert.That(Affine(sums[i]), Is.EqualTo(Curve.Add(pairs[i].Left, pairs[i].Right)));
            }
        }

        Assert.That(exceptions, Is.EqualTo(16));
    }

    [Test]
    public void Double_SmallMultiples_EqualsTheOracle()
    {
        List<(BigInteger X, BigInteger Y)> multiples = [.. Enumerable.Range(1, 20).Select(k => Curve.Multiply(k, Curve.Generator)!.Value)];
        List<long[][]> doubled = _kernel.DoublePoints(multiples.ConvertAll(Jacobian));

        Assert.That(doubled.ConvertAll(Affine), Is.EqualTo(multiples.ConvertAll(point => Curve.Add(point, point)!.Value)));
    }

    [Test]
    public void AddAndDouble_OnceZIsZero_LeaveItZero()
    {
        (BigInteger X, BigInteger Y) point = Curve.Generator, other = Curve.Multiply(7, Curve.Generator)!.Value;
        List<long[][]> state = [.. Enumerable.Repeat(Jacobian(point), 3)];
        List<long[][]> same = [.. Enumerable.Repeat(new[] { Limbs(point.X), Limbs(point.Y) }, 3)];
        List<long[][]> others = [.. Enumerable.Repeat(new[] { Limbs(other.X), Limbs(other.Y) }, 3)];

        state = _kernel.AddPoints(state, same, scale: null);
        for (int round = 0; round < 20; round++)
        {
            Assert.That(Value(state[0][2]), Is.EqualTo(BigInteger.Zero), $"round {round}");
            state = round % 3 == 2 ? _kernel.AddPoints(state, others, Limbs(round)) : _kernel.DoublePoints(state);
        }
    }

    /// <summary>The point with Z = 3: a factor that is not 1.</summary>
    private static long[][] Jacobian((BigInteger X, BigInteger Y) point) => [Limbs(point.X * 9), Limbs(point.Y * 27), Limbs(3)];

    private static (BigInteger X, BigInteger Y) Affine(long[][] point)
    {
        BigInteger inverse = CurveOracle.Inverse(Value(point[2]), P);
        return (CurveOracle.Mod(Value(point[0]) * inverse * inverse, P), CurveOracle.Mod(Value(point[1]) * inverse * inverse * inverse, P));
    }

    private static long[] Limbs(BigInteger value) => LaneKernel.Limbs(CurveOracle.Mod(value, P));

    private static BigInteger Value(long[] limbs) => CurveOracle.Mod(LaneKernel.Value(limbs), P);
}
