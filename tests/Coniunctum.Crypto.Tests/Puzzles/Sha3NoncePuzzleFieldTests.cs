using System.Buffers.Binary;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Crypto.Tests.Puzzles;

/// <summary>A second free field beside the nonce.</summary>
public sealed class Sha3NoncePuzzleFieldTests
{
    // The standard header: eight hashes, the time's at byte 160.
    private const int Length = 256;
    private const int TimeOffset = 160;

    [TestCase(Length, TimeOffset, 1)]
    [TestCase(Length, TimeOffset, 8)]
    [TestCase(Length, 136, 4)]
    [TestCase(Length, 224, 4)]
    [TestCase(136 + 40, 144, 2)]
    [TestCase(512, 480, 16)]
    public void TryFind_RandomRanges_FindsTheLowestTry(int length, int offset, int values)
    {
        const int Seed = 20260614;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        (byte[] preimage, Hash256[] fields) = Material(length, values);
        var puzzle = new Sha3NoncePuzzle(preimage, offset, fields);
        int found = 0;
        for (int trial = 0; trial < 40; trial++)
        {
            ulong first = (ulong)random.NextInt64();
            int count = random.Next(0, 300);
            Hash256 target = Hash256.Parse($"{random.Next(0, 4):x2}" + new string('7', 62));

            bool isFound = puzzle.TryFind(first, (ulong)count, target, out ulong number);

            ulong? expected = null;
            for (ulong i = first; i < first + (ulong)count && expected is null; i++)
                if (Expected(preimage, offset, fields, i) < target) expected = i;
            Assert.That(isFound, Is.EqualTo(expected is not null));
            Assert.That(number, Is.EqualTo(expected ?? 0));
            if (isFound) found++;
        }

        Assert.That(found, Is.InRange(1, 39), "both outcomes occur");
    }

    [Test]
    public void Digest_OfATry_IsThatOfItsNonceAndFieldValue()
    {
        (byte[] preimage, Hash256[] fields) = Material(Length, 8);
        var puzzle = new Sha3NoncePuzzle(preimage, TimeOffset, fields);
        foreach (ulong number in (ulong[])[0, 7, 8, 12345, ulong.MaxValue])
            Assert.That(puzzle.Digest(number), Is.EqualTo(Expected(preimage, TimeOffset, fields, number)));
        Assert.That(puzzle.Split(8 * 77UL + 5), Is.EqualTo((77UL, 5)));
        Assert.That(puzzle.FieldValues, Is.EqualTo(8));
        Assert.That(new Sha3NoncePuzzle(preimage).FieldValues, Is.EqualTo(1));
    }

    [Test]
    public void Digest_OfATry_IsThatOfThePlainPuzzleWithTheFieldInPlace()
    {
        (byte[] preimage, Hash256[] fields) = Material(Length, 4);
        var both = new Sha3NoncePuzzle(preimage, TimeOffset, fields);
        fields[3].CopyTo(preimage.AsSpan(TimeOffset));

        Assert.That(both.Digest((4 * 99) + 3), Is.EqualTo(new Sha3NoncePuzzle(preimage).Digest(99)));
    }

    [Test]
    public void TryFind_UpToTheLastTry_DoesNotWrap()
    {
        (byte[] preimage, Hash256[] fields) = Material(Length, 16);
        var puzzle = new Sha3NoncePuzzle(preimage, TimeOffset, fields);
        Hash256 all = Hash256.Parse(new string('f', 64));

        Assert.That(puzzle.TryFind(ulong.MaxValue, 1, all, out ulong number), Is.True);
        Assert.That(number, Is.EqualTo(ulong.MaxValue));
        Assert.That(puzzle.TryFind(ulong.MaxValue - 100, 101, Hash256.Zero, out _), Is.False);
        Assert.That(puzzle.TryFind(0, 0, all, out _), Is.False);
        Assert.That(() => puzzle.TryFind(ulong.MaxValue, 2, all, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase(128, 96, 4, Description = "one block only")]
    [TestCase(256, 128, 4, Description = "the field begins in the first block")]
    [TestCase(256, 164, 4, Description = "not a multiple of eight")]
    [TestCase(256, 232, 4, Description = "ends beyond the message")]
    [TestCase(256, 160, 3, Description = "not a power of two")]
    [TestCase(256, 160, 0, Description = "no value")]
    [TestCase(256, 160, 8192, Description = "too many values")]
    public void Constructor_ImpossibleField_Throws(int length, int offset, int values) =>
        Assert.That(() => new Sha3NoncePuzzle(new byte[length], offset, new Hash256[values]), Throws.ArgumentException);

    private static (byte[] Preimage, Hash256[] Fields) Material(int length, int values)
    {
        var random = new Random(length + values);
        byte[] preimage = new byte[length];
        random.NextBytes(preimage);
        var fields = new Hash256[values];
        for (int i = 0; i < values; i++) fields[i] = Sha3_256.Hash([(byte)i]);
        return (preimage, fields);
    }

    private static Hash256 Expected(byte[] preimage, int offset, Hash256[] fields, ulong number)
    {
        byte[] nonce = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, number / (ulong)fields.Length);
        byte[] message = preimage.AsSpan().ToArray();
        Sha3_256.Hash(nonce).CopyTo(message.AsSpan(32));
        fields[number % (ulong)fields.Length].CopyTo(message.AsSpan(offset));
        return Sha3_256.Hash(Sha3_256.Hash(message).AsSpan());
    }
}
