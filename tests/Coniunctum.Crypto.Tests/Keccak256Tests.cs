using Coniunctum.Crypto.Tests.Keccak;

namespace Coniunctum.Crypto.Tests;

public sealed class Keccak256Tests
{
    [Test]
    public void Hash_KnownAnswers_AllMatch()
    {
        List<(byte[] Message, Hash256 Digest)> vectors = ShortMessageVectors.Read("hash/keccak_256_ShortMsgKAT.txt");

        Assert.That(vectors, Has.Count.EqualTo(256));
        foreach ((byte[] message, Hash256 digest) in vectors)
            Assert.That(Keccak256.Hash(message), Is.EqualTo(digest), $"{message.Length} bytes");
    }
}
