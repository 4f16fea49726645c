using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Wallet;

/// <summary>
/// Reads a private key of secp256k1 from PEM text (RFC 7468), as OpenSSL and most other programs write it: <c>EC PRIVATE KEY</c>
/// (SEC 1), with or without <c>EC PARAMETERS</c> beside it, or <c>PRIVATE KEY</c> (PKCS#8).
/// </summary>
/// <remarks>
/// Every buffer that held the key is wiped. Parsing takes a time that depends on the text. Keys are not written in PEM: there they
/// would lie open; <see cref="KeyFile"/> keeps them under a password.
/// </remarks>
public static class KeyPem
{
    /// <summary>The longest text in bytes: 16 KiB. Longer ones are refused before they are read.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxShownLabel = 40;

    private static ReadOnlySpan<byte> Dashes => "-----"u8;

    /// <summary>Reads a private key and says what is wrong with other texts.</summary>
    /// <param name="text">The text, UTF-8 or behind a byte-order mark. It may come from anywhere; wiping it is up to the caller.</param>
    /// <param name="key">The key, which the caller disposes; or <c>null</c> when there is a fault.</param>
    /// <returns>What was wrong, or that nothing was: the only private key in the text is one of secp256k1, and a public key beside it is its own.</returns>
    public static KeyPemOutcome Read(ReadOnlySpan<byte> text, out PrivateKey? key)
    {
        key = null;
        if (text.Length > MaxBytes)
            return KeyPemOutcome.Invalid(KeyPemFault.TooLong, Invariant($"The PEM text has {text.Length} bytes; at most {MaxBytes} are allowed."));
        using var utf8 = new SecretBytes(ForeignTextDecoder.MaxUtf8Length(text.Length));
        ForeignTextOutcome decoded = ForeignText.Decode(text, utf8.Span, out int length);
        if (!decoded.IsValid) return KeyPemOutcome.Invalid(KeyPemFault.NotText, decoded.Describe("The PEM text"));
        try
        {
            return ReadText(utf8.Span[..length], out key);
        }
        catch (AsnContentException)
        {
            return KeyPemOutcome.Invalid(KeyPemFault.NotDer, "A block of the PEM text does not hold in DER what its first line announces.");
        }
    }

    /// <summary>Reads a private key, where the reason of a fault does not matter.</summary>
    /// <param name="text">The text. It may come from anywhere; wiping it is up to the caller.</param>
    /// <param name="key">The key, which the caller disposes; or <c>null</c> when there is a fault.</param>
    /// <returns>Whether there was no fault; <see cref="Read"/> says which one.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out PrivateKey? key) => Read(text, out key).IsValid;

    private static KeyPemOutcome ReadText(ReadOnlySpan<byte> text, out PrivateKey? key)
    {
        key = null;
        KeyPemOutcome outcome = FindBlocks(text, out PemBlock parameters, out PemBlock secret);
        if (!outcome.IsValid) return outcome;
        if (!parameters.IsEmpty)
        {
            using SecretBytes curve = Decode(parameters);
            outcome = KeyDer.ReadParameters(curve.Span);
            if (!outcome.IsValid) return outcome;
        }

        using SecretBytes der = Decode(secret);
        return secret.Label.SequenceEqual("PRIVATE KEY"u8)
            ? KeyDer.ReadPrivateKeyInfo(der.Span, out key)
            : KeyDer.ReadEcPrivateKey(der.Span, isCurveNamed: !parameters.IsEmpty, out key);
    }

    /// <summary>Finds the one private key, and what names its curve. Text outside of the blocks is passed over (RFC 7468, section 2).</summary>
    private static KeyPemOutcome FindBlocks(ReadOnlySpan<byte> text, out PemBlock parameters, out PemBlock key)
    {
        parameters = default;
        key = default;
        while (PemEncoding.TryFindUtf8(text, out PemFields fields))
        {
            // The framework passes over blocks that are broken; here they are faults.
            if (text[..fields.Location.Start].IndexOf(Dashes) >= 0) break;
            var block = new PemBlock(text[fields.Label], text[fields.Base64Data], fields.DecodedDataLength);
            text = text[fields.Location.End..];
            if (block.Label.SequenceEqual("ENCRYPTED PRIVATE KEY"u8)) return Encrypted();
            if (block.Label.SequenceEqual("EC PARAMETERS"u8))
            {
                if (!parameters.IsEmpty) return KeyPemOutcome.Invalid(KeyPemFault.Ambiguous, "The PEM text names a curve more than once; expected one key.");
                parameters = block;
            }
            else if (block.Label.SequenceEqual("EC PRIVATE KEY"u8) || block.Label.SequenceEqual("PRIVATE KEY"u8))
            {
                if (!key.IsEmpty) return KeyPemOutcome.Invalid(KeyPemFault.Ambiguous, "The PEM text holds several private keys; expected one.");
                key = block;
            }
            else
            {
                return KeyPemOutcome.Invalid(
                    KeyPemFault.UnsupportedBlock,
                    $"The PEM text holds '{PrintableText.Of(Encoding.ASCII.GetString(block.Label), MaxShownLabel)}'; expected 'EC PRIVATE KEY' or 'PRIVATE KEY', and no other block.");
            }
        }

        if (text.IndexOf(Dashes) >= 0)
        {
            // How OpenSSL wrote encrypted keys before PKCS#8: with headers (RFC 1421) within the block.
            return text.IndexOf("Proc-Type: 4,ENCRYPTED"u8) >= 0
                ? Encrypted()
                : KeyPemOutcome.Invalid(KeyPemFault.Malformed, "A block of the PEM text is broken: its last line is missing or another one, or something in it is not base 64.");
        }

        return key.IsEmpty
            ? KeyPemOutcome.Invalid(KeyPemFault.NotPem, "There is no private key in the text; expected a block 'EC PRIVATE KEY' or 'PRIVATE KEY' in PEM.")
            : KeyPemOutcome.Valid;
    }

    private static KeyPemOutcome Encrypted() => KeyPemOutcome.Invalid(
        KeyPemFault.Encrypted,
        "The key in the PEM text is encrypted under a password, which is not read here; expected it without one, as 'openssl pkey -in FILE' prints it.");

    private static SecretBytes Decode(PemBlock block)
    {
        var der = new SecretBytes(block.DecodedLength);
        _ = Base64.DecodeFromUtf8(block.Base64, der.Span, out _, out int written);
        if (written == block.DecodedLength) return der;
        der.Dispose();
        throw new AsnContentException();
    }

    /// <summary>A block of PEM within the text.</summary>
    private readonly ref struct PemBlock(ReadOnlySpan<byte> label, ReadOnlySpan<byte> base64, int decodedLength)
    {
        public ReadOnlySpan<byte> Label { get; } = label;

        public ReadOnlySpan<byte> Base64 { get; } = base64;

        public int DecodedLength { get; } = decodedLength;

        public bool IsEmpty => Label.IsEmpty;
    }
}
