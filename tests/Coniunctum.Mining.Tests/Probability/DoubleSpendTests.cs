using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Coniunctum.Mining.Probability;

namespace Coniunctum.Mining.Tests.Probability;

public sealed class DoubleSpendTests
{
    // Rosenfeld, "Analysis of hashrate-based double spending" (arXiv:1402.2009), table 1, in percent to three decimals.
    private static readonly double[] s_tenPercent = [20.000, 5.600, 1.712, 0.546, 0.178, 0.059, 0.020, 0.007, 0.002, 0.001];

    private const double SmallestNormal = 2.2250738585072014e-308;

    private static JsonElement Vectors => VectorFile.ReadJson("probability/nakamoto_section11.json");

    [TestCase("q01", 0.1)]
    [TestCase("q03", 0.3)]
    public void Nakamoto_OfThePapersTables_IsTheSameToSevenDecimals(string table, double share)
    {
        foreach (JsonElement row in Vectors.GetProperty(table).EnumerateArray())
        {
            int confirmations = row[0].GetInt32();
            Assert.That(
                DoubleSpend.Nakamoto(confirmations, share).ToString("0.0000000", CultureInfo.InvariantCulture),
                Is.EqualTo(row[1].GetString()), $"{confirmations} confirmations");
        }
    }

    [Test]
    public void ConfirmationsByNakamoto_ForARiskOfOneInAThousand_AreThePapers()
    {
        foreach (JsonElement row in Vectors.GetProperty("first_z_below_0_001").EnumerateArray())
            Assert.That(DoubleSpend.ConfirmationsByNakamoto(0.001, row[0].GetDouble()), Is.EqualTo(row[1].GetInt32()), row[0].ToString());
    }

    [Test]
    public void Rosenfeld_OfATenth_IsThePapersTable()
    {
        for (int n = 1; n <= s_tenPercent.Length; n++)
            Assert.That(100 * DoubleSpend.Rosenfeld(n, 0.1), Is.EqualTo(s_tenPercent[n - 1]).Within(0.00050001), $"{n} confirmations");
    }

    [Test]
    public void Rosenfeld_AgreesWithThePapersSum_InExactFractions()
    {
        foreach (int numerator in (int[])[1, 3, 26, 51, 77, 102, 115, 125, 127])
        {
            foreach (int n in (int[])[1, 2, 3, 6, 10, 30, 100, 400, 1_500])
            {
                double expected = RosenfeldInFractions(n, numerator, 256);
                double found = DoubleSpend.Rosenfeld(n, numerator / 256.0);
                Assert.That(found, Is.EqualTo(expected).Within(expected * 1e-11).Or.LessThan(SmallestNormal), $"n {n}, q {numerator}/256");
            }
        }
    }

    [Test]
    public void Nakamoto_AgreesWithThePapersSum_InManyDigits()
    {
        foreach (int numerator in (int[])[1, 26, 77, 102, 125, 127])
        {
            foreach (int n in (int[])[1, 2, 5, 16, 17, 60, 300, 1_500])
            {
                double expected = NakamotoInManyDigits(n, numerator, 256);
                double found = DoubleSpend.Nakamoto(n, numerator / 256.0);
                Assert.That(found, Is.EqualTo(expected).Within(expected * 1e-11).Or.LessThan(SmallestNormal), $"n {n}, q {numerator}/256");
            }
        }
    }

    [Test]
    public void Risks_FallWithConfirmationsAndRiseWithTheShare_UpToTheLimits()
    {
        const double rounding = 1e-12;
        double[] shares = [0, 1e-9, 0.01, 0.1, 0.25, 0.4, 0.49, 0.4999, 0.5 - 1e-12, Math.BitDecrement(0.5), 0.5];
        int[] counts = [0, 1, 2, 3, 10, 100, 1_000, 10_000, 1_000_000];
        foreach (Func<int, double, double> riskOf in (Func<int, double, double>[])[DoubleSpend.Rosenfeld, DoubleSpend.Nakamoto])
        {
            for (int i = 0; i < shares.Length; i++)
            {
                for (int j = 0; j < counts.Length; j++)
                {
                    double risk = riskOf(counts[j], shares[i]);
                    Assert.That(risk, Is.InRange(0, 1));
                    if (j > 0) Assert.That(risk, Is.LessThanOrEqualTo(riskOf(counts[j - 1], shares[i]) + rounding), $"{counts[j]}, {shares[i]}");
                    if (i > 0) Assert.That(risk, Is.GreaterThanOrEqualTo(riskOf(counts[j], shares[i - 1]) - rounding), $"{counts[j]}, {shares[i]}");
                }
            }
        }
    }

    [TestCase(0.5)]
    [TestCase(0.75)]
    [TestCase(1)]
    public void AHalfOrMore_AlwaysSucceeds(double share)
    {
        Assert.That(DoubleSpend.Rosenfeld(6, share), Is.EqualTo(1));
        Assert.That(DoubleSpend.Nakamoto(6, share), Is.EqualTo(1));
        Assert.That(DoubleSpend.ConfirmationsByRosenfeld(0.999, share), Is.Null);
        Assert.That(DoubleSpend.ConfirmationsByNakamoto(0.999, share), Is.Null);
    }

