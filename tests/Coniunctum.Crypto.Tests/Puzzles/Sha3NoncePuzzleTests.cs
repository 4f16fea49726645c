using System.Buffers.Binary;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Crypto.Tests.Puzzles;

public sealed class Sha3NoncePuzzleTests
{
    // The lengths of the int32coin and of the standard header's preimage, the limits, and both sides of a block boundary.
    private static readonly int[] Lengths = [160, 256, 64, 512, 135, 136, 137, 271, 272, 273, 100];

    [TestCaseSource(nameof(Lengths))]
    public void Digest_AnyLength_IsTheDoubleHashOfTheWholeMessage(int length)
    {
        byte[] preimage = Preimage(length);
        var puzzle = new Sha3NoncePuzzle(preimage);
        foreach (ulong nonce in (ulong[])[0, 1, 0x0102030405060708, ulong.MaxValue])
            Assert.That(puzzle.Digest(nonce), Is.EqualTo(Expected(preimage, nonce)));
    }

    [TestCaseSource(nameof(Lengths))]
    public void TryFind_RandomRangesAndTargets_FindsTheLowestSolution(int length)
    {
        const int Seed = 20260611;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        byte[] preimage = Preimage(length);
        var puzzle = new Sha3NoncePuzzle(preimage);
        int found = 0;
        for (int trial = 0; trial < 60; trial++)
        {
            ulong first = (ulong)random.NextInt64();
            int count = random.Next(0, 40);
            byte[] target = new byte[32];
            random.NextBytes(target);
            target[0] = (byte)random.Next(0, 20);

            bool isFound = puzzle.TryFind(first, (ulong)count, new Hash256(target), out ulong nonce);

            ulong? expected = null;
            for (int i = 0; i < count && expected is null; i++)
                if (Expected(preimage, first + (ulong)i) < new Hash256(target)) expected = first + (ulong)i;
            Assert.That(isFound, Is.EqualTo(expected is not null));
            Assert.That(nonce, Is.EqualTo(expected ?? 0));
            if (isFound) found++;
        }

        Assert.That(found, Is.InRange(1, 59), "both outcomes occur");
    }

    [Test]
    public void TryFind_TargetEqualToTheDigest_IsNotASolution()
    {
        var puzzle = new Sha3NoncePuzzle(Preimage(160));
        for (ulong nonce = 1000; nonce < 1100; nonce++)
        {
            Hash256 digest = puzzle.Digest(nonce);
            byte[] next = digest.ToArray();
            for (int i = 31; i >= 0 && ++next[i] == 0; i--)
            {
            }

            Assert.That(puzzle.TryFind(nonce, 1, digest, out _), Is.False);
            Assert.That(puzzle.TryFind(nonce, 1, new Hash256(next), out ulong found), Is.True);
            Assert.That(found, Is.EqualTo(nonce));
        }
    }

    [Test]
    public void TryFind_UpToTheLastNonce_DoesNotWrap()
    {
        byte[] preimage = Preimage(256);
        var puzzle = new Sha3NoncePuzzle(preimage);
        Hash256 all = Hash256.Parse(new string('f', 64));

        Assert.That(puzzle.TryFind(ulong.MaxValue, 1, all, out ulong nonce), Is.True);
        Assert.That(nonce, Is.EqualTo(ulong.MaxValue));
        Assert.That(puzzle.TryFind(ulong.MaxValue - 12, 13, Hash256.Zero, out _), Is.False);
        Assert.That(puzzle.TryFind(0, 0, all, out _), Is.False);
        Assert.That(() => puzzle.TryFind(ulong.MaxValue, 2, all, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => puzzle.TryFind(2, ulong.MaxValue, all, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase(63)]
    [TestCase(513)]
    public void Constructor_PreimageOfAnotherLength_Throws(int length) =>
        Assert.That(() => new Sha3NoncePuzzle(new byte[length]), Throws.ArgumentException);

    [Test]
    public void TryFind_AllocatesNothing()
    {
        var puzzle = new Sha3NoncePuzzle(Preimage(256));
        puzzle.TryFind(0, 100, Hash256.Zero, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();

        puzzle.TryFind(0, 1000, Hash256.Zero, out _);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static byte[] Preimage(int length)
    {
        byte[] preimage = new byte[length];
        new Random(length).NextBytes(preimage);
        return preimage;
    }

    private static Hash256 Expected(byte[] preimage, ulong nonce)
    {
        byte[] encoded = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(encoded, nonce);
        byte[] message = preimage.AsSpan().ToArray();
        Sha3_256.Hash(encoded).CopyTo(message.AsSpan(32));
        return Sha3_256.Hash(Sha3_256.Hash(message).AsSpan());
    }
}
