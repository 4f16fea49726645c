using System.Numerics;
using System.Text.Json;

namespace Coniunctum.TestKit.Schemes;

/// <summary>What every scheme called "secp256k1-ecdsa/…" must pass, whoever computes it.</summary>
public abstract class RecoverableEcdsaContract
{
    private static readonly BigInteger N = CurveOracle.Secp256k1.N;
    private static readonly Hash256 Digest = Sha3_256.Hash("digest"u8);

    private ISignatureScheme Scheme => field ??= Make<Sha3_256>();

    /// <summary>Makes the scheme with an address hash.</summary>
    protected abstract ISignatureScheme Make<TAddressHash>()
        where TAddressHash : struct, IHashFunction;

    [Test]
    public void Name_EveryAddressHash_IsTheProtocols()
    {
        // Chains commit to these in their genesis: a changed name is another protocol.
        Assert.That(Make<Sha3_256>().Name, Is.EqualTo("secp256k1-ecdsa/sha3-256"));
        Assert.That(Make<Sha256>().Name, Is.EqualTo("secp256k1-ecdsa/sha-256"));
        Assert.That(Make<Keccak256>().Name, Is.EqualTo("secp256k1-ecdsa/keccak-256"));
        Assert.That(Make<DoubleHash<Sha3_256>>().Name, Is.EqualTo("secp256k1-ecdsa/sha3-256-twice"));
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
        ISignatureScheme scheme = Make<Keccak256>();
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
        Assert.That(Make<Sha256>().AddressOf(key.PublicKey).Value, Is.EqualTo(Sha256.Hash(bytes)));
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

    [TestCaseSource(typeof(RecoverableEcdsaContract), nameof(HostileSignatures))]
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
        // The smallest r for which r + n is the x coordinate of a point.
        BigInteger p = CurveOracle.Secp256k1.P, r = 1;
        while (!BigInteger.ModPow(BigInteger.Pow(r + N, 3) + 7, (p - 1) / 2, p).IsOne) r++;

        Assert.That(Scheme.Recover(Digest, Signature(r, 5, recoveryId), out Address signer), Is.EqualTo(SignatureOutcome.Valid));
        Assert.That(signer, Is.Not.EqualTo(default(Address)));
        do r++;
        while (BigInteger.ModPow(BigInteger.Pow(r + N, 3) + 7, (p - 1) / 2, p).IsOne);
        Assert.That(Scheme.Recover(Digest, Signature(r, 5, recoveryId), out _), Is.EqualTo(SignatureOutcome.NoSuchPoint));
    }

