using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>All sums a·G + b·Q of points that only their x and parity name, in every kind of lanes.</summary>
[Category("Long")]
[TestFixtureSource(typeof(LaneKernel), nameof(LaneKernel.Names))]
public sealed class LiftedSumsTests(string lanes)
{
    private readonly LaneKernel _kernel = LaneKernel.Find(lanes);

    [Test]
    public void Compute_EveryPairOfFactors_IsTheSum()
    {
        Random random = Scope.Seeded(4);
        BigInteger[] representatives = SmallGroup.Representatives(random);
        Scalar[] factors = Array.ConvertAll(representatives, Numbers.Scalar);
        int infinite = 0;
        var sums = new List<LiftedSum>();
        var expected = new List<int>();

        // Lanes that no processor has are slow; a tenth of the pairs is enough of them for a quick run.
        int step = Scope.IsWhole || lanes.StartsWith("AVX", StringComparison.Ordinal) ? 1 : 10;
        for (int a = 0; a < SmallGroup.Order; a += step)
        {
            for (int b = 0; b < SmallGroup.Order; b++)
            {
                foreach (int q in Scope.Third(random, first: 1))
                {
                    sums.Add(Sum(factors[a], factors[b], SmallGroup.Affine[q]));
                    expected.Add((a + (b * q)) % SmallGroup.Order);
                    if (sums.Count == LiftedSums.MaxCount) Check();
                }
            }
        }

        Check();
        Assert.That(infinite, Is.GreaterThan(10), "sums at infinity");

        void Check()
        {
            LiftedSum[] batch = [.. sums];
            _kernel.ComputeSums(batch);
            for (int i = 0; i < batch.Length; i++)
            {
                LiftedSumOutcome outcome = expected[i] == 0 ? LiftedSumOutcome.Infinity : LiftedSumOutcome.Found;
                if (batch[i].Outcome != outcome || (expected[i] != 0 && SmallGroup.Logarithm(Numbers.Value(batch[i].Sum)) != expected[i]))
                    Assert.Fail(Invariant($"{Numbers.Value(batch[i].A)}·G + {Numbers.Value(batch[i].B)}·Q: {batch[i].Outcome}"));
                if (expected[i] == 0) infinite++;
            }

            sums.Clear();
            expected.Clear();
        }
    }

    private static LiftedSum Sum(in Scalar a, in Scalar b, in AffinePoint q) => new()
    {
        A = a,
        B = b,
        Lifted = new AffinePoint { X = q.X },
        IsOdd = q.Y.IsOdd,
    };
}
