using System.Text;
using System.Text.Json;

namespace Coniunctum.Wallet.Tests;

public sealed class KeyFileTests
{
    private static JsonElement Published => JsonElement.Parse(VectorFile.ReadText("keystore/web3_v3_spec_examples.json"));

    [TestCase("test1", "PBKDF2 c=262144", true)]
    [TestCase("test2", "scrypt n=262144 r=1 p=8", false)]
    public void Decrypt_PublishedVectors_GiveTheirKeys(string name, string derivation, bool isWeak)
    {
        JsonElement vector = Published.GetProperty(name);
        KeyFile file = Parse(vector.GetProperty("json").GetRawText());
        byte[] password = Encoding.UTF8.GetBytes(vector.GetProperty("password").GetString()!);

        // The published files do not say whose key they hold.
        Assert.That(file.EthereumAddress, Is.Null);
        Assert.That(file.Decrypt(password, out _).Fault, Is.EqualTo(KeyFileFault.NoAddress));
        Assert.That(file.Decrypt(password, out PrivateKey? key, withoutAddress: true).IsValid, Is.True);
        Assert.That(KeyFileSamples.Hex(key!), Is.EqualTo(vector.GetProperty("priv").GetString()));
        Assert.That((file.Derivation, file.IsWeak), Is.EqualTo((derivation, isWeak)));
        key!.Dispose();
    }

    [Test]
    public void Encrypt_ThenParseAndDecrypt_IsTheSameKey()
    {
        using var key = PrivateKey.Generate(SystemEntropy.Instance);
        KeyFile made = KeyFile.Encrypt(key, "Pass w\u00F6rd"u8, SystemEntropy.Instance, KeyFileSamples.LeastCost);
        KeyFile read = Parse(Encoding.UTF8.GetString(made.ToJson()));

        Assert.That(read.ToJson(), Is.EqualTo(made.ToJson()));
        Assert.That(read.PublicKey, Is.EqualTo(key.PublicKey));
        Assert.That(read.EthereumAddress, Has.Length.EqualTo(40));
        Assert.That(read.Decrypt("Pass w\u00F6rd"u8, out PrivateKey? opened).IsValid, Is.True);
        Assert.That(KeyFileSamples.Hex(opened!), Is.EqualTo(KeyFileSamples.Hex(key)));
        opened!.Dispose();
    }

