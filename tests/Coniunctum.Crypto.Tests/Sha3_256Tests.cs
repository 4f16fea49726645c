using System.Security.Cryptography;
using Coniunctum.Crypto.Tests.Keccak;

namespace Coniunctum.Crypto.Tests;

public sealed class Sha3_256Tests
{
    [Test]
    public void Hash_KnownAnswers_AllMatch()
    {
        List<(byte[] Message, Hash256 Digest)> vectors = ShortMessageVectors.Read("hash/sha3_256_ShortMsgKAT.txt");

        Assert.That(vectors, Has.Count.EqualTo(256));
        foreach ((byte[] message, Hash256 digest) in vectors)
            Assert.That(Sha3_256.Hash(message), Is.EqualTo(digest), $"{message.Length} bytes");
    }

    [Test]
    public void Hash_EveryLengthTo600_EqualsThePlatforms()
    {
        if (!SHA3_256.IsSupported) Assert.Ignore("This platform has no SHA3-256 of its own.");
        const int Seed = 20260601;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        for (int length = 0; length <= 600; length++)
        {
            byte[] message = new byte[length];
            random.NextBytes(message);
            Assert.That(Sha3_256.Hash(message).ToArray(), Is.EqualTo(SHA3_256.HashData(message)), $"{length} bytes");
        }
    }

    [Test]
    public void DoubleHash_OfAMessage_IsTheHashOfItsHash()
    {
        Hash256 once = Sha3_256.Hash("abc"u8);

        Assert.That(Sha3_256.DoubleHash("abc"u8), Is.EqualTo(Sha3_256.Hash(once.AsSpan())));
        Assert.That(DoubleHash<Sha3_256>.Hash("abc"u8), Is.EqualTo(Sha3_256.DoubleHash("abc"u8)));
    }

    [Test]
    public void Hash_OfAnyLength_AllocatesNothing()
    {
#if DEBUG
        Assert.Ignore("Unoptimised code makes a field handle for each access to a constant table; run with -c Release.");
#endif
        byte[] message = new byte[1000];
        HashAll(message); // The first calls load types, which allocates.

        long before = GC.GetAllocatedBytesForCurrentThread();
        HashAll(message);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        static void HashAll(byte[] message)
        {
            _ = Sha3_256.Hash(message);
            _ = Sha3_256.DoubleHash(message.AsSpan(0, 32));
            _ = Keccak256.Hash(message);
        }
    }
}
