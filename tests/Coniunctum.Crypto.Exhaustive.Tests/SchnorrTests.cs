using System.Numerics;
using System.Security.Cryptography;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Exhaustive.Tests;

/// <summary>BIP-340 for every key, nonce point and s. The challenge is a hash, and so as good as random.</summary>
[Category("Long")]
public sealed class SchnorrTests
{
    private static readonly int[] s_even = [.. Enumerable.Range(1, SmallGroup.Order - 1).Where(k => SmallGroup.Points[k]!.Value.Y.IsEven)];

    [Test]
    public void Recover_EveryKeyNoncePointAndS_AgreesWithTheEquation()
    {
        Random random = Scope.Seeded(9);
        BigInteger[] factors = SmallGroup.Representatives(random);
        var signatures = new Signatures(new SchnorrScheme<Sha3_256>());
        byte[] signature = new byte[96];
        foreach (int d in s_even)
        {
            CurveOracle.ToBytes(SmallGroup.Points[d]!.Value.X).CopyTo(signature, 0);
            foreach (int k in s_even)
            {
                CurveOracle.ToBytes(SmallGroup.Points[k]!.Value.X).CopyTo(signature, 32);
                Hash256 digest = Signatures.Digest(factors[random.Next(SmallGroup.Order)]);
                int ed = SmallGroup.Mod(Challenge(signature, digest) * d);

                // s·G − e·P is R; −R, whose y is odd; infinity; and anything.
                int[] choices = Scope.IsWhole ? [.. Enumerable.Range(0, SmallGroup.Order)] : [k + ed, ed - k, ed, random.Next(SmallGroup.Order)];
                foreach (int s in choices.Select(choice => SmallGroup.Mod(choice)))
                {
                    CurveOracle.ToBytes(factors[s]).CopyTo(signature, 64);
                    signatures.Add(digest, signature, SmallGroup.Mod(s - ed) == k ? SignatureOutcome.Valid : SignatureOutcome.Mismatch, d);
                }
            }
        }

        signatures.Check();
        Assert.That(s_even, Has.Length.EqualTo(99));
        Assert.That(signatures.Counts[SignatureOutcome.Valid], Is.GreaterThanOrEqualTo(99 * 99));
    }

    [Test]
    public void Sign_EveryKeyAndManyDigests_NamesTheSigner()
    {
        Random random = Scope.Seeded(10);
        var scheme = new SchnorrScheme<Sha3_256>();
        var signatures = new Signatures(scheme);
        byte[] signature = new byte[96];
        for (int d = 1; d < SmallGroup.Order; d++)
        {
            using PrivateKey key = Signatures.Key(d, random);
            int signer = Array.IndexOf(s_even, d) >= 0 ? d : SmallGroup.Order - d;
            Assert.That(scheme.AddressOf(key.PublicKey), Is.EqualTo(Signatures.AddressOf(signer)));
            for (int i = 0; i < 50; i++)
            {
                Hash256 digest = Signatures.Digest(SmallGroup.Representative(random.Next(SmallGroup.Order), random));
                scheme.Sign(key, digest, signature);
                if (signature.AsSpan(32, 32).IndexOfAnyExcept((byte)0) < 0) continue; // the nonce was infinity, as it never is on secp256k1
                signatures.Add(digest, signature, SignatureOutcome.Valid, signer);
            }
        }

        signatures.Check();
        Assert.That(signatures.Counts[SignatureOutcome.Valid], Is.GreaterThan(9000));
    }

    /// <summary>The challenge as BIP-340 defines it.</summary>
    private static BigInteger Challenge(byte[] signature, in Hash256 digest)
    {
        byte[] tag = SHA256.HashData("BIP0340/challenge"u8);
        return CurveOracle.FromBytes(SHA256.HashData([.. tag, .. tag, .. signature[32..64], .. signature[..32], .. digest.AsSpan()])) % SmallGroup.ScalarModulus;
    }
}
