using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Interop.Tests.Support;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC;
using BouncyInteger = Org.BouncyCastle.Math.BigInteger;

namespace Coniunctum.Interop.Tests.BouncyCastle;

/// <summary>ECDSA over secp256k1, and recovery as SEC 1 §4.1.6 says it, over this library's points.</summary>
[Category("Long")]
public sealed class BouncyCastleSignatureTests
{
    private static readonly X9ECParameters s_curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters s_domain = new(s_curve.Curve, s_curve.G, s_curve.N, s_curve.H);

    [Test]
    public void Sign_EdgesAndRandomKeysAndDigests_IsTheSame()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 41);
        int random = Comparison.Count(150, 5_000);
        (byte[] Key, byte[] Digest)[] cases =
        [
            .. from key in KeysAndDigests.EdgeKeys from digest in KeysAndDigests.EdgeDigests.Concat(KeysAndDigests.DigestsFromN) select (key, digest),
            .. Enumerable.Range(0, random).Select(_ => (comparison.Bytes(32), comparison.Bytes(32))),
        ];
        byte[] signature = new byte[65];
        foreach ((byte[] keyBytes, byte[] digest) in cases)
        {
            using PrivateKey key = KeysAndDigests.Key(keyBytes);
            KeysAndDigests.Scheme.Sign(key, new Hash256(digest), signature);
            BouncyInteger[] theirs = Sign(keyBytes, digest);
            BigInteger s = Number(theirs[1]);
            if (s > KeysAndDigests.N / 2) s = KeysAndDigests.N - s;
            comparison.Same(signature.AsSpan(0, 64), [.. KeysAndDigests.ToBytes(Number(theirs[0])), .. KeysAndDigests.ToBytes(s)], "signature", digest);
            byte[] publicKey = s_domain.G.Multiply(new BouncyInteger(1, keyBytes)).Normalize().GetEncoded(compressed: false);
            comparison.Same(key.PublicKey.AsSpan(), publicKey.AsSpan(1), "public key", keyBytes);
        }

        comparison.End(2 * cases.Length);
    }

    [Test]
    public void Recover_AlteredSignatures_IsWhatTheStandardSaysOverTheirPoints()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 42);
        int rounds = Comparison.Count(200, 8_000);
        int recovered = 0;
        byte[] signature = new byte[65];
        for (int i = 0; i < rounds; i++)
        {
            byte[] digest = i % 40 == 0 ? KeysAndDigests.DigestsFromN.ElementAt(i / 40 % 3) : comparison.Bytes(32);
            using PrivateKey key = KeysAndDigests.Key(comparison.Bytes(32));
            KeysAndDigests.Scheme.Sign(key, new Hash256(digest), signature);
            if (i % 4 != 0) KeysAndDigests.Alter(comparison.Random, signature);
            SignatureOutcome outcome = KeysAndDigests.Scheme.Recover(new Hash256(digest), signature, out Address signer);
            byte[]? theirs = Recover(digest, signature);
            comparison.Same(outcome == SignatureOutcome.Valid, theirs is not null, $"{outcome}, signature {Convert.ToHexStringLower(signature)}", digest);
            if (theirs is null || outcome != SignatureOutcome.Valid) continue;
            recovered++;
            comparison.Same(signer.Value.AsSpan(), Sha3_256.Hash(theirs).AsSpan(), "signer", signature.ToArray());
        }

        Assert.That(recovered, Is.InRange(rounds / 4, rounds - 1), "both outcomes occurred");
        comparison.End(rounds);
    }

    [Test]
    public void Verify_UnderTheRecoveredKey_IsTrueThere()
    {
        var comparison = new Comparison(Packages.BouncyCastle, 43);
        int rounds = Comparison.Count(100, 5_000);
        byte[] signature = new byte[65];
        for (int i = 0; i < rounds; i++)
        {
            byte[] digest = comparison.Bytes(32);
            using PrivateKey key = KeysAndDigests.Key(comparison.Bytes(32));
            KeysAndDigests.Scheme.Sign(key, new Hash256(digest), signature);
            ECPoint point = s_curve.Curve.DecodePoint([4, .. key.PublicKey.AsSpan()]);
            bool altered = i % 2 == 1;
            if (altered) signature[comparison.Random.Next(64)] ^= (byte)(1 << comparison.Random.Next(8));
            var verifier = new ECDsaSigner();
            verifier.Init(forSigning: false, new ECPublicKeyParameters(point, s_domain));
            bool theirs = verifier.VerifySignature(digest, new BouncyInteger(1, signature, 0, 32), new BouncyInteger(1, signature, 32, 32));
            bool ours = KeysAndDigests.Scheme.Recover(new Hash256(digest), signature, out Address signer) == SignatureOutcome.Valid
                && signer == KeysAndDigests.Scheme.AddressOf(key.PublicKey);
            comparison.Same(ours, theirs, "verification", signature.ToArray());
        }

        comparison.End(rounds);
    }

    private static BouncyInteger[] Sign(byte[] key, byte[] digest)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(forSigning: true, new ECPrivateKeyParameters(new BouncyInteger(1, key), s_domain));
        return signer.GenerateSignature(digest);
    }

    /// <summary>The key X‖Y as the standard recovers it, or none; with the scheme's rule that s is low.</summary>
    private static byte[]? Recover(byte[] digest, byte[] signature)
    {
        BigInteger r = KeysAndDigests.ToNumber(signature.AsSpan(0, 32)), s = KeysAndDigests.ToNumber(signature.AsSpan(32, 32));
        BigInteger x = r + ((signature[64] >> 1) * KeysAndDigests.N);
        if (r.IsZero || s.IsZero || r >= KeysAndDigests.N || s > KeysAndDigests.N / 2 || x >= KeysAndDigests.P) return null;
        ECPoint point;
        try
        {
            point = s_curve.Curve.DecodePoint([(byte)(2 + (signature[64] & 1)), .. KeysAndDigests.ToBytes(x)]);
        }
        catch (ArgumentException)
        {
            return null; // No point has this x.
        }

        BouncyInteger inverse = Integer(r).ModInverse(s_curve.N);
        BouncyInteger a = inverse.Multiply(new BouncyInteger(1, digest)).Negate().Mod(s_curve.N);
        BouncyInteger b = inverse.Multiply(Integer(s)).Mod(s_curve.N);
        ECPoint key = ECAlgorithms.SumOfTwoMultiplies(s_curve.G, a, point, b).Normalize();
        return key.IsInfinity ? null : key.GetEncoded(compressed: false)[1..];
    }

    private static BigInteger Number(BouncyInteger value) => KeysAndDigests.ToNumber(value.ToByteArrayUnsigned());

    private static BouncyInteger Integer(BigInteger value) => new(1, KeysAndDigests.ToBytes(value));
}
