using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>Reads the JSON of Web3 Secret Storage version 3. Fields that it does not know are ignored, nothing else is.</summary>
internal static class KeyFileReader
{
    private const int MaxSaltBytes = 128;
    private const int MaxDepth = 16;

    /// <summary>Reads a file's content.</summary>
    public static KeyFileOutcome Read(ReadOnlySpan<byte> json, out KeyFileContent? content)
    {
        content = null;
        if (json.Length > KeyFile.MaxBytes)
        {
            return KeyFileOutcome.Invalid(
                KeyFileFault.TooLong, $"The keystore file has {json.Length} bytes; at most {KeyFile.MaxBytes} are allowed.");
        }

        Span<byte> utf8 = new byte[ForeignTextDecoder.MaxUtf8Length(json.Length)];
        ForeignTextOutcome text = ForeignText.Decode(json, utf8, out int length);
        return text.IsValid
            ? Parse(utf8[..length], out content)
            : KeyFileOutcome.Invalid(KeyFileFault.NotJson, text.Describe("The keystore file"));
    }

    private static KeyFileOutcome Parse(ReadOnlySpan<byte> json, out KeyFileContent? content)
    {
        content = null;
        try
        {
            // Not final: a content that ends early is then told from one that is wrong.
            var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
            {
                return KeyFileOutcome.Invalid(
                    KeyFileFault.Truncated, $"The keystore file ends after {json.Length} bytes, in the middle of its content.");
            }

            using (document)
            {
                int end = (int)reader.BytesConsumed;
                return json[end..].ContainsAnyExcept(" \t\r\n"u8)
                    ? KeyFileOutcome.Invalid(KeyFileFault.TrailingContent, Invariant($"Something stands behind the keystore file's content, after byte {end}."))
                    : Read(document.RootElement, out content);
            }
        }
        catch (JsonException exception)
        {
            return KeyFileOutcome.Invalid(
                KeyFileFault.NotJson,
                Invariant($"The keystore file is not JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}."));
        }
        catch (InvalidOperationException)
        {
            // How the framework tells that a text holds half of a surrogate pair.
            return KeyFileOutcome.Invalid(KeyFileFault.NotJson, "A text in the keystore file is not valid Unicode.");
        }
    }

    private static KeyFileOutcome Read(JsonElement root, out KeyFileContent? content)
    {
        content = null;
        var read = new KeyFileContent();

        // In the order in which a person would want to hear of faults.
        if (Fails(KeyFileFields.Read(root, "", out KeyFileFields file), out KeyFileOutcome outcome)
            || Fails(file.Number("version", KeyFileFault.UnsupportedVersion, out int version), out outcome)
            || Fails(CheckVersion(version), out outcome)
            || Fails(file.Object("crypto", out KeyFileFields crypto), out outcome)
            || Fails(crypto.Text("cipher", out string cipher), out outcome)
            || Fails(CheckCipher(cipher), out outcome)
            || Fails(crypto.Object("cipherparams", out KeyFileFields cipherParameters), out outcome)
            || Fails(cipherParameters.Bytes("iv", Aes128Ctr.KeySize, Aes128Ctr.KeySize, out read.Iv), out outcome)
            || Fails(crypto.Bytes("ciphertext", 1, KeyFileContent.MaxKeySize, out read.Ciphertext), out outcome)
            || Fails(crypto.Bytes("mac", Hash256.Size, Hash256.Size, out read.Mac), out outcome)
            || Fails(ReadDerivation(crypto, read), out outcome)
            || Fails(ReadOwner(file, read), out outcome))
        {
            return outcome;
        }

        content = read;
        return outcome;
    }

    private static KeyFileOutcome ReadDerivation(KeyFileFields crypto, KeyFileContent read)
    {
        if (Fails(crypto.Text("kdf", out string kdf), out KeyFileOutcome outcome)) return outcome;
        if (kdf is not ("scrypt" or "pbkdf2"))
        {
            return KeyFileOutcome.Invalid(
                KeyFileFault.UnsupportedKdf, $"The key derivation is '{PrintableText.Of(kdf, KeyFileFields.MaxShown)}'; expected scrypt or pbkdf2.");
        }

        if (Fails(crypto.Object("kdfparams", out KeyFileFields parameters), out outcome)
            || Fails(parameters.Number("dklen", KeyFileFault.CostOutOfRange, out int length), out outcome)
            || Fails(CheckKeyLength(length), out outcome)
            || Fails(parameters.Bytes("salt", 1, MaxSaltBytes, out read.Salt), out outcome))
        {
            return outcome;
        }

        return kdf is "scrypt" ? ReadScrypt(parameters, read) : ReadPbkdf2(parameters, read);
    }

