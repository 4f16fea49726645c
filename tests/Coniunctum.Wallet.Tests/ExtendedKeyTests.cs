using System.Text.Json;

namespace Coniunctum.Wallet.Tests;

public sealed class ExtendedKeyTests
{
    private const string MasterPrivate = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";
    private const string MasterPublic = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8";

    private static JsonElement Vectors => JsonElement.Parse(VectorFile.ReadText("secp256k1/bip32.json"));

    // BIP-84 and BIP-49, "Test vectors".
    [TestCase("zprvAWgYBBk7JR8Gjrh4UJQ2uJdG1r3WNRRfURiABBE3RvMXYSrRJL62XuezvGdPvG6GFBZduosCc1YP5wixPox7zhZLfiUm8aunE96BBa4Kei5", "04b2430c: zprv, a private key")]
    [TestCase("zpub6jftahH18ngZxLmXaKw3GSZzZsszmt9WqedkyZdezFtWRFBZqsQH5hyUmb4pCEeZGmVfQuP5bedXTB8is6fTv19U1GQRyQUKQGUTzyHACMF", "04b24746: zpub, a public key")]
    [TestCase("tprv8ZgxMBicQKsPe5YMU9gHen4Ez3ApihUfykaqUorj9t6FDqy3nP6eoXiAo2ssvpAjoLroQxHqr3R5nE3a5dU3DHTjTgJDd7zrbniJr6nrCzd", "04358394: tprv, a private key for Bitcoin's test network")]
    public void Parse_AKeyOfAnotherKindOfAddress_IsNamed(string text, string expected)
    {
        ExtendedKeyOutcome outcome = ExtendedKey.Read(text, out ExtendedKey? key);
        Assert.That((outcome.Fault, key), Is.EqualTo((ExtendedKeyFault.UnknownVersion, (ExtendedKey?)null)), outcome.Message);
        Assert.That(outcome.Message, Does.Contain(expected).And.Contain("expected xprv (0488ade4)"));
    }

    [Test]
    public void Derive_PublishedVectors_AllMatch()
    {
        int keys = 0;
        foreach (JsonElement vector in Vectors.GetProperty("valid").EnumerateArray().Where(IsBitcoin))
        {
            JsonElement masterVector = vector.GetProperty("master");
            using ExtendedKey master = masterVector.TryGetProperty("seed", out JsonElement seed)
                ? ExtendedKey.FromSeed(Convert.FromHexString(seed.GetString()!))
                : Parse(Text(masterVector, "base58Priv"));
            AssertIs(master, masterVector);
            keys++;
            foreach (JsonElement child in vector.GetProperty("children").EnumerateArray())
            {
                Assert.That(KeyPath.TryParse(Text(child, "path"), out KeyPath path), Is.True);
                using ExtendedKey derived = master.Derive(path);
                AssertIs(derived, child);
                Assert.That(derived.Depth, Is.EqualTo(path.Steps.Length));
                Assert.That(derived.Number, Is.EqualTo(path.Steps[^1]));
                keys++;
            }
        }

        Assert.That(keys, Is.EqualTo(16));
    }

    [Test]
    public void Derive_FromThePublicKey_IsThePublicPartOfWhatThePrivateOneGives()
    {
        using ExtendedKey master = Parse(MasterPrivate);
        using ExtendedKey publicMaster = master.ToPublic();
        for (uint number = 0; number < 50; number++)
        {
            using ExtendedKey child = master.Derive(number);
            using ExtendedKey publicChild = publicMaster.Derive(number);
            using ExtendedKey expected = child.ToPublic();
            Assert.That(publicChild.HasPrivateKey, Is.False);
            Assert.That(TextOf(publicChild), Is.EqualTo(TextOf(expected)));
        }
    }

    [Test]
    public void Parse_ThenWrite_IsTheSameText()
    {
        foreach (string text in (string[])[MasterPrivate, MasterPublic])
        {
            using ExtendedKey key = Parse(text);
            Assert.That(TextOf(key), Is.EqualTo(text));
        }
    }

