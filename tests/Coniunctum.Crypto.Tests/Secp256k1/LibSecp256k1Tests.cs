using Coniunctum.Benchmarks.Crypto;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

/// <summary>Against the C library that Bitcoin uses, where it is installed (Debian: libsecp256k1-dev).</summary>
[Category("Long")]
public sealed unsafe class LibSecp256k1Tests
{
    private const int Seed = 27182818;

    private static int Signatures => Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 100_000 : 3_000;

    [Test]
    public void SignAndRecover_RandomKeysAndDigests_AreTheCLibrarys()
    {
        LibSecp256k1? native = LibSecp256k1.TryLoad();
        Assume.That(native, Is.Not.Null, "libsecp256k1 is not installed");
        TestContext.Out.WriteLine(Invariant($"seed {Seed}, {Signatures} signatures"));
        var random = new Random(Seed);
        var scheme = new Secp256k1Scheme<Sha3_256>();
        byte[] secret = new byte[32], digest = new byte[32], ours = new byte[65], theirs = new byte[65], key65 = new byte[65];
        for (int i = 0; i < Signatures; i++)
        {
            random.NextBytes(secret);
            random.NextBytes(digest);
            Assert.That(PrivateKey.TryCreate(secret, out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
            using (key)
            {
                scheme.Sign(key!, new Hash256(digest), ours);
                fixed (byte* pSecret = secret, pDigest = digest, pTheirs = theirs) Assert.That(native!.Sign(pDigest, pSecret, pTheirs));
                if (!ours.AsSpan().SequenceEqual(theirs)) Assert.Fail(Invariant($"Signature {i} differs from the C library's."));
            }

            // One in three is changed somewhere; both must then say the same, but that only we refuse a high s.
            if (i % 3 == 1) ours[random.Next(64)] ^= (byte)(1 << random.Next(8));
            SignatureOutcome outcome = scheme.Recover(new Hash256(digest), ours, out Address signer);
            bool recovered;
            fixed (byte* pDigest = digest, pOurs = ours, pKey = key65) recovered = native!.Recover(pDigest, pOurs, pKey);
            if (outcome == SignatureOutcome.HighS) continue;
            Assert.That(outcome == SignatureOutcome.Valid, Is.EqualTo(recovered));
            if (recovered) Assert.That(signer.Value, Is.EqualTo(Sha3_256.Hash(key65.AsSpan(1))));
        }
    }
}
