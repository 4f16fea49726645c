using System.Security.Cryptography;

namespace Coniunctum.Crypto.Tests;

public sealed class Sha3_512Tests
{
    // NIST, "Cryptographic Standards and Guidelines: Example Values", SHA3-512.
    [TestCase(
        "",
        "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26")]
    [TestCase(
        "616263",
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0")]
    public void Hash_KnownAnswers_AllMatch(string messageHex, string digestHex)
    {
        byte[] digest = new byte[64];

        Sha3_512.Hash(Convert.FromHexString(messageHex), digest);

        Assert.That(Convert.ToHexStringLower(digest), Is.EqualTo(digestHex));
    }

    [Test]
    public void Hash_EveryLengthTo600_EqualsThePlatforms()
    {
        if (!SHA3_512.IsSupported) Assert.Ignore("This platform has no SHA3-512 of its own.");
        const int Seed = 20260605;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        byte[] digest = new byte[64];
        for (int length = 0; length <= 600; length++)
        {
            byte[] message = new byte[length];
            random.NextBytes(message);
            Sha3_512.Hash(message, digest);
            Assert.That(digest, Is.EqualTo(SHA3_512.HashData(message)), $"{length} bytes");
        }
    }

    [Test]
    public void Hash_IntoItsOwnMessage_GivesTheSameDigest()
    {
        byte[] shared = new byte[200];
        byte[] expected = new byte[64];
        Sha3_512.Hash(shared, expected);

        Sha3_512.Hash(shared, shared.AsSpan(0, 64));

        Assert.That(shared[..64], Is.EqualTo(expected));
    }

    [TestCase(63)]
    [TestCase(65)]
    public void Hash_WrongDestination_Throws(int length) =>
        Assert.That(() => Sha3_512.Hash([], new byte[length]), Throws.ArgumentException);
}