    [Test]
    public void Encrypt_Twice_DiffersInEverythingDrawn()
    {
        using var key = PrivateKey.Generate(SystemEntropy.Instance);
        JsonElement[] files =
        [
            .. Enumerable.Range(0, 2).Select(_ => JsonElement.Parse(KeyFile.Encrypt(key, "p"u8, SystemEntropy.Instance, KeyFileSamples.LeastCost).ToJson())),
        ];
        foreach (string[] path in (string[][])[["id"], ["crypto", "cipherparams", "iv"], ["crypto", "ciphertext"], ["crypto", "mac"], ["crypto", "kdfparams", "salt"]])
        {
            string[] values = [.. files.Select(file => path.Aggregate(file, (element, name) => element.GetProperty(name)).GetString()!)];
            Assert.That(values[0], Is.Not.EqualTo(values[1]), string.Join('.', path));
        }

        Assert.That(files[0].GetProperty("id").GetString(), Does.Match("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));
    }

    // An address that Ethereum's tests publish for a key.
    [Test]
    public void EthereumAddress_PublishedVectors_AllMatch()
    {
        foreach (JsonElement vector in JsonElement.Parse(VectorFile.ReadText("secp256k1/eth_keyaddrtest.json")).EnumerateArray())
        {
            using PrivateKey key = KeyFileSamples.Parse(vector.GetProperty("key").GetString()!);
            KeyFile file = KeyFile.Encrypt(key, default, SystemEntropy.Instance, KeyFileSamples.LeastCost);
            Assert.That(file.EthereumAddress, Is.EqualTo(vector.GetProperty("addr").GetString()));
        }
    }

    [Test]
    public void Decrypt_WithAnotherPassword_IsRefused()
    {
        KeyFile file = Parse(Encoding.UTF8.GetString(KeyFileSamples.Own()));

        // "test\0" would open it: HMAC fills its key up with zeros, and so no wallet tells those two apart.
        foreach (string wrong in (string[])["", "Test", "test ", "tes"])
        {
            KeyFileOutcome outcome = file.Decrypt(Encoding.UTF8.GetBytes(wrong), out PrivateKey? key);
            Assert.That(outcome.Fault, Is.EqualTo(KeyFileFault.WrongPassword));
            Assert.That(outcome.Message, Does.Not.Contain("test"));
            Assert.That(key, Is.Null);
        }
    }

    [Test]
    public void Decrypt_WhatWasEncryptedAndIsNoKey_IsRefused()
    {
        Assert.That(KeyFileReader.Read(KeyFileSamples.Own(), out KeyFileContent? content).IsValid, Is.True);
        byte[] derived = new byte[32];
        content!.Derivation.Derive(KeyFileSamples.Password, content.Salt, derived, null, default);
        Aes128Ctr.Transform(derived.AsSpan(0, 16), content.Iv, new byte[32], content.Ciphertext);
        content.Mac = Keccak256.Hash([.. derived[16..], .. content.Ciphertext]).AsSpan().ToArray();

        KeyFileOutcome outcome = Parse(Encoding.UTF8.GetString(content.ToJson())).Decrypt(KeyFileSamples.Password, out PrivateKey? key);
        Assert.That(outcome.Fault, Is.EqualTo(KeyFileFault.NotAKey));
        Assert.That(key, Is.Null);
    }

    // Why a file that does not name its owner is not opened by default: the MAC does not cover the counter block.
    [Test]
    public void Decrypt_WithAChangedCounterBlock_IsAnotherKey_WhichOnlyTheAddressTells()
    {
        Assert.That(KeyFileReader.Read(KeyFileSamples.Own(), out KeyFileContent? content).IsValid, Is.True);
        content!.Iv[3] ^= 1;
        Assert.That(Parse(Encoding.UTF8.GetString(content.ToJson())).Decrypt(KeyFileSamples.Password, out _).Fault, Is.EqualTo(KeyFileFault.OtherKey));

        content.Address = [];
        Assert.That(Parse(Encoding.UTF8.GetString(content.ToJson())).Decrypt(KeyFileSamples.Password, out _).Fault, Is.EqualTo(KeyFileFault.OtherKey));

        content.PublicKey = null;
        KeyFile anonymous = Parse(Encoding.UTF8.GetString(content.ToJson()));
        Assert.That(anonymous.Decrypt(KeyFileSamples.Password, out _).Fault, Is.EqualTo(KeyFileFault.NoAddress));
        Assert.That(anonymous.Decrypt(KeyFileSamples.Password, out PrivateKey? other, withoutAddress: true).IsValid, Is.True);
        Assert.That(KeyFileSamples.Hex(other!), Is.Not.EqualTo(KeyFileSamples.Key));
        other!.Dispose();
    }

    [Test]
    public void Encrypt_WhenCancelled_Throws()
    {
        using var key = PrivateKey.Generate(SystemEntropy.Instance);
        Assert.That(
            () => KeyFile.Encrypt(key, "p"u8, SystemEntropy.Instance, ScryptCost.Light, null, new CancellationToken(true)),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(
            () => KeyFile.Encrypt(key, "p"u8, SystemEntropy.Instance, new ScryptCost(3, 1, 1)), Throws.TypeOf<ArgumentOutOfRangeException>());
        key.Dispose();
        Assert.That(
            () => KeyFile.Encrypt(key, "p"u8, SystemEntropy.Instance, KeyFileSamples.LeastCost), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void ToString_TellsTheAddressAndNoSecret() =>
        Assert.That(Parse(Encoding.UTF8.GetString(KeyFileSamples.Own())).ToString(), Is.EqualTo("KeyFile 008aeeda4d805471df9b2a5b0f38a0c3bcba786b"));

    private static KeyFile Parse(string json)
    {
        KeyFileOutcome outcome = KeyFile.Read(Encoding.UTF8.GetBytes(json), out KeyFile? file);
        Assert.That(outcome.IsValid, Is.True, outcome.Message);
        return file!;
    }
}
