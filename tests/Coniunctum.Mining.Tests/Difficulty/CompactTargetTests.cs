using System.Globalization;
using System.Numerics;
using Coniunctum.Mining.Difficulty;
using Coniunctum.Crypto;

namespace Coniunctum.Mining.Tests.Difficulty;

public sealed class CompactTargetTests
{
    // Bitcoin Core, arith_uint256_tests.cpp (bignum_SetCompact).
    [TestCase(0x00000000u, CompactOutcome.Zero, "0", 0x00000000u)]
    [TestCase(0x00123456u, CompactOutcome.Zero, "0", 0x00000000u)]
    [TestCase(0x01003456u, CompactOutcome.Zero, "0", 0x00000000u)]
    [TestCase(0x02000056u, CompactOutcome.Zero, "0", 0x00000000u)]
    [TestCase(0x03000000u, CompactOutcome.Zero, "0", 0x00000000u)]
    [TestCase(0x00923456u, CompactOutcome.Zero, "0", 0x00000000u)]
    [TestCase(0x01803456u, CompactOutcome.Zero, "0", 0x00000000u)]
    [TestCase(0x04800000u, CompactOutcome.Zero, "0", 0x00000000u)]
    [TestCase(0x01123456u, CompactOutcome.Valid, "12", 0x01120000u)]
    [TestCase(0x02123456u, CompactOutcome.Valid, "1234", 0x02123400u)]
    [TestCase(0x03123456u, CompactOutcome.Valid, "123456", 0x03123456u)]
    [TestCase(0x04123456u, CompactOutcome.Valid, "12345600", 0x04123456u)]
    [TestCase(0x05009234u, CompactOutcome.Valid, "92340000", 0x05009234u)]
    [TestCase(0x20123456u, CompactOutcome.Valid, "1234560000000000000000000000000000000000000000000000000000000000", 0x20123456u)]
    [TestCase(0x01fedcbau, CompactOutcome.Negative, "0", 0u)]
    [TestCase(0x04923456u, CompactOutcome.Negative, "0", 0u)]
    [TestCase(0xff123456u, CompactOutcome.Overflow, "0", 0u)]
    // The ends: 34 bytes of which two are zero, and one too many.
    [TestCase(0x220000ffu, CompactOutcome.Valid, "ff00000000000000000000000000000000000000000000000000000000000000", 0x2100ff00u)]
    [TestCase(0x230000ffu, CompactOutcome.Overflow, "0", 0u)]
    [TestCase(0x22000100u, CompactOutcome.Overflow, "0", 0u)]
    [TestCase(0x2100ffffu, CompactOutcome.Valid, "ffff000000000000000000000000000000000000000000000000000000000000", 0x2100ffffu)]
    [TestCase(0x21010000u, CompactOutcome.Overflow, "0", 0u)]
    [TestCase(0x1d00ffffu, CompactOutcome.Valid, "ffff0000000000000000000000000000000000000000000000000000", 0x1d00ffffu)]
    public void Expand_KnownCases_AreBitcoinCores(uint bits, CompactOutcome outcome, string value, uint again)
    {
        Assert.That(new CompactTarget(bits).Expand(out Target target), Is.EqualTo(outcome));
        Assert.That(target.ToNumber(), Is.EqualTo(BigInteger.Parse("0" + value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        if (outcome != CompactOutcome.Negative && outcome != CompactOutcome.Overflow)
            Assert.That(CompactTarget.From(target), Is.EqualTo(new CompactTarget(again)));
    }

    [Test]
    public void From_ByteWithTheHighestBit_NeedsALongerForm() =>
        Assert.That(CompactTarget.From(Target.FromNumber(0x80)), Is.EqualTo(new CompactTarget(0x02008000)));

    [Test]
    public void Expand_EveryLengthAndManyDigits_IsTheFormula()
    {
        foreach (uint digits in Digits())
        {
            for (uint length = 0; length <= 255; length++)
            {
                BigInteger value = length >= 3 ? (BigInteger)digits << (8 * ((int)length - 3)) : digits >> (8 * (3 - (int)length));
                CompactOutcome expected = value.IsZero ? CompactOutcome.Zero
                    : value.GetBitLength() > 256 ? CompactOutcome.Overflow
                    : CompactOutcome.Valid;
                var compact = new CompactTarget((length << 24) | digits);
                CompactOutcome outcome = compact.Expand(out Target target);
                CompactOutcome signed = new CompactTarget(compact.Bits | 0x00800000).Expand(out Target none);
                // No constraint here: half a million of them take minutes.
                if (outcome != expected || (expected == CompactOutcome.Valid && target.ToNumber() != value))
                    Assert.Fail(Invariant($"{compact}: {outcome} {target}, expected {expected} {value:x}"));
                if (signed != (value.IsZero ? CompactOutcome.Zero : CompactOutcome.Negative) || !none.IsZero)
                    Assert.Fail($"{compact} with its sign: {signed}");
            }
        }
    }

    [Test]
    public void From_EveryCanonicalForm_ComesBack()
    {
        int count = 0;
        for (uint length = 1; length <= 33; length++)
        {
            foreach (uint digits in Digits())
            {
                var compact = new CompactTarget((length << 24) | digits);
                if (compact.Expand(out Target target) != CompactOutcome.Valid) continue;
                // Canonical: no byte in front that could be spared, and nothing behind the point.
                bool isShortest = digits >= 0x8000;
                bool isWhole = length >= 3 || digits % (1u << (8 * (3 - (int)length))) == 0;
                CompactTarget again = CompactTarget.From(target);
                count++;
                if (isShortest && isWhole != (again == compact)) Assert.Fail($"{compact} came back as {again}");
                if (!isShortest && again == compact) Assert.Fail($"{compact} is not the shortest form");
                if (again.Expand(out Target same) != CompactOutcome.Valid || same != target) Assert.Fail($"{compact}: {target} became {same}");
            }
        }

        Assert.That(count, Is.GreaterThan(25_000));
    }

    [Test]
    public void From_AnyNumber_RoundsDownByLessThanOnePartIn32768([Values(1)] int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[Hash256.Size];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            BigInteger number = new BigInteger(bytes, isUnsigned: true) >> random.Next(256);
            if (number.IsZero) continue;
            Assume.That(CompactTarget.From(Target.FromNumber(number)).Expand(out Target rounded), Is.EqualTo(CompactOutcome.Valid));
            BigInteger lost = number - rounded.ToNumber();
            if (lost.Sign < 0 || lost * 32_768 >= number) Assert.Fail(Invariant($"{number:x} became {rounded} (seed {seed})"));
        }
    }

    private static IEnumerable<uint> Digits()
    {
        for (uint low = 0; low <= 0x1ff; low++) yield return low;
        for (int bit = 8; bit < 23; bit++)
        {
            yield return (1u << bit) - 1;
            yield return 1u << bit;
            yield return (1u << bit) + 1;
        }

        for (uint high = 0; high <= 0x7f; high++)
        {
            yield return high << 16;
            yield return (high << 16) | 0xffff;
            yield return (high << 16) | 0x1234;
        }
    }
}
