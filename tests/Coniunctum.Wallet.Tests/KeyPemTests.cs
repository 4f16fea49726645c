using System.Text;

namespace Coniunctum.Wallet.Tests;

public sealed class KeyPemTests
{
    private const string EcLabel = "EC PRIVATE KEY";
    private const int Seed = 20261128;

    private static IEnumerable<TestCaseData> Keys =>
    [
        new TestCaseData(KeyPemSamples.WithParameters).SetArgDisplayNames("EC PARAMETERS before it"),
        new TestCaseData(KeyPemSamples.Sec1).SetArgDisplayNames("EC PRIVATE KEY alone"),
        new TestCaseData(KeyPemSamples.Compressed).SetArgDisplayNames("compressed public key"),
        new TestCaseData(KeyPemSamples.WithoutPublicKey).SetArgDisplayNames("no public key"),
        new TestCaseData(KeyPemSamples.Pkcs8).SetArgDisplayNames("PRIVATE KEY"),
        new TestCaseData("Bag Attributes\n    friendlyName: key\n" + KeyPemSamples.Pkcs8 + "\nafterwards\n").SetArgDisplayNames("text around it"),
        new TestCaseData(KeyPemSamples.Sec1 + "\n" + KeyPemSamples.WithParameters[..KeyPemSamples.WithParameters.IndexOf("-----BEGIN EC PRIVATE", StringComparison.Ordinal)])
            .SetArgDisplayNames("EC PARAMETERS behind it"),
    ];

    // Each with a part of the message: what was found, and what was expected.
    private static IEnumerable<TestCaseData> Faulty
    {
        get
        {
            byte[] sec1 = KeyPemSamples.DerOf(KeyPemSamples.Sec1);
            byte[] bare = KeyPemSamples.DerOf(KeyPemSamples.WithoutPublicKey);
            byte[] pkcs8 = KeyPemSamples.DerOf(KeyPemSamples.Pkcs8);
            yield return Case(KeyPemFault.TooLong, new string('\n', 16_385), "16385 bytes; at most 16384");
            yield return Case(KeyPemFault.NotText, "\uFEFF\0" + KeyPemSamples.Sec1, "U+0000");
            yield return Case(KeyPemFault.NotPem, "", "There is no private key");
            yield return Case(KeyPemFault.NotPem, "legal winner thank year", "There is no private key");
            yield return Case(KeyPemFault.NotPem, KeyPemSamples.WithParameters[..KeyPemSamples.WithParameters.IndexOf("-----BEGIN EC PRIVATE", StringComparison.Ordinal)], "There is no private key");
            yield return Case(KeyPemFault.Malformed, KeyPemSamples.Sec1[..^30], "its last line is missing");
            yield return Case(KeyPemFault.Malformed, KeyPemSamples.Sec1.Replace("MHQC", "MH*C", StringComparison.Ordinal), "base 64");
            yield return Case(KeyPemFault.Malformed, KeyPemSamples.Sec1.Replace("MHQC", "MH*C", StringComparison.Ordinal) + "\n" + KeyPemSamples.Pkcs8, "base 64");
            yield return Case(KeyPemFault.Malformed, KeyPemSamples.Sec1.Replace("END EC", "END", StringComparison.Ordinal), "another one");
            yield return Case(KeyPemFault.Ambiguous, KeyPemSamples.Sec1 + "\n" + KeyPemSamples.Pkcs8, "several private keys");
            yield return Case(KeyPemFault.Ambiguous, KeyPemSamples.WithParameters + "\n" + KeyPemSamples.WithParameters, "more than once");
            yield return Case(KeyPemFault.UnsupportedBlock, KeyPemSamples.PublicKeyAlone, "'PUBLIC KEY'; expected 'EC PRIVATE KEY' or 'PRIVATE KEY'");
            yield return Case(KeyPemFault.UnsupportedBlock, KeyPemSamples.Sec1 + "\n" + KeyPemSamples.PublicKeyAlone, "'PUBLIC KEY'");
            yield return Case(KeyPemFault.UnsupportedBlock, Text("OPENSSH PRIVATE KEY", sec1), "'OPENSSH PRIVATE KEY'");
            yield return Case(KeyPemFault.UnsupportedBlock, Text("RSA PRIVATE KEY", sec1), "'RSA PRIVATE KEY'");
            yield return Case(KeyPemFault.Encrypted, KeyPemSamples.Encrypted, "openssl pkey -in FILE");
            yield return Case(KeyPemFault.Encrypted, KeyPemSamples.EncryptedWithHeaders, "openssl pkey -in FILE");
            yield return Case(KeyPemFault.NotDer, Text(EcLabel, []), "DER");
            yield return Case(KeyPemFault.NotDer, Text(EcLabel, sec1.AsSpan(0, sec1.Length - 1)), "DER");
            yield return Case(KeyPemFault.NotDer, Text(EcLabel, [.. sec1, 0]), "DER");
            yield return Case(KeyPemFault.NotDer, Text("PRIVATE KEY", [.. pkcs8, 0]), "DER");
            // An outer public key that is there, and empty.
            yield return Case(KeyPemFault.NotDer, Text("PRIVATE KEY", [0x30, 0x81, (byte)(pkcs8[2] + 3), .. pkcs8.AsSpan(3), 0x81, 0x01, 0x00]), "DER");
            yield return Case(KeyPemFault.UnsupportedVersion, Text(EcLabel, pkcs8), "another version than 1");
            yield return Case(KeyPemFault.NotDer, Text(EcLabel, Changed(bare, 1, 0x81)), "DER");
            yield return Case(KeyPemFault.UnsupportedVersion, Text(EcLabel, Changed(sec1, 4, 2)), "another version than 1");
            yield return Case(KeyPemFault.UnsupportedVersion, Text("PRIVATE KEY", Changed(pkcs8, 5, 2)), "another version than 0 or 1");
            yield return Case(KeyPemFault.OtherAlgorithm, KeyPemSamples.Ed25519, "a key of Ed25519; expected one of the curve secp256k1");
            yield return Case(KeyPemFault.OtherCurve, KeyPemSamples.P256, "the curve P-256 (secp256r1); expected secp256k1");
            yield return Case(KeyPemFault.OtherCurve, KeyPemSamples.P256[KeyPemSamples.P256.IndexOf("-----BEGIN EC PRIVATE", StringComparison.Ordinal)..], "the curve P-256");
            yield return Case(KeyPemFault.OtherCurve, Text(EcLabel, Changed(bare, ^1, 9)), "the curve 1.3.132.0.9; expected secp256k1");
            yield return Case(KeyPemFault.ExplicitCurve, KeyPemSamples.ExplicitCurve, "openssl ec -in FILE -param_enc named_curve");
            yield return Case(KeyPemFault.NoCurve, Text(EcLabel, [0x30, 0x25, .. bare.AsSpan(2, 37)]), "of which curve");
            yield return Case(KeyPemFault.NoCurve, Text("PRIVATE KEY", PrivateKeyInfo([0x05, 0x00], bare)), "does not name the key's curve");
            yield return Case(KeyPemFault.WrongLength, Text(EcLabel, [0x30, 0x2D, 2, 1, 1, 4, 31, .. bare.AsSpan(8)]), "31 bytes; expected 32");
            yield return Case(KeyPemFault.NotAKey, Text(EcLabel, [.. bare.AsSpan(0, 7), .. new byte[32], .. bare.AsSpan(39)]), "between 1 and the order");
            yield return Case(KeyPemFault.NotAKey, Text(EcLabel, [.. bare.AsSpan(0, 7), .. Enumerable.Repeat((byte)0xFF, 32), .. bare.AsSpan(39)]), "between 1 and the order");
            yield return Case(KeyPemFault.UnsupportedPublicKey, KeyPemSamples.Hybrid, "33 bytes that begin with 2 or 3, or 65");
            yield return Case(KeyPemFault.OtherPublicKey, Text(EcLabel, Changed(sec1, ^1, 0xE4)), "not that of the private key");
            yield return Case(KeyPemFault.OtherPublicKey, Text("PRIVATE KEY", Changed(pkcs8, ^1, 0xE4)), "not that of the private key");
        }
    }

