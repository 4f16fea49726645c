using System.Numerics;

namespace Coniunctum.Crypto.Tests.Secp256k1.Lanes;

[TestFixtureSource(typeof(LaneKernel), nameof(LaneKernel.Names))]
public sealed class LaneFieldTests(string lanes)
{
    private const long Unit = 1L << 29;
    private const long LastUnit = 1L << 24;
    private const long Margin = 1L << 25;
    private static readonly BigInteger P = CurveOracle.Secp256k1.P;
    private readonly LaneKernel _kernel = LaneKernel.Find(lanes);

    [Test]
    public void Products_AllPairsOfEdgeNumbers_EqualTheOracle()
    {
        List<BigInteger> numbers = Numbers.Below(P, 40, seed: 61);
        List<(BigInteger A, BigInteger B)> pairs = [.. numbers.SelectMany(a => numbers.Select(b => (a, b)))];
        List<long[]> a = pairs.ConvertAll(pair => LaneKernel.Limbs(pair.A)), b = pairs.ConvertAll(pair => LaneKernel.Limbs(pair.B));

        AssertReduced(_kernel.Multiply(a, b), pairs.ConvertAll(pair => pair.A * pair.B));
        AssertReduced(_kernel.MultiplySubtract(a, b, a), pairs.ConvertAll(pair => (pair.A * pair.B) - pair.A));
        AssertReduced(_kernel.SquareSubtract(a, b), pairs.ConvertAll(pair => (pair.A * pair.A) - pair.B));
        AssertReduced(_kernel.Square(a), pairs.ConvertAll(pair => pair.A * pair.A));
    }

    [TestCase(1.0, 1.0)]
    [TestCase(1.0, 3.0)]
    [TestCase(3.0, 1.0)]
    [TestCase(1.5, 2.0)]
    [TestCase(1.73, 1.73)]
    public void Products_LimbsAtTheLimitOfTheirMagnitude_EqualTheOracle(double magnitudeOfA, double magnitudeOfB)
    {
        List<long[]> a = [], b = [], subtrahends = [];
        foreach (long[] signsOfA in SignPatterns())
        {
            foreach (long[] signsOfB in SignPatterns())
            {
                a.Add(Full(signsOfA, magnitudeOfA));
                b.Add(Full(signsOfB, magnitudeOfB));
                subtrahends.Add(Full([.. signsOfA.Reverse()], 8));
            }
        }

        AssertReduced(_kernel.Multiply(a, b), [.. a.Zip(b, (x, y) => LaneKernel.Value(x) * LaneKernel.Value(y))]);
        AssertReduced(
            _kernel.MultiplySubtract(a, b, subtrahends),
            [.. a.Zip(b, subtrahends).Select(t => (LaneKernel.Value(t.First) * LaneKernel.Value(t.Second)) - LaneKernel.Value(t.Third))]);
    }

    [TestCase(1.0)]
    [TestCase(1.5)]
    [TestCase(1.73)]
    public void Squares_LimbsAtTheLimitOfTheirMagnitude_EqualTheOracle(double magnitude)
    {
        List<long[]> a = [.. SignPatterns().Select(signs => Full(signs, magnitude))];
        List<long[]> subtrahends = [.. SignPatterns().Reverse().Select(signs => Full(signs, 8))];

        AssertReduced(_kernel.Square(a), a.ConvertAll(x => LaneKernel.Value(x) * LaneKernel.Value(x)));
        AssertReduced(
            _kernel.SquareSubtract(a, subtrahends), [.. a.Zip(subtrahends, (x, s) => (LaneKernel.Value(x) * LaneKernel.Value(x)) - LaneKernel.Value(s))]);
    }

    [Test]
    public void Products_RandomSignedLimbs_EqualTheOracle()
    {
        const int Seed = 62;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        List<long[]> a = [.. Enumerable.Range(0, 2000).Select(_ => RandomLimbs(random))];
        List<long[]> b = [.. Enumerable.Range(0, 2000).Select(_ => RandomLimbs(random))];

        AssertReduced(_kernel.Multiply(a, b), [.. a.Zip(b, (x, y) => LaneKernel.Value(x) * LaneKernel.Value(y))]);
        AssertReduced(_kernel.Square(a), a.ConvertAll(x => LaneKernel.Value(x) * LaneKernel.Value(x)));
        _kernel.AssertResultsMayBeOperands(_kernel.Multiply(a, b), _kernel.Square(b));
    }

    [Test]
    public void ThreeHalves_ReducedNumbers_EqualTheOracleWithinTheirMagnitude()
    {
        BigInteger half = CurveOracle.Inverse(2, P);
        List<long[]> a = [.. Numbers.Below(P, 500, seed: 63).Select(LaneKernel.Limbs), .. ReducedExtremes()];
        List<long[]> results = _kernel.ThreeHalves(a);
        for (int i = 0; i < a.Count; i++)
        {
            Assert.That(CurveOracle.Mod(LaneKernel.Value(results[i]), P), Is.EqualTo(CurveOracle.Mod(3 * LaneKernel.Value(a[i]) * half, P)));
            for (int limb = 0; limb < 8; limb++)
                Assert.That(Math.Abs(results[i][limb]), Is.LessThan((3 * Unit / 2) + (2 * Margin)), $"limb {limb}");
            Assert.That(Math.Abs(results[i][8]), Is.LessThanOrEqualTo(2 * LastUnit));
        }
    }

