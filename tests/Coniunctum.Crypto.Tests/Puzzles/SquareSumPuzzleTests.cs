using System.Globalization;
using System.Numerics;
using System.Text;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Crypto.Tests.Puzzles;

public sealed class SquareSumPuzzleTests
{
    private static readonly Hash256 Largest = Hash256.Parse(new string('f', 64));

    // PH, whose square decides in how many blocks the text lies: 0, small, about 64 and 119 digits, and the greatest.
    private static readonly string[] Anchors =
    [
        new('0', 64),
        new string('0', 63) + "9",
        new string('0', 38) + new string('a', 26),
        new string('0', 15) + new string('7', 49),
        "b1" + new string('5', 62),
        new('f', 64),
    ];

    [TestCaseSource(nameof(Anchors))]
    public void Digest_IsThatOfTheDecimalText(string anchor)
    {
        var puzzle = new SquareSumPuzzle(Hash256.Parse(anchor));
        foreach (ulong nonce in (ulong[])[0, 1, 2, 1_000_000_007, ulong.MaxValue])
            Assert.That(puzzle.Digest(nonce), Is.EqualTo(Expected(anchor, nonce)));
    }

    [TestCaseSource(nameof(Anchors))]
    public void TryFind_RangesOfEverySize_FindTheLowestSolution(string anchor)
    {
        const int Seed = 20260618;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var puzzle = new SquareSumPuzzle(Hash256.Parse(anchor));
        int found = 0;
        for (int trial = 0; trial < 100; trial++)
        {
            ulong first = (ulong)random.NextInt64() >> random.Next(0, 64);
            if (trial == 0) first = 0;
            if (trial == 1) first = ulong.MaxValue - 60;
            int count = random.Next(0, 60);
            Hash256 target = Hash256.Parse($"{random.Next(0, 12):x2}" + new string('7', 62));

            bool isFound = puzzle.TryFind(first, (ulong)count, target, out ulong nonce);

            ulong? expected = null;
            for (ulong x = Math.Max(first, 1); x < first + (ulong)count && expected is null; x++)
                if (Expected(anchor, x) < target) expected = x;
            Assert.That(isFound, Is.EqualTo(expected is not null));
            Assert.That(nonce, Is.EqualTo(expected ?? 0));
            if (isFound) found++;
        }

        Assert.That(found, Is.InRange(1, 99), "both outcomes occur");
    }

    [TestCase(90UL, 110UL, Description = "99² has four digits, 100² five")]
    [TestCase(99_990UL, 100_010UL)]
    [TestCase(4_294_967_290UL, 4_294_967_300UL)]
    public void TryFind_WhereTheTextGrows_TriesEveryNonce(ulong first, ulong last)
    {
        string anchor = new('0', 64);
        var puzzle = new SquareSumPuzzle(Hash256.Parse(anchor));
        for (ulong x = first; x <= last; x++)
        {
            // A target just above this digest, in a range that begins after every lower digest before it.
            Hash256 digest = Expected(anchor, x);
            ulong start = x;
            while (start > first && Expected(anchor, start - 1) > digest) start--;
            byte[] target = digest.ToArray();
            for (int i = 31; i >= 0 && ++target[i] == 0; i--)
            {
            }

            Assert.That(puzzle.TryFind(start, last - start + 1, new Hash256(target), out ulong nonce), Is.True);
            Assert.That(nonce, Is.EqualTo(x));
        }
    }

    [Test]
    public void TryFind_NonceZero_IsNeverFound()
    {
        var puzzle = new SquareSumPuzzle(Hash256.Zero);

        Assert.That(puzzle.TryFind(0, 1, Largest, out _), Is.False);
        Assert.That(puzzle.TryFind(0, 2, Largest, out ulong nonce), Is.True);
        Assert.That(nonce, Is.EqualTo(1));
        Assert.That(puzzle.TryFind(ulong.MaxValue, 1, Largest, out nonce), Is.True);
        Assert.That(nonce, Is.EqualTo(ulong.MaxValue));
    }

    [Test]
    public void TryFind_BeyondTheLastNonce_Throws() =>
        Assert.That(() => new SquareSumPuzzle(Largest).TryFind(ulong.MaxValue, 2, Largest, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static Hash256 Expected(string anchor, ulong nonce)
    {
        BigInteger previous = BigInteger.Parse("0" + anchor, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        BigInteger sum = ((BigInteger)nonce * nonce) + (previous * previous);
        return Sha256.Hash(Encoding.ASCII.GetBytes(sum.ToString(CultureInfo.InvariantCulture)));
    }
}