    [TestCaseSource(nameof(Keys))]
    public void Read_WhatOpenSslWrites_IsItsKey(string pem)
    {
        foreach (string text in new[] { pem, pem.Replace("\n", "\r\n", StringComparison.Ordinal), "\n\n" + pem + "\n" })
        {
            foreach (Encoding encoding in (Encoding[])[new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode])
            {
                KeyPemOutcome outcome = KeyPem.Read([.. encoding.GetPreamble(), .. encoding.GetBytes(text)], out PrivateKey? key);
                Assert.That((outcome.Fault, Hex(key)), Is.EqualTo((KeyPemFault.None, KeyPemSamples.Key)), outcome.Message);
            }
        }
    }

    [TestCaseSource(nameof(Faulty))]
    public void Read_AnythingElse_SaysWhatIsWrong(KeyPemFault fault, string pem, string expected)
    {
        byte[] text = Encoding.UTF8.GetBytes(pem);
        KeyPemOutcome outcome = KeyPem.Read(text, out PrivateKey? key);

        Assert.That((outcome.Fault, key), Is.EqualTo((fault, (PrivateKey?)null)), outcome.Message);
        Assert.That(outcome.Message, Does.Contain(expected).And.Not.Contain("\n"));
        Assert.That(KeyPem.TryParse(text, out key) || key is not null, Is.False);
    }

    [Test]
    public void Faulty_HasEveryFault() => Assert.That(
        Faulty.Select(data => (KeyPemFault)data.Arguments[0]!).Distinct(),
        Is.EquivalentTo(Enum.GetValues<KeyPemFault>().Except([KeyPemFault.Unchecked, KeyPemFault.None])));

    [Test]
    public void Read_Utf16WithoutAMark_IsNamed() =>
        Assert.That(KeyPem.Read(Encoding.Unicode.GetBytes(KeyPemSamples.Sec1), out _).Message, Does.Contain("UTF-16").And.Contain("byte-order mark"));