    private static KeyFileOutcome ReadScrypt(KeyFileFields parameters, KeyFileContent read)
    {
        if (Fails(parameters.Number("n", KeyFileFault.CostOutOfRange, out int n), out KeyFileOutcome outcome)
            || Fails(parameters.Number("r", KeyFileFault.CostOutOfRange, out int r), out outcome)
            || Fails(parameters.Number("p", KeyFileFault.CostOutOfRange, out int p), out outcome))
        {
            return outcome;
        }

        var cost = new ScryptCost(n, r, p);
        read.Derivation = new KeyDerivation.ByScrypt(cost);
        return cost.IsWithinLimits
            ? outcome
            : KeyFileOutcome.Invalid(
                KeyFileFault.CostOutOfRange,
                Invariant($"The keystore file asks for scrypt with n={n}, r={r}, p={p}; n must be a power of two, 128·n·r at most {ScryptCost.MaxMemoryBytes >> 20} MiB and n·r·p at most {ScryptCost.MaxWork}."));
    }

    private static KeyFileOutcome ReadPbkdf2(KeyFileFields parameters, KeyFileContent read)
    {
        if (Fails(parameters.Text("prf", out string prf), out KeyFileOutcome outcome)) return outcome;
        if (prf is not "hmac-sha256")
        {
            return KeyFileOutcome.Invalid(
                KeyFileFault.UnsupportedKdf, $"PBKDF2's function is '{PrintableText.Of(prf, KeyFileFields.MaxShown)}'; expected hmac-sha256.");
        }

        if (Fails(parameters.Number("c", KeyFileFault.CostOutOfRange, out int iterations), out outcome)) return outcome;
        if (iterations is < 1 or > KeyDerivation.ByPbkdf2.MaxIterations)
        {
            return KeyFileOutcome.Invalid(
                KeyFileFault.CostOutOfRange,
                Invariant($"The keystore file asks for PBKDF2 with {iterations} iterations; expected 1 to {KeyDerivation.ByPbkdf2.MaxIterations}."));
        }

        read.Derivation = new KeyDerivation.ByPbkdf2(iterations);
        return outcome;
    }

    /// <summary>Reads everything that says whose key it is; all of it must agree.</summary>
    private static KeyFileOutcome ReadOwner(KeyFileFields file, KeyFileContent read)
    {
        KeyFileOutcome outcome = KeyFileOutcome.Valid;
        if (file.Has("id"))
        {
            if (Fails(file.Text("id", out string id), out outcome)) return outcome;
            if (!Guid.TryParse(id, out Guid parsed))
                return KeyFileOutcome.Invalid(KeyFileFault.NotHexadecimal, "The keystore file's id is no UUID.");
            read.Id = parsed;
        }

        if (file.Has("address") && Fails(file.Bytes("address", EthereumAddressBytes.Size, EthereumAddressBytes.Size, out read.Address), out outcome))
            return outcome;
        if (!file.Has(KeyFileContent.OwnObject)) return outcome;

        if (Fails(file.Object(KeyFileContent.OwnObject, out KeyFileFields own), out outcome)
            || Fails(own.Bytes(KeyFileContent.PublicKeyName, PublicKey.Size, PublicKey.Size, out byte[] bytes), out outcome))
        {
            return outcome;
        }

        if (PublicKey.Read(bytes, out PublicKey key) != KeyOutcome.Valid || (read.Address.Length > 0 && !EthereumAddressBytes.IsOf(key, read.Address)))
        {
            return KeyFileOutcome.Invalid(
                KeyFileFault.Contradiction, "The keystore file's address does not belong to its public key: one of them was changed.");
        }

        read.PublicKey = key;
        return outcome;
    }

    private static KeyFileOutcome CheckVersion(int version) => version == KeyFileContent.Version
        ? KeyFileOutcome.Valid
        : KeyFileOutcome.Invalid(
            KeyFileFault.UnsupportedVersion, Invariant($"The keystore file has version {version}; expected {KeyFileContent.Version}."));

    private static KeyFileOutcome CheckCipher(string cipher) => cipher is KeyFileContent.Cipher
        ? KeyFileOutcome.Valid
        : KeyFileOutcome.Invalid(
            KeyFileFault.UnsupportedCipher, $"The cipher is '{PrintableText.Of(cipher, KeyFileFields.MaxShown)}'; expected {KeyFileContent.Cipher}.");

    private static KeyFileOutcome CheckKeyLength(int length) => length == KeyDerivation.KeySize
        ? KeyFileOutcome.Valid
        : KeyFileOutcome.Invalid(
            KeyFileFault.CostOutOfRange, Invariant($"crypto.kdfparams.dklen is {length}; expected {KeyDerivation.KeySize}."));

    private static bool Fails(KeyFileOutcome found, [NotNull] out KeyFileOutcome outcome)
    {
        outcome = found;
        return !found.IsValid;
    }
}
