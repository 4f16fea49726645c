using System.Text.Json;
using Coniunctum.Crypto;

namespace Coniunctum.Wallet;

/// <summary>What stands in a keystore file, as it is read or about to be written.</summary>
internal sealed class KeyFileContent
{
    public const int Version = 3;
    public const string Cipher = "aes-128-ctr";

    /// <summary>The object with what only this project writes; other wallets ignore it.</summary>
    public const string OwnObject = "x-coniunctum";

    public const string PublicKeyName = "publicKey";

    /// <summary>The longest key in bytes, as it is encrypted: early wallets put a zero before some, as big integers have a sign.</summary>
    public const int MaxKeySize = PrivateKey.Size + 1;

    public byte[] Iv = [];
    public byte[] Ciphertext = [];
    public byte[] Mac = [];
    public byte[] Salt = [];
    public KeyDerivation Derivation = new KeyDerivation.ByScrypt(default);

    /// <summary>The file's identifier, or <c>null</c>.</summary>
    public Guid? Id;

    /// <summary>The Ethereum address, or nothing.</summary>
    public byte[] Address = [];

    /// <summary>The public key, or <c>null</c> where another wallet wrote the file.</summary>
    public PublicKey? PublicKey;

    /// <summary>Writes the content as geth and ethers do, on several lines.</summary>
    public byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            if (Id is { } id) json.WriteString("id", id);
            if (Address.Length > 0) WriteHex(json, "address", Address);
            json.WriteStartObject("crypto");
            json.WriteString("cipher", Cipher);
            json.WriteStartObject("cipherparams");
            WriteHex(json, "iv", Iv);
            json.WriteEndObject();
            WriteHex(json, "ciphertext", Ciphertext);
            WriteDerivation(json);
            WriteHex(json, "mac", Mac);
            json.WriteEndObject();
            if (PublicKey is { } key)
            {
                json.WriteStartObject(OwnObject);
                WriteHex(json, PublicKeyName, key.AsSpan());
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private void WriteDerivation(Utf8JsonWriter json)
    {
        bool isScrypt = Derivation is KeyDerivation.ByScrypt;
        json.WriteString("kdf", isScrypt ? "scrypt" : "pbkdf2");
        json.WriteStartObject("kdfparams");
        json.WriteNumber("dklen", KeyDerivation.KeySize);
        if (Derivation is KeyDerivation.ByScrypt scrypt)
        {
            json.WriteNumber("n", scrypt.Cost.N);
            json.WriteNumber("p", scrypt.Cost.P);
            json.WriteNumber("r", scrypt.Cost.R);
        }
        else
        {
            json.WriteNumber("c", ((KeyDerivation.ByPbkdf2)Derivation).Iterations);
            json.WriteString("prf", "hmac-sha256");
        }

        WriteHex(json, "salt", Salt);
        json.WriteEndObject();
    }

    private static void WriteHex(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes) =>
        json.WriteString(name, Convert.ToHexStringLower(bytes));
}