    [Test]
    public void Read_PublicKeyBesideTheKeyOfPkcs8_IsCompared()
    {
        byte[] bare = KeyPemSamples.DerOf(KeyPemSamples.WithoutPublicKey);
        byte[] point = KeyPemSamples.DerOf(KeyPemSamples.Sec1)[^65..];

        // RFC 5958: version 1, attributes [0] (none), publicKey [1].
        byte[] info = PrivateKeyInfo([0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A], bare, version: 1, [0xA0, 0x00, 0x81, 0x42, 0x00, .. point]);
        Assert.That(KeyPem.TryParse(KeyPemSamples.Pem("PRIVATE KEY", info), out PrivateKey? key), Is.True);
        Assert.That(Hex(key), Is.EqualTo(KeyPemSamples.Key));
        info[^1] ^= 1;
        Assert.That(KeyPem.Read(KeyPemSamples.Pem("PRIVATE KEY", info), out key).Fault, Is.EqualTo(KeyPemFault.OtherPublicKey));
        Assert.That(key, Is.Null);
    }

    [TestCase(nameof(KeyPemSamples.Sec1))]
    [TestCase(nameof(KeyPemSamples.Compressed))]
    [TestCase(nameof(KeyPemSamples.Pkcs8))]
    public void Read_WithAnyBitChanged_IsRefused(string sample)
    {
        (string label, string pem) = sample switch
        {
            nameof(KeyPemSamples.Sec1) => (EcLabel, KeyPemSamples.Sec1),
            nameof(KeyPemSamples.Compressed) => (EcLabel, KeyPemSamples.Compressed),
            _ => ("PRIVATE KEY", KeyPemSamples.Pkcs8),
        };
        byte[] der = KeyPemSamples.DerOf(pem);
        var taken = new List<string>();
        for (int bit = 0; bit < 8 * der.Length; bit++)
        {
            der[bit / 8] ^= (byte)(1 << (bit % 8));
            if (KeyPem.TryParse(KeyPemSamples.Pem(label, der), out PrivateKey? key)) taken.Add(Invariant($"bit {bit}: {Hex(key)}"));
            der[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        // PKCS#8 has version 0 or 1.
        Assert.That(taken, label is EcLabel ? Is.Empty : Is.EqualTo(new[] { "bit 40: " + KeyPemSamples.Key }));
    }

    [Test]
    public void Read_MutatedTexts_NeverThrowsAndNeverGivesAnotherKey()
    {
        const int rounds = 4_000;
        var random = new Random(Seed);
        TestContext.Out.WriteLine(Invariant($"seed {Seed}"));
        string[] samples = [KeyPemSamples.WithParameters, KeyPemSamples.Compressed, KeyPemSamples.Pkcs8, KeyPemSamples.ExplicitCurve, KeyPemSamples.Encrypted];
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] text = Encoding.ASCII.GetBytes(samples[random.Next(samples.Length)]);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Length);
                text = random.Next(3) switch
                {
                    0 => [.. text.AsSpan(0, at), .. text.AsSpan(Math.Min(text.Length, at + random.Next(1, 80)))],
                    1 => [.. text.AsSpan(0, at), (byte)random.Next(256), .. text.AsSpan(at)],
                    _ => [.. text.AsSpan(0, at), (byte)random.Next(33, 127), .. text.AsSpan(at + 1)],
                };
                if (text.Length == 0) break;
            }

            if (KeyPem.Read(text, out PrivateKey? key).IsValid) Assert.That(Hex(key), Is.EqualTo(KeyPemSamples.Key));
            else refused++;
        }

        Assert.That(refused, Is.GreaterThan(rounds / 2));
    }

    /// <summary>PrivateKeyInfo with parameters of the algorithm and the key as they are given.</summary>
    private static byte[] PrivateKeyInfo(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> key, byte version = 0, params ReadOnlySpan<byte> more)
    {
        byte[] algorithm = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, .. parameters];
        byte[] content = [0x02, 0x01, version, 0x30, (byte)algorithm.Length, .. algorithm, 0x04, (byte)key.Length, .. key, .. more];
        return content.Length < 0x80 ? [0x30, (byte)content.Length, .. content] : [0x30, 0x81, (byte)content.Length, .. content];
    }

    private static TestCaseData Case(KeyPemFault fault, string pem, string expected) => new TestCaseData(fault, pem, expected).SetArgDisplayNames(fault.ToString(), expected);

    private static string Text(string label, ReadOnlySpan<byte> der) => Encoding.ASCII.GetString(KeyPemSamples.Pem(label, der));

    private static byte[] Changed(byte[] der, Index at, byte value)
    {
        byte[] changed = [.. der];
        changed[at] = value;
        return changed;
    }

    private static string Hex(PrivateKey? key)
    {
        if (key is null) return "";
        byte[] bytes = new byte[PrivateKey.Size];
        key.CopyTo(bytes);
        key.Dispose();
        return Convert.ToHexStringLower(bytes);
    }
}