    [Test]
    public void Normalize_ReducedFormsOfEdgeNumbers_GivesTheOnlyFormBelowP()
    {
        List<long[]> a = [];
        foreach (BigInteger number in Numbers.Below(P, 100, seed: 64))
        {
            a.Add(LaneKernel.Limbs(number));
            a.Add([.. LaneKernel.Limbs(number).Select(limb => -limb)]);
            if (number + P < BigInteger.Pow(2, 256)) a.Add(LaneKernel.Limbs(number + P));
        }

        a.AddRange(ReducedExtremes());
        Assert.That(_kernel.Normalize(a), Is.EqualTo(a.ConvertAll(x => LaneKernel.Limbs(CurveOracle.Mod(LaneKernel.Value(x), P)))));
        List<long[]> weak = _kernel.NormalizeWeakly(a);
        for (int i = 0; i < a.Count; i++)
        {
            BigInteger value = LaneKernel.Value(weak[i]);
            Assert.That(weak[i], Is.EqualTo(LaneKernel.Limbs(value)), "each limb in its range");
            Assert.That(value, Is.LessThan(BigInteger.Pow(2, 256)));
            Assert.That(CurveOracle.Mod(value - LaneKernel.Value(a[i]), P), Is.EqualTo(BigInteger.Zero));
        }
    }

    [Test]
    public void ToWordsFromWords_EdgeNumbers_AreEachOthersInverse()
    {
        List<long[]> a = [.. Numbers.Below(BigInteger.Pow(2, 256), 101, seed: 65).Select(LaneKernel.Limbs)];
        List<long[]> results = _kernel.ThroughWords(a);
        for (int i = 0; i < a.Count; i++)
            Assert.That(results[i], Is.EqualTo(a[i]).Or.EqualTo(a[i].Select(limb => -limb)));
        Assert.That(results.Count(limbs => limbs.Any(limb => limb < 0)), Is.InRange((a.Count / 2) - 2, (a.Count / 2) + 1));
    }

    [Test]
    public void SquareRoots_EdgeNumbers_AreTheOracles()
    {
        List<BigInteger> numbers = Numbers.Below(P, 20, seed: 66);
        List<long[]> roots = _kernel.SquareRoots(numbers.ConvertAll(LaneKernel.Limbs));

        AssertReduced(roots, numbers.ConvertAll(number => BigInteger.ModPow(number, (P + 1) / 4, P)));
    }

    /// <summary>Elements as a product may leave them: limbs 0 and 1 stick out on either side.</summary>
    private static IEnumerable<long[]> ReducedExtremes()
    {
        long[] lowest = [1 - Margin, 0, 1, Unit - 1, Unit + Margin - 1];
        long[] others = [0, Unit - 1];
        foreach (long limb0 in lowest)
        {
            foreach (long limb1 in lowest)
            {
                foreach (long limb in others)
                {
                    yield return [limb0, limb1, limb, limb, limb, limb, limb, limb, 0];
                    yield return [limb0, limb1, limb, limb, limb, limb, limb, limb, LastUnit - 1];
                }
            }
        }
    }

    private static IEnumerable<long[]> SignPatterns()
    {
        yield return [1, 1, 1, 1, 1, 1, 1, 1, 1];
        yield return [-1, -1, -1, -1, -1, -1, -1, -1, -1];
        yield return [1, -1, 1, -1, 1, -1, 1, -1, 1];
        yield return [-1, 1, -1, 1, -1, 1, -1, 1, -1];
        yield return [1, 1, 1, 1, -1, -1, -1, -1, -1];
        yield return [0, 0, 0, 0, 0, 0, 0, 0, 1];
        yield return [1, 0, 0, 0, 0, 0, 0, 0, -1];
    }

    /// <summary>Limbs as large as the magnitude allows; limb 0 is wider by a sixteenth.</summary>
    private static long[] Full(long[] signs, double magnitude) =>
        [.. signs.Select((sign, i) => sign * (long)(magnitude * i switch { 0 => Unit + Margin, 8 => LastUnit, _ => Unit }))];

    private static long[] RandomLimbs(Random random) =>
        [.. Enumerable.Range(0, 9).Select(i => random.NextInt64(i == 8 ? -LastUnit : -Unit, i == 8 ? LastUnit : Unit))];

    private static void AssertReduced(List<long[]> actual, List<BigInteger> expected)
    {
        Assert.That(actual, Has.Count.EqualTo(expected.Count));
        for (int i = 0; i < actual.Count; i++)
        {
            long[] limbs = actual[i];
            if (CurveOracle.Mod(LaneKernel.Value(limbs) - expected[i], P) != 0) Assert.Fail(Invariant($"case {i} differs"));
            if (limbs[2..8].Any(limb => limb is < 0 or >= Unit) || limbs[8] is < 0 or >= LastUnit) Assert.Fail(Invariant($"case {i} is not reduced"));
            if (limbs[..2].Any(limb => limb is <= -Margin or >= Unit + Margin)) Assert.Fail(Invariant($"case {i} sticks out too far"));
        }
    }
}
