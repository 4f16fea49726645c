using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Wallet;
using Nethereum.KeyStore;

namespace Coniunctum.Interop.Tests.Nethereum;

/// <summary>
/// Where Nethereum.KeyStore is known to differ: the format's MAC does not cover the counter block, and Nethereum does not compare
/// the key with the file's address, so that a damaged counter block opens another key. These tests fail when that is mended.
/// </summary>
public sealed class NethereumKeyStoreKnownTests
{
    private const string Password = "test";
    private const string Key = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
    private const string Iv = "a84bba605950b18da22c34138bc2f46e";

    // Written here, with the least cost, for the key above.
    private const string File = $$"""
        {
          "version": 3,
          "id": "d76575ea-5b51-4664-990d-5778af3eb599",
          "address": "008aeeda4d805471df9b2a5b0f38a0c3bcba786b",
          "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": {
              "iv": "{{Iv}}"
            },
            "ciphertext": "4cff95c800a431905f948bff90c9bd6b3dfdb909e1adf0b1fc10f53be718cab2",
            "kdf": "scrypt",
            "kdfparams": {
              "dklen": 32,
              "n": 2,
              "p": 1,
              "r": 1,
              "salt": "35aa44506096c87674523d7e1316ef6e388a2163d818128b7d410faf212e17a6"
            },
            "mac": "78e7cc481d82372c5535e604c34596d8c40a760b18c3ecd1c18299ee30051a90"
          }
        }
        """;

    private static readonly KeyStoreService s_service = new();

    [TestCase(Iv, Key)]
    [TestCase("b84bba605950b18da22c34138bc2f46e", "4ac8d0ffe627a48d5811ea15a5a00b9df600b7aa82d6bd61d2a0348727ffbd51")]
    [TestCase("a84bba605950b18da22c34138bc2f46f", "0949d9c71b9c2ce23671b1a802c58944bdcd1db74fb450b88e4d8bf62bf10d7c")]
    [TestCase("a84bba605950b18de22c34138bc2f46e", "57c7b48586e936fe6ef9fba0a8ef14f2522eb40d567e5b7efe92afd57f150bcd")]
    public void Decrypt_CounterBlockChanged_IsRefusedHere_AndOpensAnotherKeyThere(string iv, string keyThere)
    {
        string json = File.Replace(Iv, iv, StringComparison.Ordinal);
        Assert.That(OpenHere(Encoding.UTF8.GetBytes(json)), Is.EqualTo(iv == Iv ? KeyFileFault.None : KeyFileFault.OtherKey));
        Assert.That(Convert.ToHexStringLower(s_service.DecryptKeyStoreFromJson(Password, json)), Is.EqualTo(keyThere));
    }

    [Test]
    public void Decrypt_EveryBitChanged_OpensNoOtherKeyHere_AndManyThere()
    {
        byte[] file = Encoding.UTF8.GetBytes(File);
        byte[] secret = Convert.FromHexString(Key);
        int first = File.IndexOf(Iv, StringComparison.Ordinal);
        var elsewhere = new List<int>();
        int others = 0;
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            KeyFileFault fault = OpenHere(file);
            byte[]? there = OpenThere(file);
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            if (there is null || there.AsSpan().SequenceEqual(secret)) continue;
            others++;
            Assert.That(fault, Is.EqualTo(KeyFileFault.OtherKey).Or.EqualTo(KeyFileFault.NotHexadecimal), $"bit {bit}");
            if (bit / 8 < first || bit / 8 >= first + Iv.Length) elsewhere.Add(bit);
        }

        TestContext.Out.WriteLine(Invariant($"{8 * file.Length} bits: {others} open another key there, none here"));
        Assert.That(elsewhere, Is.Empty, "only the counter block's bits do");
        Assert.That(others, Is.EqualTo(104));
    }

    /// <summary>Opens the file; what opens is always the same key.</summary>
    private static KeyFileFault OpenHere(byte[] json)
    {
        KeyFileOutcome outcome = KeyFile.Read(json, out KeyFile? file);
        if (!outcome.IsValid) return outcome.Fault;
        outcome = file!.Decrypt(Encoding.UTF8.GetBytes(Password), out PrivateKey? key);
        if (!outcome.IsValid) return outcome.Fault;
        byte[] bytes = new byte[PrivateKey.Size];
        key!.CopyTo(bytes);
        key.Dispose();
        Assert.That(Convert.ToHexStringLower(bytes), Is.EqualTo(Key));
        return outcome.Fault;
    }

    private static byte[]? OpenThere(byte[] json)
    {
        try
        {
            return s_service.DecryptKeyStoreFromJson(Password, Encoding.UTF8.GetString(json));
        }
#pragma warning disable CA1031 // It refuses by exceptions of many types, the plain one among them.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
