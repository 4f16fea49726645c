using System.Text;

namespace Coniunctum.Wallet.Tests;

/// <summary>Small keystore files for tests, all of the same key under the password "test".</summary>
internal static class KeyFileSamples
{
    public const string Key = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    public static readonly ScryptCost LeastCost = new(2, 1, 1);

    public static byte[] Password => "test"u8.ToArray();

    /// <summary>Written here.</summary>
    public static byte[] Own()
    {
        using PrivateKey key = Parse(Key);
        return KeyFile.Encrypt(key, Password, new CountingEntropy(), LeastCost).ToJson();
    }

    /// <summary>Written by ethers.</summary>
    public static byte[] Ethers() => Encoding.UTF8.GetBytes(VectorFile.ReadText("keystore/ethers_n2.json"));

    /// <summary>As older wallets wrote it: one line, PBKDF2.</summary>
    public static byte[] Pbkdf2()
    {
        Assert.That(KeyFileReader.Read(Own(), out KeyFileContent? content).IsValid, Is.True);
        content!.Derivation = new KeyDerivation.ByPbkdf2(1);
        content.PublicKey = null;
        byte[] derived = new byte[32];
        content.Derivation.Derive(Password, content.Salt, derived, null, default);
        Aes128Ctr.Transform(derived.AsSpan(0, 16), content.Iv, Convert.FromHexString(Key), content.Ciphertext);
        content.Mac = Keccak256.Hash([.. derived[16..], .. content.Ciphertext]).AsSpan().ToArray();
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content.ToJson()).Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
    }

    public static PrivateKey Parse(string hex)
    {
        Assert.That(PrivateKey.Read(Convert.FromHexString(hex), out PrivateKey? key), Is.EqualTo(KeyOutcome.Valid));
        return key!;
    }

    public static string Hex(PrivateKey key)
    {
        byte[] bytes = new byte[32];
        key.CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Bytes that are the same in every run.</summary>
    private sealed class CountingEntropy : IEntropySource
    {
        private byte _next = 17;

        public void Fill(Span<byte> destination)
        {
            foreach (ref byte value in destination) value = unchecked(_next += 29);
        }
    }
}
