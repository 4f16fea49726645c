using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Interop.Tests.Support;

namespace Coniunctum.Interop.Tests.Secp256k1;

/// <summary>The C library that Bitcoin uses, as the package Secp256k1.Net brings it.</summary>
[Category("Long")]
public sealed unsafe class LibSecp256k1Tests
{
    private static readonly LibSecp256k1 s_native = new();

    [Test]
    public void SignAndRecover_EdgesAndRandom_AreTheSame()
    {
        var comparison = new Comparison(Packages.LibSecp256k1, 27182818);
        int random = Comparison.Count(3_000, 200_000);
        IEnumerable<(byte[] Key, byte[] Digest)> cases =
            (from key in KeysAndDigests.EdgeKeys from digest in KeysAndDigests.EdgeDigests.Concat(KeysAndDigests.DigestsFromN) select (key, digest))
            .Concat(Enumerable.Range(0, random).Select(_ => (comparison.Bytes(32), comparison.Bytes(32))));
        byte[] ours = new byte[65], theirs = new byte[65];
        int altered = 0, recovered = 0;
        foreach ((byte[] keyBytes, byte[] digest) in cases)
        {
            using PrivateKey key = KeysAndDigests.Key(keyBytes);
            KeysAndDigests.Scheme.Sign(key, new Hash256(digest), ours);
            fixed (byte* pKey = keyBytes, pDigest = digest, pTheirs = theirs) Require(s_native.Sign(pDigest, pKey, pTheirs));
            comparison.Same(ours, theirs, "signature", digest);
            comparison.Same(Sha3_256.Hash(key.PublicKey.AsSpan()).AsSpan(), Recover(digest, theirs)!.Value.AsSpan(), "signer", digest);

            KeysAndDigests.Alter(comparison.Random, ours);
            altered++;
            SignatureOutcome outcome = KeysAndDigests.Scheme.Recover(new Hash256(digest), ours, out Address signer);
            Hash256? native = Recover(digest, ours);
            // The C library recovers under a high s too, which this scheme refuses.
            if (outcome == SignatureOutcome.HighS) continue;
            comparison.Same(outcome == SignatureOutcome.Valid, native is not null, $"{outcome} of {Convert.ToHexStringLower(ours)}", digest);
            if (native is null) continue;
            recovered++;
            comparison.Same(signer.Value, native.Value, "signer", ours.ToArray());
        }

        Assert.That(recovered, Is.InRange(altered / 10, altered - 1), "both outcomes occurred");
        comparison.End(3 * random);
    }

    [Test]
    public void Recover_PointsBeyondTheOrder_AreTheSame()
    {
        // R's x is n or more, so that v is 2 or 3: no signer meets it, and about half of all r below p−n name a point.
        var comparison = new Comparison(Packages.LibSecp256k1, 27182819);
        int rounds = Comparison.Count(1_000, 200_000);
        int valid = 0;
        byte[] signature = new byte[65];
        for (int i = 0; i < rounds; i++)
        {
            byte[] digest = comparison.Bytes(32);
            BigInteger r = i < 100 ? i + 1 : KeysAndDigests.ToNumber(comparison.Bytes(16)) % (KeysAndDigests.P - KeysAndDigests.N);
            KeysAndDigests.ToBytes(r).CopyTo(signature, 0);
            KeysAndDigests.ToBytes(KeysAndDigests.ToNumber(comparison.Bytes(32)) % (KeysAndDigests.N / 2)).CopyTo(signature, 32);
            signature[64] = (byte)(2 + (i % 2));
            SignatureOutcome outcome = KeysAndDigests.Scheme.Recover(new Hash256(digest), signature, out Address signer);
            Hash256? native = Recover(digest, signature);
            comparison.Same(outcome == SignatureOutcome.Valid ? signer.Value : null, native, $"{outcome}", signature.ToArray());
            if (native is not null) valid++;
        }

        Assert.That(valid, Is.InRange(rounds / 3, rounds * 2 / 3));
        comparison.End(rounds);
    }