    [Test]
    public void Recover_NoncePointBeyondTheOrder_NamesTheKeyOfTheDefinition()
    {
        // R with x = n + r for a small r, s and the digest as one likes: the key is Q = r⁻¹·(s·R − digest·G). No nonce of such an R is known.
        CurveOracle curve = CurveOracle.Secp256k1;
        BigInteger digest = CurveOracle.FromBytes(Digest.AsSpan());
        var signatures = new List<byte[]>();
        var signers = new List<Address>();
        foreach ((BigInteger r, BigInteger even) in curve.PointsBeyondOrder(6))
        {
            foreach (BigInteger y in new[] { even, curve.P - even })
            {
                BigInteger s = 1_000_003 + signatures.Count, inverse = CurveOracle.Inverse(r, N);
                (BigInteger X, BigInteger Y) key = curve.Add(curve.Multiply(s * inverse, (N + r, y)), curve.Multiply(-digest * inverse, curve.Generator))!.Value;
                Assert.That(curve.Verify(key, digest, r, s), "valid by the definition");
                var signer = new Address(Sha3_256.Hash([.. CurveOracle.ToBytes(key.X), .. CurveOracle.ToBytes(key.Y)]));
                byte parity = (byte)(y.IsEven ? 0 : 1);
                Assert.That(Recovered(Signature(r, s, (byte)(2 | parity))), Is.EqualTo(signer));
                Assert.That(Recovered(Signature(r, s, (byte)(2 | (parity ^ 1)))), Is.Not.EqualTo(signer), "the other y");
                Assert.That(Recovered(Signature(r, s, parity)), Is.Not.EqualTo(signer), "an x below n");
                signatures.Add(Signature(r, s, (byte)(2 | parity)));
                signers.Add(signer);
            }
        }

        // In a batch, beside signatures whose x is below n.
        byte[] plain = new byte[65];
        using PrivateKey plainKey = Key(CurveOracle.ToBytes(44));
        Scheme.Sign(plainKey, Digest, plain);
        for (int i = 0; i < signatures.Count; i += 3)
        {
            signatures.Insert(i, plain);
            signers.Insert(i, Scheme.AddressOf(plainKey.PublicKey));
        }

        var found = new Address[signers.Count];
        var outcomes = new SignatureOutcome[signers.Count];
        Scheme.RecoverMany([.. Enumerable.Repeat(Digest, signers.Count)], signatures.SelectMany(bytes => bytes).ToArray(), found, outcomes);
        Assert.That(outcomes, Is.All.EqualTo(SignatureOutcome.Valid));
        Assert.That(found, Is.EqualTo(signers));

        Address Recovered(byte[] signature)
        {
            _ = Scheme.Recover(Digest, signature, out Address signer);
            return signer;
        }
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
    public void Sign_DigestsOfTheOrderOrMore_AreReducedFirst()
    {
        // RFC 6979, §2.3.4: the nonce comes from the digest modulo n, so that z and z + n have one signature.
        using PrivateKey key = Key(CurveOracle.ToBytes(1_234_567));
        byte[] reduced = new byte[65], whole = new byte[65];
        foreach (BigInteger z in new[] { 0, 1, 12_345, BigInteger.Pow(2, 256) - 1 - N })
        {
            Scheme.Sign(key, new Hash256(CurveOracle.ToBytes(z)), reduced);
            Scheme.Sign(key, new Hash256(CurveOracle.ToBytes(z + N)), whole);
            Assert.That(whole, Is.EqualTo(reduced), $"{z}");
            Assert.That(Scheme.Recover(new Hash256(CurveOracle.ToBytes(z + N)), whole, out Address signer), Is.EqualTo(SignatureOutcome.Valid));
            Assert.That(signer, Is.EqualTo(Scheme.AddressOf(key.PublicKey)));
        }

        // The last one, as this library and libsecp256k1 make it.
        Assert.That(Convert.ToHexStringLower(whole), Is.EqualTo(
            "1de00be67ebb206d4015cb323628ec66f4d510b435377ee12dca77a657c299f1355675083f2406228377da10c65eb79cfbdd7268edbb01813527f94099ed58c200"));
    }

    [Test]
    public void Recover_WycheproofsValidVectors_NamesTheKeyUnlessSIsHigh()
    {
        ISignatureScheme scheme = Make<Sha256>();
        int low = 0, high = 0;
        foreach (WycheproofCase vector in WycheproofCase.Read("wycheproof/ecdsa_secp256k1_sha256_p1363_test.json").Where(v => v.IsValid))
        {
            List<(SignatureOutcome Outcome, Address Signer)> answers = RecoverWithEveryId(scheme, vector);
            if (CurveOracle.FromBytes(vector.Signature.AsSpan(32)) > N / 2)
            {
                high++;
                Assert.That(answers.Select(a => a.Outcome), Is.All.EqualTo(SignatureOutcome.HighS), vector.Name);
                continue;
            }

            low++;
            Assert.That(
                answers.Count(a => a.Outcome == SignatureOutcome.Valid && a.Signer == scheme.AddressOf(vector.Key)), Is.EqualTo(1), vector.Name);
        }

        Assert.That((low, high), Is.EqualTo((95, 72)));
    }

    [Test]
    public void Recover_WycheproofsInvalidVectors_NeverNamesTheKey()
    {
        ISignatureScheme scheme = Make<Sha256>();
        int count = 0;
        foreach (WycheproofCase vector in WycheproofCase.Read("wycheproof/ecdsa_secp256k1_sha256_p1363_test.json").Where(v => !v.IsValid))
        {
            count++;
            foreach ((SignatureOutcome outcome, Address signer) in RecoverWithEveryId(scheme, vector))
            {
                if (vector.Signature.Length != 64)
                    Assert.That(outcome, Is.EqualTo(SignatureOutcome.WrongLength), vector.Name);
                Assert.That(outcome == SignatureOutcome.Valid && signer == scheme.AddressOf(vector.Key), Is.False, vector.Name);
            }
        }

        Assert.That(count, Is.EqualTo(85));
    }

    [Test]
    public void AddressOf_DefaultKey_Throws() =>
        Assert.That(() => Scheme.AddressOf(default), Throws.ArgumentException);

    protected static IEnumerable<TestCaseData> HostileSignatures() =>
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

    private static List<(SignatureOutcome Outcome, Address Signer)> RecoverWithEveryId(ISignatureScheme scheme, WycheproofCase vector)
    {
        Hash256 digest = Sha256.Hash(vector.Message);
        var answers = new List<(SignatureOutcome, Address)>();
        for (byte id = 0; id < 4; id++)
            answers.Add((scheme.Recover(digest, [.. vector.Signature, id], out Address signer), signer));
        return answers;
    }

    private static PrivateKey Key(ReadOnlySpan<byte> bytes)
    {
        Assert.That(PrivateKey.Read(bytes, out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
        return key ?? throw new InvalidOperationException();
    }
}
