using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Interop.Tests.Support;
using NBitcoin.Secp256k1;

namespace Coniunctum.Interop.Tests.Secp256k1;

/// <summary>NBitcoin's port of the C library, apart from where it is known to differ: <see cref="NBitcoinSecp256k1KnownTests"/>.</summary>
[Category("Long")]
public sealed class NBitcoinSecp256k1Tests
{
    [Test]
    public void SignAndRecover_EdgesAndRandom_AreTheSame()
    {
        var comparison = new Comparison(Packages.NBitcoinSecp256k1, 314159);
        int random = Comparison.Count(800, 60_000);
        IEnumerable<(byte[] Key, byte[] Digest)> cases = (from key in KeysAndDigests.EdgeKeys from digest in KeysAndDigests.EdgeDigests select (key, digest))
            .Concat(Enumerable.Range(0, random).Select(_ => (comparison.Bytes(32), comparison.Bytes(32))));
        byte[] signature = new byte[65];
        int altered = 0, recovered = 0;
        foreach ((byte[] keyBytes, byte[] digest) in cases)
        {
            using PrivateKey key = KeysAndDigests.Key(keyBytes);
            KeysAndDigests.Scheme.Sign(key, new Hash256(digest), signature);
            comparison.Same(signature, Sign(keyBytes, digest), "signature", digest);
            comparison.Same(KeysAndDigests.Scheme.AddressOf(key.PublicKey).Value, Recover(digest, signature), "signer", digest);

            KeysAndDigests.Alter(comparison.Random, signature);
            if (IsKnownToDiffer(signature)) continue;
            altered++;
            SignatureOutcome outcome = KeysAndDigests.Scheme.Recover(new Hash256(digest), signature, out Address signer);
            // Theirs recovers under a high s too, which this scheme refuses.
            if (outcome == SignatureOutcome.HighS) continue;
            Hash256? theirs = Recover(digest, signature);
            comparison.Same(outcome == SignatureOutcome.Valid ? signer.Value : null, theirs, $"{outcome}", signature.ToArray());
            if (theirs is not null) recovered++;
        }

        Assert.That(recovered, Is.InRange(altered / 10, altered - 1), "both outcomes occurred");
        comparison.End(2 * random);
    }

    [Test]
    public void Schnorr_EdgesAndRandom_AreTheSame()
    {
        var comparison = new Comparison(Packages.NBitcoinSecp256k1, 314160);
        var scheme = new SchnorrScheme<Sha3_256>();
        int random = Comparison.Count(300, 20_000);
        IEnumerable<(byte[] Key, byte[] Digest)> cases =
            (from key in KeysAndDigests.EdgeKeys from digest in KeysAndDigests.EdgeDigests.Concat(KeysAndDigests.DigestsFromN) select (key, digest))
            .Concat(Enumerable.Range(0, random).Select(_ => (comparison.Bytes(32), comparison.Bytes(32))));
        byte[] ours = new byte[96];
        foreach ((byte[] keyBytes, byte[] digest) in cases)
        {
            using PrivateKey key = KeysAndDigests.Key(keyBytes);
            using ECPrivKey their = ECPrivKey.Create(keyBytes);
            scheme.Sign(key, new Hash256(digest), ours);
            comparison.Same(ours.AsSpan(32), their.SignBIP340(digest, new byte[32]).ToBytes(), "BIP-340 signature", digest);
            if (comparison.Random.Next(2) == 0) ours[comparison.Random.Next(96)] ^= (byte)(1 << comparison.Random.Next(8));
            bool valid = scheme.Recover(new Hash256(digest), ours, out _) == SignatureOutcome.Valid;
            bool theirs = ECXOnlyPubKey.TryCreate(ours.AsSpan(0, 32), out ECXOnlyPubKey? x)
                && SecpSchnorrSignature.TryCreate(ours.AsSpan(32), out SecpSchnorrSignature? parsed)
                && x.SigVerifyBIP340(parsed, digest);
            comparison.Same(valid, theirs, "BIP-340 verification", ours.ToArray());
        }

        comparison.End(2 * random);
    }

    [Test]
    public void PublicKey_EncodingsRightAndWrong_AreReadAlike()
    {
        var comparison = new Comparison(Packages.NBitcoinSecp256k1, 314161);
        int rounds = Comparison.Count(2_000, 200_000);
        for (int i = 0; i < rounds; i++)
        {
            using PrivateKey key = KeysAndDigests.Key(comparison.Bytes(32));
            byte[] bytes = key.PublicKey.AsSpan().ToArray();
            if (i % 3 == 1) bytes[comparison.Random.Next(64)] ^= (byte)(1 << comparison.Random.Next(8));
            // A coordinate of p or more is no field element, even where it names the same point modulo p.
            if (i % 3 == 2) KeysAndDigests.ToBytes(KeysAndDigests.P + (i % 1_000)).CopyTo(bytes, 32 * comparison.Random.Next(2));
            bool ours = PublicKey.Read(bytes, out _) == KeyOutcome.Valid;
            comparison.Same(ours, ECPubKey.TryCreate([4, .. bytes], Context.Instance, out _, out _), "public key", bytes);
        }

        comparison.End(rounds);
    }

    [Test]
    public void PrivateKey_AtTheEndsOfTheRange_IsReadAlike()
    {
        var comparison = new Comparison(Packages.NBitcoinSecp256k1, 0);
        foreach (BigInteger number in new[] { 0, 1, KeysAndDigests.N - 1, KeysAndDigests.N, KeysAndDigests.N + 1, KeysAndDigests.P, (BigInteger.One << 256) - 1 })
        {
            byte[] bytes = KeysAndDigests.ToBytes(number);
            bool ours = PrivateKey.Read(bytes, out PrivateKey? key) == KeyOutcome.Valid;
            key?.Dispose();
            comparison.Same(ours, TryCreate(bytes), "private key", bytes);
        }

        comparison.End(7);
    }

    /// <summary>The signature r‖s‖v that the package makes.</summary>
    internal static byte[] Sign(byte[] key, byte[] digest)
    {
        using ECPrivKey their = ECPrivKey.Create(key);
        if (!their.TrySignRecoverable(digest, out SecpRecoverableECDSASignature? made) || made is null) throw new InvalidOperationException("The package refused.");
        byte[] signature = new byte[65];
        made.WriteToSpanCompact(signature.AsSpan(0, 64), out int recoveryId);
        signature[64] = (byte)recoveryId;
        return signature;
    }

    /// <summary>The key X‖Y that the package recovers.</summary>
    internal static bool TryRecover(byte[] digest, byte[] signature, [NotNullWhen(true)] out byte[]? key)
    {
        key = SecpRecoverableECDSASignature.TryCreateFromCompact(signature.AsSpan(0, 64), signature[64], out SecpRecoverableECDSASignature? parsed)
            && ECPubKey.TryRecover(Context.Instance, parsed, digest, out ECPubKey? found)
            ? found.ToBytes(false)[1..]
            : null;
        return key is not null;
    }

    private static Hash256? Recover(byte[] digest, byte[] signature) => TryRecover(digest, signature, out byte[]? key) ? Sha3_256.Hash(key) : null;

    private static bool TryCreate(byte[] bytes)
    {
        bool created = ECPrivKey.TryCreate(bytes, out ECPrivKey? key);
        key?.Dispose();
        return created;
    }

    private static bool IsKnownToDiffer(byte[] signature)
    {
        BigInteger r = KeysAndDigests.ToNumber(signature.AsSpan(0, 32));
        return signature[64] >= 2 && r >= KeysAndDigests.P - KeysAndDigests.N && r < KeysAndDigests.N;
    }
}
