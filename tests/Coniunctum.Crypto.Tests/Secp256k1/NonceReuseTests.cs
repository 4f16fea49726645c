using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

/// <summary>Two signatures with the same r betray a key: no r may come twice, under one key or under many.</summary>
[Category("Long")]
public sealed class NonceReuseTests
{
    private static int Signatures => Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 1_000_000 : 20_000;

    [Test]
    public void Sign_ManyDigestsUnderFewKeys_NeverRepeatsR()
    {
        const int Keys = 16;
        var scheme = new Secp256k1Scheme<Sha3_256>();
        var seen = new HashSet<Hash256>();
        Span<byte> signature = stackalloc byte[65];
        for (int k = 0; k < Keys; k++)
        {
            Assert.That(PrivateKey.Read(Sha3_256.Hash(BitConverter.GetBytes(k)).AsSpan(), out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
            using (key)
            {
                for (int i = 0; i < Signatures / Keys; i++)
                {
                    // The same digests under every key, and digests that differ in one bit only.
                    var digest = new Hash256([.. BitConverter.GetBytes(i), .. new byte[28]]);
                    scheme.Sign(key!, digest, signature);
                    if (!seen.Add(new Hash256(signature[..32]))) Assert.Fail(Invariant($"Key {k} and digest {i} repeat an r."));
                }
            }
        }

        TestContext.Out.WriteLine($"{seen.Count} signatures, no r twice");
        Assert.That(seen, Has.Count.EqualTo(Signatures / Keys * Keys));
    }
}