    [Test]
    public void WithoutAnAttacker_OneConfirmationIsCertain()
    {
        Assert.That(DoubleSpend.Rosenfeld(0, 0), Is.EqualTo(1));
        Assert.That(DoubleSpend.Rosenfeld(1, 0), Is.Zero);
        Assert.That(DoubleSpend.Nakamoto(1, 0), Is.Zero);
        Assert.That(DoubleSpend.ConfirmationsByRosenfeld(1e-300, 0), Is.EqualTo(1));
    }

    [Test]
    public void Confirmations_AreTheLeastThatSuffice()
    {
        foreach (double share in (double[])[0.02, 0.1, 0.3, 0.45])
        {
            foreach (double risk in (double[])[0.5, 0.01, 1e-6, 1e-12])
            {
                int rosenfeld = DoubleSpend.ConfirmationsByRosenfeld(risk, share)!.Value;
                Assert.That(DoubleSpend.Rosenfeld(rosenfeld, share), Is.LessThanOrEqualTo(risk));
                Assert.That(DoubleSpend.Rosenfeld(rosenfeld - 1, share), Is.GreaterThan(risk));
                int nakamoto = DoubleSpend.ConfirmationsByNakamoto(risk, share)!.Value;
                Assert.That(DoubleSpend.Nakamoto(nakamoto, share), Is.LessThanOrEqualTo(risk));
                Assert.That(DoubleSpend.Nakamoto(nakamoto - 1, share), Is.GreaterThan(risk));
            }
        }

        Assert.That(DoubleSpend.ConfirmationsByRosenfeld(1, 0.3), Is.Zero);
        Assert.That(DoubleSpend.ConfirmationsByRosenfeld(0.001, 0.1), Is.EqualTo(6), "Bitcoin's six");
        Assert.That(DoubleSpend.ConfirmationsByRosenfeld(1e-9, 0.4999), Is.Null, "more than a million");
    }

    [Test]
    public void Arguments_OutsideOfTheirRanges_Throw()
    {
        Assert.That(() => DoubleSpend.Rosenfeld(-1, 0.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => DoubleSpend.Nakamoto(1_000_001, 0.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => DoubleSpend.Rosenfeld(1, -0.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => DoubleSpend.Nakamoto(1, 1.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => DoubleSpend.Rosenfeld(1, double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => DoubleSpend.ConfirmationsByRosenfeld(0, 0.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => DoubleSpend.ConfirmationsByNakamoto(double.NaN, 0.1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    /// <summary>1 − Σ C(m+n−1, m)(pⁿqᵐ − pᵐqⁿ), all over one denominator of powers of <paramref name="whole"/>.</summary>
    private static double RosenfeldInFractions(int n, int numerator, int whole)
    {
        BigInteger q = numerator;
        BigInteger p = whole - numerator;
        BigInteger binomial = 1;
        BigInteger sum = 0;
        BigInteger pn = BigInteger.Pow(p, n);
        BigInteger qn = BigInteger.Pow(q, n);
        BigInteger pm = 1;
        BigInteger qm = 1;
        BigInteger scale = BigInteger.Pow(whole, n);
        for (int m = 0; m <= n; m++)
        {
            sum += binomial * ((pn * qm) - (pm * qn)) * scale;
            scale /= whole;
            binomial = binomial * (m + n) / (m + 1);
            pm *= p;
            qm *= q;
        }

        BigInteger denominator = BigInteger.Pow(whole, 2 * n);
        return Divide(denominator - sum, denominator);
    }

    /// <summary>1 − Σ λᵏe^−λ/k!·(1 − (q/p)^(n−k)) in fixed-point numbers of 4,096 fraction bits.</summary>
    private static double NakamotoInManyDigits(int n, int numerator, int whole)
    {
        const int bits = 4_096;
        BigInteger one = BigInteger.One << bits;
        int p = whole - numerator;
        BigInteger power = one;
        for (int k = 0; k < n; k++) power = power * numerator / p;

        BigInteger expTerm = one;
        BigInteger exp = 0;
        BigInteger sum = 0;
        for (int k = 0; !expTerm.IsZero || k <= n; k++)
        {
            if (k <= n)
            {
                sum += expTerm * (one - power) >> bits;
                power = power * p / numerator;
            }

            exp += expTerm;
            expTerm = expTerm * n * numerator / p / (k + 1);
        }

        return Divide(exp - sum, exp);
    }

    private static double Divide(BigInteger dividend, BigInteger divisor)
    {
        int shift = (int)(divisor.GetBitLength() - dividend.GetBitLength()) + 64;
        return Math.ScaleB((double)((dividend << shift) / divisor), -shift);
    }
}
