using System.Buffers.Binary;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Crypto.Tests.Puzzles;

public sealed class DoubleSha256PuzzleTests
{
    // Bitcoin's block 0: version, previous block, Merkle root, time, target and nonce; and its hash.
    private const string GenesisHeader =
        "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa"
        + "4b1e5e4a29ab5f49ffff001d1dac2b7c";

    private const string GenesisHash = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
    private const ulong GenesisNonce = 2083236893;
    private static readonly Hash256 GenesisTarget = Hash256.Parse("00000000ffff" + new string('0', 52));

    [Test]
    public void Digest_OfBitcoinsFirstBlock_IsItsHash()
    {
        var puzzle = new DoubleSha256Puzzle(Convert.FromHexString(GenesisHeader));

        Assert.That(puzzle.Digest(GenesisNonce), Is.EqualTo(Hash256.Parse(GenesisHash)));
        Assert.That(puzzle.LastNonce, Is.EqualTo(4294967295));
    }

    [Test]
    public void TryFind_AroundBitcoinsFirstBlock_FindsItsNonce()
    {
        var puzzle = new DoubleSha256Puzzle(Convert.FromHexString(GenesisHeader));

        Assert.That(puzzle.TryFind(GenesisNonce - 5000, 10_000, GenesisTarget, out ulong nonce), Is.True);
        Assert.That(nonce, Is.EqualTo(GenesisNonce));
        Assert.That(puzzle.TryFind(GenesisNonce - 5000, 5000, GenesisTarget, out _), Is.False);
        Assert.That(puzzle.TryFind(GenesisNonce + 1, 5000, GenesisTarget, out _), Is.False);
    }

    [Test]
    public void TryFind_RandomRangesAndTargets_FindsTheLowestSolution()
    {
        const int Seed = 20260619;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        int found = 0;
        for (int trial = 0; trial < 300; trial++)
        {
            byte[] header = new byte[80];
            random.NextBytes(header);
            var puzzle = new DoubleSha256Puzzle(header);
            uint first = trial == 0 ? uint.MaxValue - 40 : (uint)random.NextInt64(0, uint.MaxValue - 60);
            int count = random.Next(0, 41);
            Hash256 target = Hash256.Parse($"{random.Next(0, 12):x2}" + new string('7', 62));

            bool isFound = puzzle.TryFind(first, (ulong)count, target, out ulong nonce);

            ulong? expected = null;
            for (uint i = 0; i < count && expected is null; i++)
                if (Expected(header, first + i) < target) expected = first + i;
            Assert.That(isFound, Is.EqualTo(expected is not null));
            Assert.That(nonce, Is.EqualTo(expected ?? 0));
            if (isFound) found++;
        }

        Assert.That(found, Is.InRange(1, 299), "both outcomes occur");
    }

    [Test]
    public void TryFind_BeyondTheLastNonce_Throws()
    {
        var puzzle = new DoubleSha256Puzzle(new byte[80]);

        Assert.That(() => puzzle.TryFind(uint.MaxValue, 2, GenesisTarget, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => puzzle.TryFind(1UL << 32, 1, GenesisTarget, out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => puzzle.Digest(1UL << 32), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(puzzle.TryFind(5, 0, GenesisTarget, out _), Is.False);
    }

    [TestCase(79)]
    [TestCase(81)]
    public void Constructor_HeaderOfAnotherLength_Throws(int length) =>
        Assert.That(() => new DoubleSha256Puzzle(new byte[length]), Throws.ArgumentException);

    private static Hash256 Expected(byte[] header, uint nonce)
    {
        byte[] copy = header.AsSpan().ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(76), nonce);
        byte[] hash = Sha256.Hash(Sha256.Hash(copy).AsSpan()).ToArray();
        Array.Reverse(hash);
        return new Hash256(hash);
    }
}
