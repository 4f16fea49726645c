using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Text;

namespace Coniunctum.Wallet;

/// <summary>Reads the JSON of Web3 Secret Storage version 3. Fields that it does not know are ignored, nothing else is.</summary>
internal static class KeyFileReader
{
    private const int MaxSaltBytes = 128;
    private const int MaxDepth = 16;

    /// <summary>Reads a file's content.</summary>
    public static KeyFileOutcome TryRead(ReadOnlySpan<byte> json, out KeyFileContent? content)
    {
        content = null;
        if (json.Length > KeyFile.MaxBytes)
        {
            return KeyFileOutcome.Reject(
                KeyFileFault.TooLong, $"The keystore file has {json.Length} bytes; at most {KeyFile.MaxBytes} are allowed.");
        }

        Span<byte> utf8 = new byte[ForeignTextDecoder.MaxUtf8Length(json.Length)];
        ForeignTextOutcome text = ForeignText.Decode(json, utf8, out int length);
        return text.IsValid
            ? TryParse(utf8[..length], out content)
            : KeyFileOutcome.Reject(KeyFileFault.NotJson, text.Describe("The keystore file"));
    }

    private static KeyFileOutcome TryParse(ReadOnlySpan<byte> json, out KeyFileContent? content)
    {
        content = null;
        try
        {
            // Not final: a content that ends early is then told from one that is wrong.
            var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
            {
                return KeyFileOutcome.Reject(
                    KeyFileFault.Truncated, $"The keystore file ends after {json.Length} bytes, in the middle of its content.");
            }

            using (document)
            {
                int end = (int)reader.BytesConsumed;
                return json[end..].ContainsAnyExcept(" \t\r\n"u8)
                    ? KeyFileOutcome.Reject(KeyFileFault.TrailingContent, Invariant($"Something stands behind the keystore file's content, after byte {end}."))
                    : TryRead(document.RootElement, out content);
            }
        }
        catch (JsonException exception)
        {
            return KeyFileOutcome.Reject(
                KeyFileFault.NotJson,
                Invariant($"The keystore file is not JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}."));
        }
        catch (InvalidOperationException)
        {
            // How the framework tells that a text holds half of a surrogate pair.
            return KeyFileOutcome.Reject(KeyFileFault.NotJson, "A text in the keystore file is not valid Unicode.");
        }
    }

    private static KeyFileOutcome TryRead(JsonElement root, out KeyFileContent? content)
    {
        content = null;
        var read = new KeyFileContent();

        // In the order in which a person would want to hear of faults.
        if (Fails(KeyFileFields.TryCreate(root, "", out KeyFileFields file), out KeyFileOutcome outcome)
            || Fails(file.TryNumber("version", KeyFileFault.UnsupportedVersion, out int version), out outcome)
            || Fails(CheckVersion(version), out outcome)
            || Fails(file.TryObject("crypto", out KeyFileFields crypto), out outcome)
            || Fails(crypto.TryText("cipher", out string cipher), out outcome)
            || Fails(CheckCipher(cipher), out outcome)
            || Fails(crypto.TryObject("cipherparams", out KeyFileFields cipherParameters), out outcome)
            || Fails(cipherParameters.TryBytes("iv", Aes128Ctr.KeySize, Aes128Ctr.KeySize, out read.Iv), out outcome)
            || Fails(crypto.TryBytes("ciphertext", 1, KeyFileContent.MaxKeySize, out read.Ciphertext), out outcome)
            || Fails(crypto.TryBytes("mac", Hash256.Size, Hash256.Size, out read.Mac), out outcome)
            || Fails(TryReadDerivation(crypto, read), out outcome)
            || Fails(TryReadOwner(file, read), out outcome))
        {
            return outcome;
        }

        content = read;
        return outcome;
    }

    private static KeyFileOutcome TryReadDerivation(KeyFileFields crypto, KeyFileContent read)
    {
        if (Fails(crypto.TryText("kdf", out string kdf), out KeyFileOutcome outcome)) return outcome;
        if (kdf is not ("scrypt" or "pbkdf2"))
        {
            return KeyFileOutcome.Reject(
                KeyFileFault.UnsupportedKdf, $"The key derivation is '{PrintableText.Of(kdf, KeyFileFields.MaxShown)}'; expected scrypt or pbkdf2.");
        }

        if (Fails(crypto.TryObject("kdfparams", out KeyFileFields parameters), out outcome)
            || Fails(parameters.TryNumber("dklen", KeyFileFault.CostOutOfRange, out int length), out outcome)
            || Fails(CheckKeyLength(length), out outcome)
            || Fails(parameters.TryBytes("salt", 1, MaxSaltBytes, out read.Salt), out outcome))
        {
            return outcome;
        }

        return kdf is "scrypt" ? TryReadScrypt(parameters, read) : TryReadPbkdf2(parameters, read);
    }

