using System.Numerics;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class SchnorrSchemeTests
{
    private static readonly SchnorrScheme<Sha3_256> Scheme = new();
    private static readonly CurveOracle Curve = CurveOracle.Secp256k1;
    private static readonly Hash256 Digest = Sha3_256.Hash("digest"u8);

    [Test]
    public void Name_EveryAddressHash_IsTheProtocols()
    {
        // Chains commit to these in their genesis: a changed name is another protocol.
        Assert.That(Scheme.Name, Is.EqualTo("secp256k1-bip340/sha3-256"));
        Assert.That(new SchnorrScheme<Sha256>().Name, Is.EqualTo("secp256k1-bip340/sha-256"));
    }

    [Test]
    public void SignatureSize_Is96() => Assert.That(Scheme.SignatureSize, Is.EqualTo(96));

    [Test]
    public void Recover_WhatWasSigned_NamesTheSigner()
    {
        const int Seed = 73;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        byte[] bytes = new byte[32], signature = new byte[96];
        int odd = 0;
        for (int i = 0; i < 100; i++)
        {
            random.NextBytes(bytes);
            using PrivateKey key = Key(bytes);
            var digest = new Hash256(bytes);
            Scheme.Sign(key, digest, signature);
            if ((key.PublicKey.AsSpan()[^1] & 1) != 0) odd++;

            Assert.That(Scheme.Recover(digest, signature, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
            Assert.That(signer, Is.EqualTo(Scheme.AddressOf(key.PublicKey)));
        }

        Assert.That(odd, Is.InRange(25, 75));
    }

    [Test]
    public void AddressOf_BothKeysOfAnX_IsTheHashOfTheOneWithAnEvenY()
    {
        (BigInteger x, BigInteger y) = Curve.Multiply(6, Curve.Generator)!.Value;
        using PrivateKey key = Key(CurveOracle.ToBytes(6));
        using PrivateKey opposite = Key(CurveOracle.ToBytes(Curve.N - 6));
        BigInteger even = y.IsEven ? y : Curve.P - y;

        Assert.That(Scheme.AddressOf(key.PublicKey).Value, Is.EqualTo(Sha3_256.Hash([.. CurveOracle.ToBytes(x), .. CurveOracle.ToBytes(even)])));
        Assert.That(Scheme.AddressOf(opposite.PublicKey), Is.EqualTo(Scheme.AddressOf(key.PublicKey)));
    }

    [Test]
    public void Recover_EveryFlippedBit_IsRefused()
    {
        using PrivateKey key = Key(CurveOracle.ToBytes(42));
        byte[] signature = new byte[96];
        Scheme.Sign(key, Digest, signature);
        for (int bit = 0; bit < 96 * 8; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            SignatureOutcome outcome = Scheme.Recover(Digest, signature, out Address signer);
            signature[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.That(outcome, Is.Not.EqualTo(SignatureOutcome.Valid), $"bit {bit}");
            Assert.That(signer, Is.EqualTo(default(Address)), $"bit {bit}");
        }
    }

    [Test]
    public void Recover_NumbersOutOfRange_SaysWhichOne()
    {
        using PrivateKey key = Key(CurveOracle.ToBytes(43));
        byte[] signature = new byte[96];
        Scheme.Sign(key, Digest, signature);
        byte[] x = signature[..32], r = signature[32..64], s = signature[64..];
        byte[] p = CurveOracle.ToBytes(Curve.P), n = CurveOracle.ToBytes(Curve.N), zero = new byte[32], five = CurveOracle.ToBytes(5);

        Assert.That(Outcome([]), Is.EqualTo(SignatureOutcome.WrongLength));
        Assert.That(Outcome(signature[..95]), Is.EqualTo(SignatureOutcome.WrongLength));
        Assert.That(Outcome([.. signature, 0]), Is.EqualTo(SignatureOutcome.WrongLength));
        Assert.That(Outcome([.. p, .. r, .. s]), Is.EqualTo(SignatureOutcome.NoSuchPoint));
        Assert.That(Outcome([.. five, .. r, .. s]), Is.EqualTo(SignatureOutcome.NoSuchPoint));
        Assert.That(Outcome([.. x, .. p, .. s]), Is.EqualTo(SignatureOutcome.ROutOfRange));
        Assert.That(Outcome([.. x, .. r, .. n]), Is.EqualTo(SignatureOutcome.SOutOfRange));
        Assert.That(Outcome([.. x, .. zero, .. zero]), Is.EqualTo(SignatureOutcome.Mismatch));
        Assert.That(Outcome([.. x, .. five, .. s]), Is.EqualTo(SignatureOutcome.Mismatch));

        static SignatureOutcome Outcome(byte[] signature)
        {
            SignatureOutcome outcome = Scheme.Recover(Digest, signature, out Address signer);
            Assert.That(signer, Is.EqualTo(default(Address)));
            return outcome;
        }
    }

    [Test]
    public void Recover_NoncePointWithAnOddY_IsRefused()
    {
        // R = k·G with an odd y and s = k + e·d: all but the parity of R is right.
        BigInteger d = 3, k = 1;
        while (Curve.Multiply(d, Curve.Generator)!.Value.Y.IsEven is false) d++;
        while (Curve.Multiply(k, Curve.Generator)!.Value.Y.IsEven) k++;
        byte[] x = CurveOracle.ToBytes(Curve.Multiply(d, Curve.Generator)!.Value.X), r = CurveOracle.ToBytes(Curve.Multiply(k, Curve.Generator)!.Value.X);
        byte[] preimage = new byte[Schnorr.ChallengeSize(32)];
        Schnorr.WriteChallenge([.. x, .. r], Digest.AsSpan(), preimage);
        BigInteger e = CurveOracle.FromBytes(Sha256.Hash(preimage).AsSpan());

        Assert.That(Scheme.Recover(Digest, [.. x, .. r, .. CurveOracle.ToBytes((k + (e * d)) % Curve.N)], out _), Is.EqualTo(SignatureOutcome.Mismatch));
    }

    [Test]
    public void Recover_SumAtInfinity_IsRefused()
    {
        // s = e·d makes R infinity.
        BigInteger d = 3;
        while (Curve.Multiply(d, Curve.Generator)!.Value.Y.IsEven is false) d++;
        byte[] x = CurveOracle.ToBytes(Curve.Multiply(d, Curve.Generator)!.Value.X), r = CurveOracle.ToBytes(Curve.Generator.X);
        byte[] preimage = new byte[Schnorr.ChallengeSize(32)];
        Schnorr.WriteChallenge([.. x, .. r], Digest.AsSpan(), preimage);
        BigInteger e = CurveOracle.FromBytes(Sha256.Hash(preimage).AsSpan());

        Assert.That(Scheme.Recover(Digest, [.. x, .. r, .. CurveOracle.ToBytes(e * d % Curve.N)], out _), Is.EqualTo(SignatureOutcome.Mismatch));
    }

    [Test]
    public void Sign_WrongLengthOrDisposedKey_Throws()
    {
        PrivateKey key = Key(CurveOracle.ToBytes(7));
        Assert.That(() => Scheme.Sign(key, Digest, new byte[95]), Throws.ArgumentException);
        Assert.That(() => Scheme.Sign(null!, Digest, new byte[96]), Throws.ArgumentNullException);
        key.Dispose();
        byte[] signature = new byte[96];
        Assert.That(() => Scheme.Sign(key, Digest, signature), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(signature, Is.All.Zero);
    }

    [Test]
    public void AddressOf_DefaultKey_Throws() =>
        Assert.That(() => Scheme.AddressOf(default), Throws.ArgumentException);

    private static PrivateKey Key(ReadOnlySpan<byte> bytes)
    {
        Assert.That(PrivateKey.Read(bytes, out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
        return key ?? throw new InvalidOperationException();
    }
}