    [Test]
    public void Parse_PublishedBadKeys_AreRefusedForTheirReason()
    {
        int refused = 0;
        foreach (JsonElement vector in Vectors.GetProperty("invalid").GetProperty("fromBase58").EnumerateArray())
        {
            ExtendedKeyFault expected = Text(vector, "exception") switch
            {
                "Invalid checksum" => ExtendedKeyFault.BadChecksum,
                "Invalid buffer length" => ExtendedKeyFault.WrongLength,
                "Invalid parent fingerprint" or "Invalid index" => ExtendedKeyFault.MasterWithParent,
                "Invalid network version" => ExtendedKeyFault.UnknownVersion,
                _ => ExtendedKeyFault.InvalidKey,
            };
            ExtendedKeyOutcome outcome = ExtendedKey.Read(Text(vector, "string"), out ExtendedKey? key);
            Assert.That(outcome.Fault, Is.EqualTo(expected), $"{Text(vector, "string")}: {outcome.Message}");
            Assert.That(key, Is.Null);
            refused++;
        }

        Assert.That(refused, Is.EqualTo(13));
    }

    [Test]
    public void Parse_EveryChangedCharacter_IsRefused()
    {
        for (int i = 0; i < MasterPrivate.Length; i++)
        {
            string changed = MasterPrivate[..i] + (MasterPrivate[i] == '2' ? '3' : '2') + MasterPrivate[(i + 1)..];
            Assert.That(ExtendedKey.TryParse(changed, out _), Is.False, $"character {i}");
        }

        ExtendedKeyOutcome zero = ExtendedKey.Read("xprv0" + MasterPrivate[5..], out _);
        Assert.That((zero.Fault, zero.Position), Is.EqualTo((ExtendedKeyFault.InvalidCharacter, 4)));
        Assert.That(zero.Message, Does.Contain("Character 5"));
        Assert.That(ExtendedKey.Read("", out _).Fault, Is.EqualTo(ExtendedKeyFault.WrongLength));
        Assert.That(ExtendedKey.Read(new string('z', 100_000), out _).Fault, Is.EqualTo(ExtendedKeyFault.WrongLength));
        Assert.That(ExtendedKey.Read(new string('1', 180), out _).Fault, Is.EqualTo(ExtendedKeyFault.WrongLength));
    }

    [Test]
    public void Derive_WhatCannotBe_Throws()
    {
        using ExtendedKey master = Parse(MasterPublic);
        Assert.That(() => master.Derive(KeyPath.Hardened), Throws.InvalidOperationException);
        Assert.That(() => master.PrivateKey, Throws.InvalidOperationException);
        Assert.That(() => ExtendedKey.FromSeed(new byte[15]), Throws.ArgumentException);
        Assert.That(() => ExtendedKey.FromSeed(new byte[65]), Throws.ArgumentException);

        using ExtendedKey deepest = master.Derive(new KeyPath([.. Enumerable.Repeat(0u, 255)]));
        Assert.That(deepest.Depth, Is.EqualTo(255));
        Assert.That(() => deepest.Derive(0), Throws.InvalidOperationException);
    }

    [Test]
    public void Dispose_WipesAndLaterUsesThrow()
    {
        ExtendedKey key = Parse(MasterPrivate);
        PrivateKey secret = key.PrivateKey;
        key.Dispose();
        key.Dispose();
        Assert.That(() => key.Derive(0), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => key.ToPublic(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => secret.CopyTo(new byte[32]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(key.ToString(), Is.EqualTo("ExtendedKey"));
    }

    private static bool IsBitcoin(JsonElement vector) => Text(vector, "network") == "bitcoin";

    private static void AssertIs(ExtendedKey key, JsonElement expected)
    {
        byte[] secret = new byte[32];
        key.PrivateKey.CopyTo(secret);
        using ExtendedKey publicKey = key.ToPublic();
        Assert.That(Convert.ToHexStringLower(secret), Is.EqualTo(Text(expected, "privKey")));
        Assert.That($"{key.Fingerprint:x8}", Is.EqualTo(Text(expected, "fingerprint")));
        Assert.That(TextOf(key), Is.EqualTo(Text(expected, "base58Priv")));
        Assert.That(TextOf(publicKey), Is.EqualTo(Text(expected, "base58")));
        Assert.That(ExtendedKey.TryParse(Text(expected, "base58"), out ExtendedKey? read), Is.True);
        Assert.That(read!.PublicKey, Is.EqualTo(key.PublicKey));
        read.Dispose();
    }

    private static ExtendedKey Parse(string text)
    {
        ExtendedKeyOutcome outcome = ExtendedKey.Read(text, out ExtendedKey? key);
        Assert.That(outcome.IsValid, Is.True, outcome.Message);
        return key!;
    }

    private static string TextOf(ExtendedKey key)
    {
        Span<char> text = stackalloc char[ExtendedKey.MaxTextLength];
        return new string(text[..key.CopyTo(text)]);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
