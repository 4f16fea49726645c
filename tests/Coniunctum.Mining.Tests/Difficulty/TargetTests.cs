using System.Globalization;
using System.Numerics;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Crypto;

namespace Coniunctum.Mining.Tests.Difficulty;

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

    [Test]
    public void Comparison_OfEqualNumbers_IsNeitherLowerNorHigher()
    {
        Target one = Target.ForHashes(7), same = Target.ForHashes(7), other = Target.ForHashes(8);
        Assert.That(one == same && one <= same && one >= same, Is.True);
        Assert.That(one != same || one < same || one > same, Is.False);
        Assert.That(one == other || one < other || one <= other || other > one || other >= one, Is.False, "the other is lower");
        Assert.That(one.Equals((object)same) && one.GetHashCode() == same.GetHashCode(), Is.True);
        Assert.That(one.Equals((object)other) || one.Equals("a text"), Is.False);
        Assert.That(new ulong[] { 1, 2, 3, 4 }.Select(hashes => Target.ForHashes(hashes).GetHashCode()).Distinct().Count(), Is.GreaterThan(1));
    }

    [Test]
    public void FromNumber_BeyondTheGreatest_IsTheGreatest()
    {
        Assert.That(Target.FromNumber((BigInteger.One << 256) - 1), Is.EqualTo(Target.Max));
        Assert.That(Target.FromNumber(BigInteger.One << 256), Is.EqualTo(Target.Max));
        Assert.That(Target.FromNumber(0).IsZero, Is.True);
        Assert.That(() => Target.FromNumber(-1), Throws.TypeOf<OverflowException>());
        Assert.That(() => Target.ForHashes(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(Target.ForHashes(1), Is.EqualTo(Target.Max));
    }

    [Test]
    public void Parse_WhatToStringWrites_GivesItBack_AndRefusesAllElse()
    {
        Target target = Target.ForHashes(1_000_003);
        string text = target.ToString();
        Assert.That(text, Does.Match("^[0-9a-f]{64}$"));
        Assert.That($"{target}", Is.EqualTo(text));
        Assert.That(Target.Parse(text), Is.EqualTo(target));
        Assert.That(Target.TryParse(text, out Target read) && read == target, Is.True);
        Assert.That(Target.TryParse(text.AsSpan(1), out read), Is.False);
        Assert.That(read, Is.EqualTo(default(Target)));
        Assert.That(() => Target.Parse(text.AsSpan(1)), Throws.TypeOf<FormatException>());
        Assert.That((ReadAs<Target>(text), ReadAs<Target>(null)), Is.EqualTo(((Target?)target, (Target?)null)));
        Assert.That(ParsedAs<Target>(text), Is.EqualTo(target));
        byte[] utf8 = new byte[64];
        Assert.That(System.Text.Unicode.Utf8.TryWrite(utf8, $"{target}", out int written) && written == 64, Is.True);
        Assert.That(System.Text.Encoding.ASCII.GetString(utf8), Is.EqualTo(text));

        static T ParsedAs<T>(string given)
            where T : struct, IParsable<T> => T.Parse(given, null);

        static T? ReadAs<T>(string? given)
            where T : struct, IParsable<T> => T.TryParse(given, null, out T value) ? value : null;
    }
}
