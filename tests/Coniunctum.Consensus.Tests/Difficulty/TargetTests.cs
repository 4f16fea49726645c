using System.Globalization;
using System.Numerics;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Tests.Difficulty;

public sealed class TargetTests
{
    [Test]
    public void Work_OfAnyTarget_IsTheQuotient([Values(1)] int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[Hash256.Size];
        for (int i = 0; i < 5_000; i++)
        {
            random.NextBytes(bytes);
            BigInteger number = new BigInteger(bytes, isUnsigned: true) >> random.Next(256);
            if (number.IsZero) continue;
            BigInteger expected = (BigInteger.One << 256) / (number + 1);
            Assert.That(BigInteger.Parse(Target.FromNumber(number).Work.ToString(), CultureInfo.InvariantCulture), Is.EqualTo(expected), $"seed {seed}");
        }
    }

    // Bitcoin's first target takes 2³² + 2¹⁶ + 1 hashes.
    [TestCase("00000000ffff0000000000000000000000000000000000000000000000000000", "4295032833")]
    [TestCase("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "1")]
    [TestCase("8000000000000000000000000000000000000000000000000000000000000000", "1")]
    [TestCase("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "2")]
    public void Work_KnownTargets(string target, string work) =>
        Assert.That(new Target(Hash256.Parse(target)).Work.ToString(), Is.EqualTo(work));

    [Test]
    public void Clamp_Numbers_StayBetweenOneAndTheLimit()
    {
        Target limit = Target.ForHashes(1_000);
        Assert.That(Target.Clamp(-5, limit), Is.EqualTo(Target.One));
        Assert.That(Target.Clamp(0, limit), Is.EqualTo(Target.One));
        Assert.That(Target.Clamp(1, limit), Is.EqualTo(Target.One));
        Assert.That(Target.Clamp(limit.ToNumber() - 1, limit).ToNumber(), Is.EqualTo(limit.ToNumber() - 1));
        Assert.That(Target.Clamp(limit.ToNumber() + 1, limit), Is.EqualTo(limit));
        Assert.That(Target.Clamp(BigInteger.One << 300, Target.Max), Is.EqualTo(Target.Max));
    }

    [Test]
    public void Comparison_IsThatOfNumbers()
    {
        Target low = Target.ForHashes(1_000), high = Target.ForHashes(10);
        Assert.That(low < high && low <= high && high > low && high >= low && low != high, Is.True);
        Assert.That(low.CompareTo(Target.ForHashes(1_000)), Is.Zero);
        Assert.That(low, Is.EqualTo(Target.ForHashes(1_000)));
        Assert.That(default(Target).IsZero, Is.True);
    }
}