    [Test]
    public void RecoverMany_InTheirCompany_NamesTheirSigners()
    {
        var comparison = new Comparison(Packages.LibSecp256k1, 27182820);
        int batches = Comparison.Count(12, 2_000);
        for (int batch = 0; batch < batches; batch++)
        {
            int count = comparison.Random.Next(1, 200);
            var digests = new Hash256[count];
            byte[] signatures = new byte[65 * count];
            for (int i = 0; i < count; i++)
            {
                byte[] keyBytes = comparison.Bytes(32), digest = comparison.Bytes(32);
                digests[i] = new Hash256(digest);
                fixed (byte* pKey = keyBytes, pDigest = digest, pSignature = &signatures[65 * i]) Require(s_native.Sign(pDigest, pKey, pSignature));
                if (comparison.Random.Next(3) == 0) KeysAndDigests.Alter(comparison.Random, signatures.AsSpan(65 * i, 65));
            }

            var signers = new Address[count];
            var outcomes = new SignatureOutcome[count];
            KeysAndDigests.Scheme.RecoverMany(digests, signatures, signers, outcomes);
            for (int i = 0; i < count; i++)
            {
                if (outcomes[i] == SignatureOutcome.HighS) continue;
                byte[] signature = signatures.AsSpan(65 * i, 65).ToArray();
                comparison.Same(outcomes[i] == SignatureOutcome.Valid ? signers[i].Value : null, Recover(digests[i].ToArray(), signature), $"{outcomes[i]}", signature);
            }
        }

        comparison.End(batches);
    }

    [Test]
    public void Schnorr_EdgesAndRandom_AreTheSame()
    {
        var comparison = new Comparison(Packages.LibSecp256k1, 27182821);
        var scheme = new SchnorrScheme<Sha3_256>();
        int random = Comparison.Count(1_500, 100_000);
        IEnumerable<(byte[] Key, byte[] Digest)> cases =
            (from key in KeysAndDigests.EdgeKeys from digest in KeysAndDigests.EdgeDigests.Concat(KeysAndDigests.DigestsFromN) select (key, digest))
            .Concat(Enumerable.Range(0, random).Select(_ => (comparison.Bytes(32), comparison.Bytes(32))));
        byte[] ours = new byte[96], theirs = new byte[64], pair = new byte[96];
        foreach ((byte[] keyBytes, byte[] digest) in cases)
        {
            using PrivateKey key = KeysAndDigests.Key(keyBytes);
            scheme.Sign(key, new Hash256(digest), ours);
            fixed (byte* pKey = keyBytes, pDigest = digest, pPair = pair, pTheirs = theirs)
            {
                Require(s_native.MakeKeyPair(pKey, pPair));
                Require(s_native.SignSchnorr(pDigest, pPair, pTheirs));
            }

            comparison.Same(ours.AsSpan(32), theirs, "BIP-340 signature", digest);
            if (comparison.Random.Next(2) == 0) ours[comparison.Random.Next(96)] ^= (byte)(1 << comparison.Random.Next(8));
            bool valid = scheme.Recover(new Hash256(digest), ours, out _) == SignatureOutcome.Valid;
            bool native;
            fixed (byte* pDigest = digest, pOurs = ours) native = s_native.VerifySchnorr(pDigest, pOurs + 32, pOurs);
            comparison.Same(valid, native, "BIP-340 verification", ours.ToArray());
        }

        comparison.End(2 * random);
    }

    /// <summary>The hash of the key that the C library recovers, or nothing.</summary>
    private static Hash256? Recover(byte[] digest, byte[] signature)
    {
        byte[] key = new byte[65];
        fixed (byte* pDigest = digest, pSignature = signature, pKey = key)
            return s_native.Recover(pDigest, pSignature, pKey) ? Sha3_256.Hash(key.AsSpan(1)) : null;
    }

    private static void Require(bool done)
    {
        if (!done) throw new InvalidOperationException("The C library refused.");
    }
}
