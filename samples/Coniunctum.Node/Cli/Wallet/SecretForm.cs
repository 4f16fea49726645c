using System.Buffers;
using Coniunctum.Crypto.Internal;
using Coniunctum.Wallet;

namespace Coniunctum.Node.Cli.Wallet;

/// <summary>Tells by its form what a secret is that people paste. The parsers that follow check it in full.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Refusal">Why nothing of it is read here, for <see cref="SecretKind.Other"/>.</param>
internal readonly record struct SecretForm(SecretKind Kind, string? Refusal)
{
    // Of a private key's 64 digits some may have been lost or doubled.
    private const int FewestDigits = 60;
    private const int MostDigits = 70;

    // No secret in base 58 is shorter.
    private const int ShortestBase58 = 20;

    private static readonly SearchValues<char> s_base58 = SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    // SLIP-132 has an x, y, z, t, u or v before these; Litecoin and Dogecoin have their own.
    private static readonly string[] s_privateEndings = ["prv", "tpv", "gpv"];
    private static readonly string[] s_publicEndings = ["pub", "tub", "gub"];

    /// <summary>Returns what a text is.</summary>
    public static SecretForm Of(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty) return new SecretForm(SecretKind.Empty, null);
        if (text[0] == '{') return new SecretForm(SecretKind.Keystore, null);
        if (text[0] == '[') return Other("a list in JSON; expected one keystore, which is an object");
        if (text.Contains("-----BEGIN ", StringComparison.Ordinal)) return new SecretForm(SecretKind.Pem, null);
        if (text.Length > 1 && text[0] is '"' or '\'' && text[^1] == text[0]) return Other("in quotation marks; expected it without them");

        bool hasBlanks = IndexOfBlank(text) >= 0;
        ReadOnlySpan<char> digits = HexText.Digits(text);
        if (!hasBlanks && (digits.Length < text.Length || !text.ContainsAnyExcept(s_hexadecimal))) return OfDigits(digits);
        if (hasBlanks) return IsBrokenDigits(text) ? Other("digits with blanks between them; expected 64 in one piece") : new SecretForm(SecretKind.Words, null);
        if (IsExtended(text, s_privateEndings) || IsExtended(text, s_publicEndings)) return new SecretForm(SecretKind.ExtendedKey, null);
        if (IsImportFormat(text)) return Other("a private key in Bitcoin's wallet import format (WIF)");
        if (IsEncryptedImportFormat(text)) return Other("a private key of Bitcoin under a password (BIP-38)");
        if (text.StartsWith("nsec1", StringComparison.OrdinalIgnoreCase)) return Other("a private key of Nostr");
        if (IsAddress(text)) return Other("an address, which is public and holds no key");
        foreach (char character in text)
        {
            if (!char.IsLetter(character)) return new SecretForm(SecretKind.Digits, null);
        }

        return new SecretForm(SecretKind.Words, null);
    }

    /// <summary>Whether an argument as a whole has the form of a secret, a mistyped one included: it is then not repeated in messages.</summary>
    public static bool IsLikely(string argument)
    {
        ReadOnlySpan<char> text = argument.AsSpan().Trim();
        ReadOnlySpan<char> digits = HexText.Digits(text);
        return (digits.Length is >= FewestDigits and <= MostDigits && !digits.ContainsAnyExcept(s_hexadecimal))
            || (text.Length >= ShortestBase58 && IsExtended(text, s_privateEndings))
            || IsImportFormat(text)
            || IsEncryptedImportFormat(text)
            || (text.Length >= ShortestBase58 && text.StartsWith("nsec1", StringComparison.OrdinalIgnoreCase))
            || text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            || HoldsWords(text);
    }

    /// <summary>Whether at least half of the words of a text, and three, are such as secrets are written in.</summary>
    public static bool HoldsWords(ReadOnlySpan<char> text)
    {
        const int fewest = 3;
        int words = 0;
        int known = 0;
        for (text = text.Trim(); !text.IsEmpty; text = text.TrimStart())
        {
            int end = IndexOfBlank(text) is >= 0 and int blank ? blank : text.Length;
            words++;
            if (IsWord(text[..end])) known++;
            text = text[end..];
        }

        return known >= fewest && 2 * known >= words;
    }

    /// <summary>Whether a text is one word of those that secrets are written in.</summary>
    public static bool IsWord(string text) => IsWord(text.AsSpan());

    // One word is never a whole secret: the fault says whether it is in the list.
    private static bool IsWord(ReadOnlySpan<char> text) => Mnemonic.Read(text, out _).Fault == MnemonicFault.WrongCount && !text.IsWhiteSpace();

    private static SecretForm OfDigits(ReadOnlySpan<char> digits) => (digits.Length, digits.ContainsAnyExcept(s_hexadecimal)) switch
    {
        (40, false) => Other("an address of Ethereum, which is public and holds no key"),
        (66, false) when digits[0] == '0' && digits[1] is '2' or '3' => Other("a public key, which is no secret"),
        (128, false) => Other("a public key, which is no secret"),
        (130, false) when digits.StartsWith("04", StringComparison.Ordinal) => Other("a public key, which is no secret"),
        _ => new SecretForm(SecretKind.Digits, null),
    };

    private static SecretForm Other(string what) =>
        new(SecretKind.Other, $"That is {what}. Expected a private key of 64 hexadecimal digits, words, an xprv, a key in PEM, or a keystore in JSON.");

    private static bool IsBrokenDigits(ReadOnlySpan<char> text)
    {
        bool hasDigit = false;
        foreach (char character in HexText.Digits(text))
        {
            if (!char.IsAsciiHexDigit(character) && !char.IsWhiteSpace(character)) return false;
            hasDigit |= char.IsAsciiDigit(character);
        }

        return hasDigit;
    }

    private static bool IsExtended(ReadOnlySpan<char> text, string[] endings)
    {
        const int prefix = 4;
        if (text.Length <= prefix || !char.IsAsciiLetter(text[0]) || text.ContainsAnyExcept(s_base58)) return false;
        foreach (string ending in endings)
        {
            if (text[1..prefix].Equals(ending, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>51 characters, or 52 where the public key is compressed, on Bitcoin's main or test network.</summary>
    private static bool IsImportFormat(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_base58) && text is
        ({ Length: 51 } and ['5' or '9', ..]) or ({ Length: 52 } and ['K' or 'L' or 'c', ..]);

    private static bool IsEncryptedImportFormat(ReadOnlySpan<char> text) =>
        text is { Length: 58 } and ['6', 'P', ..] && !text.ContainsAnyExcept(s_base58);

    private static bool IsAddress(ReadOnlySpan<char> text)
    {
        foreach (string prefix in Profiles.All.Select(profile => profile.AddressPrefix).Concat(["bc", "tb", "ltc"]))
        {
            if (text.Length > 2 * prefix.Length + 20 && text.StartsWith(prefix + "1", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return text is { Length: >= 26 and <= 35 } and ['1' or '3', ..] && !text.ContainsAnyExcept(s_base58);
    }

    private static int IndexOfBlank(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i])) return i;
        }

        return -1;
    }
}
