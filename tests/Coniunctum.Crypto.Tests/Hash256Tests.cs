using System.Numerics;

namespace Coniunctum.Crypto.Tests;

public sealed class Hash256Tests
{
    private const string Digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    [Test]
    public void Parse_EitherCase_ReadsTheBytesInOrder()
    {
        byte[] expected = Convert.FromHexString(Digits);

        Assert.That(Hash256.Parse(Digits).ToArray(), Is.EqualTo(expected));
        Assert.That(Hash256.Parse(Digits.ToUpperInvariant()), Is.EqualTo(new Hash256(expected)));
    }

    [TestCase("")]
    [TestCase("00")]
    [TestCase("0x" + "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff")]
    [TestCase(Digits + "0")]
    [TestCase(Digits + "00")]
    [TestCase(" " + "00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff")]
    [TestCase("g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff")]
    public void TryParse_AnythingBut64Digits_IsRefused(string text)
    {
        Assert.That(Hash256.TryParse(text, out Hash256 value), Is.False);
        Assert.That(value, Is.EqualTo(Hash256.Zero));
        Assert.That(() => Hash256.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void ToString_EachFormat_IsAsDocumented()
    {
        Hash256 value = Hash256.Parse(Digits);

        Assert.That(value.ToString(), Is.EqualTo(Digits));
        Assert.That($"{value:x}", Is.EqualTo(Digits));
        Assert.That($"{value:X}", Is.EqualTo(Digits.ToUpperInvariant()));
        Assert.That($"{value:s}", Is.EqualTo("00010203"));
        Assert.That(() => value.ToString("q", null), Throws.TypeOf<FormatException>());
    }

    [TestCase(31)]
    [TestCase(33)]
    public void Constructor_AnotherLength_Throws(int length) =>
        Assert.That(() => new Hash256(new byte[length]), Throws.ArgumentException);

    [Test]
    public void CompareTo_RandomPairs_OrderAsBigEndianNumbers()
    {
        const int Seed = 20260606;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        for (int i = 0; i < 2000; i++)
        {
            byte[] left = new byte[32];
            random.NextBytes(left);
            byte[] right = [.. left];

            // Numbers that differ from a random byte on, so that each word decides some of the comparisons.
            for (int position = random.Next(33); position < 32; position++) right[position] = (byte)random.Next(256);
            var a = new Hash256(left);
            var b = new Hash256(right);
            int expected = new BigInteger(left, isUnsigned: true, isBigEndian: true)
                .CompareTo(new BigInteger(right, isUnsigned: true, isBigEndian: true));

            Assert.That(Math.Sign(a.CompareTo(b)), Is.EqualTo(Math.Sign(expected)));
            Assert.That((a < b, a <= b, a > b, a >= b), Is.EqualTo((expected < 0, expected <= 0, expected > 0, expected >= 0)));
            Assert.That((a == b, a != b, a.Equals((object)b)), Is.EqualTo((expected == 0, expected != 0, expected == 0)));
            if (expected == 0) Assert.That(a.GetHashCode(), Is.EqualTo(b.GetHashCode()));
        }
    }

    [Test]
    public void Equals_OneBitChanged_IsAlwaysNoticed()
    {
        for (int bit = 0; bit < 256; bit++)
        {
            byte[] bytes = new byte[32];
            bytes[bit / 8] = (byte)(1 << (bit % 8));
            var value = new Hash256(bytes);

            Assert.That(value, Is.Not.EqualTo(Hash256.Zero), $"bit {bit}");
            Assert.That(value.IsZero, Is.False, $"bit {bit}");
        }

        Assert.That(Hash256.Zero.IsZero, Is.True);
    }

    [Test]
    public void CopyTo_ALongerSpan_WritesItsFirst32Bytes()
    {
        byte[] destination = new byte[40];

        Hash256.Parse(Digits).CopyTo(destination);

        Assert.That(destination[..32], Is.EqualTo(Convert.FromHexString(Digits)));
        Assert.That(destination[32..], Is.All.Zero);
        Assert.That(() => Hash256.Parse(Digits).CopyTo(new byte[31]), Throws.ArgumentException);
    }
}
