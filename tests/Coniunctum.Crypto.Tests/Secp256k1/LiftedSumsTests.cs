using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

/// <summary>Sums in lanes against sums without, and those against the oracle.</summary>
[TestFixtureSource(typeof(LaneKernel), nameof(LaneKernel.Names))]
public sealed class LiftedSumsTests(string lanes)
{
    private static readonly CurveOracle Curve = CurveOracle.Secp256k1;
    private static readonly BigInteger Lambda = CurveOracle.Hex("5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72");
    private readonly LaneKernel _kernel = LaneKernel.Find(lanes);

    [Test]
    public void Compute_EdgeScalarsOfRelatedPoints_EqualsTheScalarPath()
    {
        // Sums that meet the generator's own multiples, their opposites and infinity on the way.
        BigInteger[] factors = [1, 2, 3, 5, 31, 33, Lambda, Curve.N - Lambda, Curve.N / 2, BigInteger.Pow(2, 125), Curve.N - 7];
        BigInteger[] scalars =
        [
            0, 1, 2, 3, 16, 17, 31, 32, 33, Curve.N - 1, Curve.N - 2, Lambda, Curve.N - Lambda, Lambda + 1, Curve.N - Lambda - 1,
            BigInteger.Pow(2, 128), BigInteger.Pow(2, 128) - 1, BigInteger.Pow(2, 125), Curve.N / 2,
        ];
        List<LiftedSum> sums = [];
        foreach (BigInteger factor in factors)
        {
            (BigInteger X, BigInteger Y) q = Curve.Multiply(factor, Curve.Generator)!.Value;
            sums.AddRange(scalars.SelectMany(a => scalars.Select(b => Request(q.X, !q.Y.IsEven, a, b))));

            // And those whose sum is infinity.
            sums.AddRange(scalars.Select(b => Request(q.X, !q.Y.IsEven, CurveOracle.Mod(-b * factor, Curve.N), b)));
        }

        AssertEqualsTheScalarPath(sums);
    }

    [Test]
    public void Compute_RandomRequestsAThirdOfThemWithoutAPoint_EqualsTheScalarPathInEveryNumber()
    {
        var random = new Random(68);
        TestContext.Out.WriteLine("seed 68");
        for (int count = 1; count <= LiftedSums.MaxCount; count++)
            AssertEqualsTheScalarPath([.. Enumerable.Range(0, count).Select(_ => RandomRequest(random))]);
    }

    [Test]
    public void Compute_InAnotherCompany_GivesTheSame()
    {
        // One request whose lane goes wrong on the way, one without a point, one that is infinite, and a good one.
        (BigInteger X, BigInteger Y) g = Curve.Generator;
        LiftedSum[] special =
        [
            Request(g.X, !g.Y.IsEven, 1, 1), Request(5, false, 7, 8), Request(g.X, !g.Y.IsEven, 3, Curve.N - 3), Request(g.X, g.Y.IsEven, 1234, 5678),
        ];
        LiftedSum[] alone = Scalar(special);
        var random = new Random(69);
        TestContext.Out.WriteLine("seed 69");
        for (int round = 0; round < 30; round++)
        {
            LiftedSum[] company = [.. Enumerable.Range(0, LiftedSums.MaxCount).Select(_ => RandomRequest(random))];
            int[] places = [.. Enumerable.Range(0, company.Length).OrderBy(_ => random.Next()).Take(special.Length)];
            for (int i = 0; i < special.Length; i++) company[places[i]] = special[i];
            LiftedSum[] expected = Scalar(company);
            _kernel.ComputeSums(company);

            AssertEqual(company, expected);
            AssertEqual([.. places.Select(place => company[place])], alone);
        }
    }

    [Test]
    public void ComputeScalar_RandomRequests_EqualsTheOracle()
    {
        var random = new Random(70);
        TestContext.Out.WriteLine("seed 70");
        LiftedSum[] sums = [.. Enumerable.Range(0, 20).Select(_ => RandomRequest(random))];
        (BigInteger A, BigInteger B)[] factors = [.. sums.Select(sum => (Numbers.Value(sum.A), Numbers.Value(sum.B)))];
        LiftedSums.ComputeScalar_Vartime(sums);
        for (int i = 0; i < sums.Length; i++)
        {
            if (sums[i].Outcome != LiftedSumOutcome.Found) continue;
            (BigInteger X, BigInteger Y) lifted = Numbers.Value(sums[i].Lifted);
            Assert.That(Curve.IsOnCurve(lifted) && lifted.Y.IsEven != sums[i].IsOdd);
            (BigInteger X, BigInteger Y)? expected = Curve.Add(Curve.Multiply(factors[i].A, Curve.Generator), Curve.Multiply(factors[i].B, lifted));
            Assert.That(Numbers.Value(sums[i].Sum), Is.EqualTo(expected));
        }

        Assert.That(sums.Select(sum => sum.Outcome), Is.SupersetOf(new[] { LiftedSumOutcome.Found, LiftedSumOutcome.NoSuchPoint }));
    }

    [Test]
    public void Compute_MoreThanTheStackIsLaidOutFor_Throws() =>
        Assert.That(() => LiftedSums.Compute_Vartime(new LiftedSum[LiftedSums.MaxCount + 1]), Throws.ArgumentException);

    private void AssertEqualsTheScalarPath(List<LiftedSum> sums)
    {
        foreach (LiftedSum[] batch in sums.Chunk(LiftedSums.MaxCount))
        {
            LiftedSum[] expected = Scalar(batch);
            _kernel.ComputeSums(batch);
            AssertEqual(batch, expected);
        }
    }

    private static void AssertEqual(LiftedSum[] actual, LiftedSum[] expected)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(actual[i].Outcome, Is.EqualTo(expected[i].Outcome), $"{i}");
            if (expected[i].Outcome == LiftedSumOutcome.NoSuchPoint) continue;
            Assert.That(Numbers.Value(actual[i].Lifted), Is.EqualTo(Numbers.Value(expected[i].Lifted)), $"{i}");
            if (expected[i].Outcome != LiftedSumOutcome.Found) continue;
            Assert.That(actual[i].Sum, Is.EqualTo(expected[i].Sum), $"{i}, normalized");
        }
    }

    private static LiftedSum[] Scalar(LiftedSum[] sums)
    {
        LiftedSum[] copy = [.. sums];
        for (int i = 0; i < copy.Length; i++)
            LiftedSums.ComputeScalar_Vartime(copy.AsSpan(i, 1));
        return copy;
    }

    private static LiftedSum RandomRequest(Random random)
    {
        // Every second number is the x coordinate of a point; more of them make a good third bad.
        BigInteger x = RandomBelow(random, Curve.P);
        while (random.Next(3) != 0 && !BigInteger.ModPow((BigInteger.ModPow(x, 3, Curve.P) + 7) % Curve.P, (Curve.P - 1) / 2, Curve.P).IsOne)
            x = RandomBelow(random, Curve.P);
        return Request(x, random.Next(2) == 0, RandomBelow(random, Curve.N), RandomBelow(random, Curve.N));
    }

    private static LiftedSum Request(BigInteger x, bool isOdd, BigInteger a, BigInteger b) => new()
    {
        A = Numbers.Scalar(a),
        B = Numbers.Scalar(b),
        Lifted = new AffinePoint { X = Numbers.Field(x) },
        IsOdd = isOdd,
    };

    private static BigInteger RandomBelow(Random random, BigInteger modulus)
    {
        byte[] bytes = new byte[32];
        random.NextBytes(bytes);
        return CurveOracle.FromBytes(bytes) % modulus;
    }
}
