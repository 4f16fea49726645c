using System.Numerics;
using System.Text.Json;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Crypto.Tests.Vectors;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class Secp256k1SchemeTests
{
    private static readonly Secp256k1Scheme<Sha3_256> Scheme = new();
    private static readonly BigInteger N = CurveOracle.Secp256k1.N;
    private static readonly Hash256 Digest = Sha3_256.Hash("digest"u8);

    [Test]
    public void Name_EveryAddressHash_IsTheProtocols()
    {
        // Chains commit to these in their genesis: a changed name is another protocol.
        Assert.That(new Secp256k1Scheme<Sha3_256>().Name, Is.EqualTo("secp256k1-ecdsa/sha3-256"));
        Assert.That(new Secp256k1Scheme<Sha256>().Name, Is.EqualTo("secp256k1-ecdsa/sha-256"));
        Assert.That(new Secp256k1Scheme<Keccak256>().Name, Is.EqualTo("secp256k1-ecdsa/keccak-256"));
        Assert.That(new Secp256k1Scheme<DoubleHash<Sha3_256>>().Name, Is.EqualTo("secp256k1-ecdsa/sha3-256-twice"));
    }

    [Test]
    public void SignatureSize_Is65() => Assert.That(Scheme.SignatureSize, Is.EqualTo(65));

    [Test]
    public void Recover_WhatWasSigned_NamesTheSigner()
    {
        const int Seed = 51;
        TestContext.Out.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        byte[] bytes = new byte[32];
        byte[] signature = new byte[65];
        for (int i = 0; i < 300; i++)
        {
            random.NextBytes(bytes);
            using PrivateKey key = Key(bytes);
            var digest = new Hash256(bytes);
            Scheme.Sign(key, digest, signature);

            Assert.That(Scheme.Recover(digest, signature, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
            Assert.That(signer, Is.EqualTo(Scheme.AddressOf(key.PublicKey)));
            Assert.That(CurveOracle.FromBytes(signature.AsSpan(32, 32)), Is.LessThanOrEqualTo((N - 1) / 2));
        }
    }

    [Test]
    public void AddressOf_EthereumsVectors_EndsInTheirAddresses()
    {
        // Ethereum hashes with Keccak-256 and keeps 20 bytes. The file's signatures are left out: they are valid for none of
        // the digests of the empty string (Keccak-256, SHA3-256, SHA-256 once and twice, 32 zero bytes).
        var scheme = new Secp256k1Scheme<Keccak256>();
        using var document = JsonDocument.Parse(VectorFile.ReadText("secp256k1/eth_keyaddrtest.json"));
        Assert.That(document.RootElement.GetArrayLength(), Is.EqualTo(2));
        foreach (JsonElement vector in document.RootElement.EnumerateArray())
        {
            using PrivateKey key = Key(Convert.FromHexString(vector.GetProperty("key").GetString()!));
            Assert.That(
                Convert.ToHexStringLower(scheme.AddressOf(key.PublicKey).Value.AsSpan()[12..]), Is.EqualTo(vector.GetProperty("addr").GetString()));
        }
    }

    [Test]
    public void AddressOf_AKey_IsTheHashOfItsCoordinates()
    {
        using PrivateKey key = Key(CurveOracle.ToBytes(1));
        (BigInteger x, BigInteger y) = CurveOracle.Secp256k1.Generator;
        byte[] bytes = [.. CurveOracle.ToBytes(x), .. CurveOracle.ToBytes(y)];

        Assert.That(Scheme.AddressOf(key.PublicKey).Value, Is.EqualTo(Sha3_256.Hash(bytes)));
        Assert.That(new Secp256k1Scheme<Sha256>().AddressOf(key.PublicKey).Value, Is.EqualTo(Sha256.Hash(bytes)));
    }

    [Test]
    public void Recover_EveryFlippedBit_NamesNobodyOrAnother()
    {
        using PrivateKey key = Key(CurveOracle.ToBytes(42));
        Address address = Scheme.AddressOf(key.PublicKey);
        byte[] signature = new byte[65];
        Scheme.Sign(key, Digest, signature);
        for (int bit = 0; bit < 65 * 8; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            SignatureOutcome outcome = Scheme.Recover(Digest, signature, out Address signer);
            signature[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.That(signer, Is.Not.EqualTo(address), $"bit {bit}");
            Assert.That(signer.IsRoot, Is.EqualTo(outcome != SignatureOutcome.Valid), $"bit {bit}");
        }
    }

    [Test]
    public void Recover_MirroredSignature_IsRefusedAsHigh()
    {
        using PrivateKey key = Key(CurveOracle.ToBytes(43));
        byte[] signature = new byte[65];
        Scheme.Sign(key, Digest, signature);
        BigInteger r = CurveOracle.FromBytes(signature.AsSpan(0, 32)), s = CurveOracle.FromBytes(signature.AsSpan(32, 32));

        Assert.That(Scheme.Recover(Digest, Signature(r, N - s, (byte)(signature[64] ^ 1)), out Address signer), Is.EqualTo(SignatureOutcome.HighS));
        Assert.That(signer, Is.EqualTo(default(Address)));
    }

    [Test]
    public void Recover_BorderOfTheLowerHalf_IsJustAllowed()
    {
        BigInteger r = CurveOracle.Secp256k1.Generator.X;

        Assert.That(Scheme.Recover(Digest, Signature(r, (N - 1) / 2, 0), out _), Is.EqualTo(SignatureOutcome.Valid));
        Assert.That(Scheme.Recover(Digest, Signature(r, (N + 1) / 2, 0), out _), Is.EqualTo(SignatureOutcome.HighS));
    }

    [TestCaseSource(nameof(HostileSignatures))]
    public void Recover_HostileSignature_SaysWhatIsWrong(byte[] signature, SignatureOutcome expected)
    {
        Assert.That(Scheme.Recover(Digest, signature, out Address signer), Is.EqualTo(expected));
        Assert.That(signer, Is.EqualTo(default(Address)));
    }

    [Test]
    public void Recover_KeyAtInfinity_IsRefused()
    {
        // s·R = digest·G when R = k·G and s = digest/k.
        BigInteger k = 2;
        BigInteger digest = CurveOracle.FromBytes(Digest.AsSpan());
        (BigInteger X, BigInteger Y) point = CurveOracle.Secp256k1.Multiply(k, CurveOracle.Secp256k1.Generator)!.Value;
        BigInteger s = digest * CurveOracle.Inverse(k, N) % N;
        byte parity = (byte)(point.Y.IsEven ? 0 : 1);
        if (s > N / 2) (s, parity) = (N - s, (byte)(parity ^ 1));

        Assert.That(Scheme.Recover(Digest, Signature(point.X, s, parity), out Address signer), Is.EqualTo(SignatureOutcome.KeyAtInfinity));
        Assert.That(signer, Is.EqualTo(default(Address)));
    }

    [Test]
    public void Recover_NoncePointBeyondTheOrder_NamesAKeyThatVerifies([Values(2, 3)] byte recoveryId)
    {
        (BigInteger r, _) = EcdsaTests.PointBeyondOrder();

        Assert.That(Scheme.Recover(Digest, Signature(r, 5, recoveryId), out Address signer), Is.EqualTo(SignatureOutcome.Valid));
        Assert.That(signer, Is.Not.EqualTo(default(Address)));
    }

    [Test]
    public void Sign_WrongLengthOrDisposedKey_Throws()
    {
        PrivateKey key = Key(CurveOracle.ToBytes(7));
        Assert.That(() => Scheme.Sign(key, Digest, new byte[64]), Throws.ArgumentException);
        Assert.That(() => Scheme.Sign(null!, Digest, new byte[65]), Throws.ArgumentNullException);
        key.Dispose();
        byte[] signature = new byte[65];
        Assert.That(() => Scheme.Sign(key, Digest, signature), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(signature, Is.All.Zero);
    }

    [Test]
    public void AddressOf_DefaultKey_Throws() =>
        Assert.That(() => Scheme.AddressOf(default), Throws.ArgumentException);

    private static IEnumerable<TestCaseData> HostileSignatures() =>
        Hostile().Select(data => new TestCaseData(data.Signature, data.Expected).SetArgDisplayNames(data.Name));

    private static IEnumerable<(byte[] Signature, SignatureOutcome Expected, string Name)> Hostile()
    {
        BigInteger x = CurveOracle.Secp256k1.Generator.X, p = CurveOracle.Secp256k1.P, max = BigInteger.Pow(2, 256) - 1;
        yield return (Array.Empty<byte>(), SignatureOutcome.WrongLength, "empty");
        yield return (new byte[64], SignatureOutcome.WrongLength, "64 bytes");
        yield return (new byte[66], SignatureOutcome.WrongLength, "66 bytes");
        yield return (new byte[65], SignatureOutcome.ROutOfRange, "all zero");
        yield return (Signature(x, 1, 4), SignatureOutcome.RecoveryIdOutOfRange, "v = 4");
        yield return (Signature(x, 1, 27), SignatureOutcome.RecoveryIdOutOfRange, "v = 27");
        yield return (Signature(x, 1, 255), SignatureOutcome.RecoveryIdOutOfRange, "v = 255");
        yield return (Signature(0, 1, 0), SignatureOutcome.ROutOfRange, "r = 0");
        yield return (Signature(N, 1, 0), SignatureOutcome.ROutOfRange, "r = n");
        yield return (Signature(p, 1, 0), SignatureOutcome.ROutOfRange, "r = p");
        yield return (Signature(max, 1, 0), SignatureOutcome.ROutOfRange, "r = 2^256 - 1");
        yield return (Signature(x, 0, 0), SignatureOutcome.SOutOfRange, "s = 0");
        yield return (Signature(x, N, 0), SignatureOutcome.SOutOfRange, "s = n");
        yield return (Signature(x, N + 1, 0), SignatureOutcome.SOutOfRange, "s = n + 1");
        yield return (Signature(x, max, 0), SignatureOutcome.SOutOfRange, "s = 2^256 - 1");
        yield return (Signature(x, N - 1, 0), SignatureOutcome.HighS, "s = n - 1");
        yield return (Signature(5, 1, 0), SignatureOutcome.NoSuchPoint, "r = 5 is no coordinate");
        yield return (Signature(x, 1, 2), SignatureOutcome.NoSuchPoint, "r + n is p or more");
        yield return (Signature(p - N, 1, 2), SignatureOutcome.NoSuchPoint, "r + n = p");
        yield return (Signature(N - 1, 1, 3), SignatureOutcome.NoSuchPoint, "r + n is 2^256 or more");
    }

    private static byte[] Signature(BigInteger r, BigInteger s, byte v) => [.. CurveOracle.ToBytes(r), .. CurveOracle.ToBytes(s), v];

    private static PrivateKey Key(ReadOnlySpan<byte> bytes)
    {
        Assert.That(PrivateKey.TryCreate(bytes, out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
        return key ?? throw new InvalidOperationException();
    }
}
