using Coniunctum.Crypto.Keccak;

namespace Coniunctum.Crypto.Tests.Keccak;

public sealed class KeccakHasherTests
{
    [Test]
    public void Finish_RandomSegmentsOfEveryLengthTo600_EqualTheHashOfTheWhole()
    {
        const int Seed = 20260604;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        byte[] message = new byte[600];
        random.NextBytes(message);
        byte[] expected = new byte[64];
        byte[] actual = new byte[64];
        KeccakHasher sha3 = KeccakHasher.Sha3_256();
        KeccakHasher keccak = KeccakHasher.Keccak256();
        KeccakHasher wide = KeccakHasher.Sha3_512();
        for (int length = 0; length <= message.Length; length++)
        {
            int taken = 0;
            while (taken < length)
            {
                int piece = Math.Min(random.Next(0, random.Next(1, 300)), length - taken);
                sha3.Append(message.AsSpan(taken, piece));
                keccak.Append(message.AsSpan(taken, piece));
                wide.Append(message.AsSpan(taken, piece));
                taken += piece;
            }

            ReadOnlySpan<byte> whole = message.AsSpan(0, length);
            Sha3_512.Hash(whole, expected);
            wide.Finish(actual);
            Assert.That(sha3.Finish(), Is.EqualTo(Sha3_256.Hash(whole)), $"{length} bytes");
            Assert.That(keccak.Finish(), Is.EqualTo(Keccak256.Hash(whole)), $"{length} bytes");
            Assert.That(actual, Is.EqualTo(expected), $"{length} bytes");
        }
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(8)]
    [TestCase(135)]
    [TestCase(136)]
    [TestCase(137)]
    public void Finish_PiecesOfOneLength_EqualTheHashOfTheWhole(int piece)
    {
        byte[] message = new byte[1000];
        for (int i = 0; i < message.Length; i++) message[i] = (byte)i;
        KeccakHasher hasher = KeccakHasher.Sha3_256();

        foreach (byte[] part in message.Chunk(piece)) hasher.Append(part);

        Assert.That(hasher.Finish(), Is.EqualTo(Sha3_256.Hash(message)));
    }

    [Test]
    public void DigestBytes_OfEachFunction_IsItsLength()
    {
        Assert.That(KeccakHasher.Sha3_256().DigestBytes, Is.EqualTo(32));
        Assert.That(KeccakHasher.Keccak256().DigestBytes, Is.EqualTo(32));
        Assert.That(KeccakHasher.Sha3_512().DigestBytes, Is.EqualTo(64));
    }

    [Test]
    public void Finish_WrongDestinationOrFunction_Throws()
    {
        Assert.That(() => FinishInto(31), Throws.ArgumentException);
        Assert.That(() => FinishInto(33), Throws.ArgumentException);
        Assert.That(() => KeccakHasher.Sha3_512().Finish(), Throws.ArgumentException);

        static void FinishInto(int length) => KeccakHasher.Sha3_256().Finish(new byte[length]);
    }

    [Test]
    public void Default_Hasher_Throws()
    {
        Assert.That(() => default(KeccakHasher).Append([1]), Throws.InvalidOperationException);
        Assert.That(() => default(KeccakHasher).Finish(), Throws.InvalidOperationException);
    }
}