    private static KeyFileOutcome TryReadScrypt(KeyFileFields parameters, KeyFileContent read)
    {
        if (Fails(parameters.TryNumber("n", KeyFileFault.CostOutOfRange, out int n), out KeyFileOutcome outcome)
            || Fails(parameters.TryNumber("r", KeyFileFault.CostOutOfRange, out int r), out outcome)
            || Fails(parameters.TryNumber("p", KeyFileFault.CostOutOfRange, out int p), out outcome))
        {
            return outcome;
        }

        var cost = new ScryptCost(n, r, p);
        read.Derivation = new KeyDerivation.ByScrypt(cost);
        return cost.IsWithinLimits
            ? outcome
            : KeyFileOutcome.Reject(
                KeyFileFault.CostOutOfRange,
                Invariant($"The keystore file asks for scrypt with n={n}, r={r}, p={p}; n must be a power of two, 128·n·r at most {ScryptCost.MaxMemoryBytes >> 20} MiB and n·r·p at most {ScryptCost.MaxWork}."));
    }

    private static KeyFileOutcome TryReadPbkdf2(KeyFileFields parameters, KeyFileContent read)
    {
        if (Fails(parameters.TryText("prf", out string prf), out KeyFileOutcome outcome)) return outcome;
        if (prf is not "hmac-sha256")
        {
            return KeyFileOutcome.Reject(
                KeyFileFault.UnsupportedKdf, $"PBKDF2's function is '{PrintableText.Of(prf, KeyFileFields.MaxShown)}'; expected hmac-sha256.");
        }

        if (Fails(parameters.TryNumber("c", KeyFileFault.CostOutOfRange, out int iterations), out outcome)) return outcome;
        if (iterations is < 1 or > KeyDerivation.ByPbkdf2.MaxIterations)
        {
            return KeyFileOutcome.Reject(
                KeyFileFault.CostOutOfRange,
                Invariant($"The keystore file asks for PBKDF2 with {iterations} iterations; expected 1 to {KeyDerivation.ByPbkdf2.MaxIterations}."));
        }

        read.Derivation = new KeyDerivation.ByPbkdf2(iterations);
        return outcome;
    }

    /// <summary>Reads everything that says whose key it is; all of it must agree.</summary>
    private static KeyFileOutcome TryReadOwner(KeyFileFields file, KeyFileContent read)
    {
        KeyFileOutcome outcome = KeyFileOutcome.Valid;
        if (file.Has("id"))
        {
            if (Fails(file.TryText("id", out string id), out outcome)) return outcome;
            if (!Guid.TryParse(id, out Guid parsed))
                return KeyFileOutcome.Reject(KeyFileFault.NotHexadecimal, "The keystore file's id is no UUID.");
            read.Id = parsed;
        }

        if (file.Has("address") && Fails(file.TryBytes("address", EthereumAddressBytes.Size, EthereumAddressBytes.Size, out read.Address), out outcome))
            return outcome;
        if (!file.Has(KeyFileContent.OwnObject)) return outcome;

        if (Fails(file.TryObject(KeyFileContent.OwnObject, out KeyFileFields own), out outcome)
            || Fails(own.TryBytes(KeyFileContent.PublicKeyName, PublicKey.Size, PublicKey.Size, out byte[] bytes), out outcome))
        {
            return outcome;
        }

        if (PublicKey.TryCreate(bytes, out PublicKey key) != KeyOutcome.Valid || (read.Address.Length > 0 && !EthereumAddressBytes.IsOf(key, read.Address)))
        {
            return KeyFileOutcome.Reject(
                KeyFileFault.Contradiction, "The keystore file's address does not belong to its public key: one of them was changed.");
        }

        read.PublicKey = key;
        return outcome;
    }

    private static KeyFileOutcome CheckVersion(int version) => version == KeyFileContent.Version
        ? KeyFileOutcome.Valid
        : KeyFileOutcome.Reject(
            KeyFileFault.UnsupportedVersion, Invariant($"The keystore file has version {version}; expected {KeyFileContent.Version}."));

    private static KeyFileOutcome CheckCipher(string cipher) => cipher is KeyFileContent.Cipher
        ? KeyFileOutcome.Valid
        : KeyFileOutcome.Reject(
            KeyFileFault.UnsupportedCipher, $"The cipher is '{PrintableText.Of(cipher, KeyFileFields.MaxShown)}'; expected {KeyFileContent.Cipher}.");

    private static KeyFileOutcome CheckKeyLength(int length) => length == KeyDerivation.KeySize
        ? KeyFileOutcome.Valid
        : KeyFileOutcome.Reject(
            KeyFileFault.CostOutOfRange, Invariant($"crypto.kdfparams.dklen is {length}; expected {KeyDerivation.KeySize}."));

    private static bool Fails(KeyFileOutcome found, [NotNull] out KeyFileOutcome outcome)
    {
        outcome = found;
        return !found.IsValid;
    }
}
