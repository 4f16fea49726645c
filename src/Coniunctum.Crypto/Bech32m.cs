namespace Coniunctum.Crypto;

/// <summary>
/// The text form of BIP-350: a readable prefix, the separator '1', characters of five bits each, and six more with a
/// checksum that finds any four mistyped characters.
/// </summary>
internal static class Bech32m
{
    /// <summary>The longest text for which the checksum keeps its promise.</summary>
    public const int MaxLength = 90;

    /// <summary>The characters of the checksum.</summary>
    public const int ChecksumLength = 6;

    /// <summary>The character between prefix and data; the last one counts.</summary>
    public const char Separator = '1';

    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    // What the remainder of a valid text is: BIP-350 replaced BIP-173's 1, which missed inserted or deleted 'q's.
    private const uint ValidRemainder = 0x2BC830A3;

    private const char FirstPrintable = '!';
    private const char LastPrintable = '~';

    private static ReadOnlySpan<uint> Generator => [0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3];

    /// <summary>Whether a prefix can be written: 1 to 83 printable ASCII characters without uppercase letters.</summary>
    public static bool IsPrefix(ReadOnlySpan<char> prefix) =>
        prefix.Length is >= 1 and <= MaxLength - ChecksumLength - 1
        && !prefix.ContainsAnyExceptInRange(FirstPrintable, LastPrintable)
        && !prefix.ContainsAnyInRange('A', 'Z');

    /// <summary>Writes a text in lowercase.</summary>
    /// <param name="prefix">A prefix as <see cref="IsPrefix"/> wants it.</param>
    /// <param name="values">The data, five bits in each byte.</param>
    public static string Encode(string prefix, ReadOnlySpan<byte> values)
    {
        if (!IsPrefix(prefix)) throw new ArgumentException($"'{prefix}' is no Bech32m prefix.", nameof(prefix));
        int length = prefix.Length + 1 + values.Length + ChecksumLength;
        if (length > MaxLength) throw new ArgumentException(Invariant($"{length} characters; Bech32m has at most {MaxLength}."), nameof(values));

        Span<char> text = stackalloc char[length];
        prefix.CopyTo(text);
        text[prefix.Length] = Separator;
        Span<char> data = text[(prefix.Length + 1)..];
        uint remainder = PrefixRemainder(prefix);
        for (int i = 0; i < values.Length; i++)
        {
            remainder = NextRemainder(remainder, values[i]);
            data[i] = Alphabet[values[i]];
        }

        for (int i = 0; i < ChecksumLength; i++) remainder = NextRemainder(remainder, 0);
        uint checksum = remainder ^ ValidRemainder;
        for (int i = 0; i < ChecksumLength; i++)
            data[values.Length + i] = Alphabet[(int)(checksum >> (5 * (ChecksumLength - 1 - i))) & 31];
        return new string(text);
    }

    /// <summary>Splits a text into prefix and five-bit values, checking everything but the checksum.</summary>
    /// <param name="text">The text.</param>
    /// <param name="values">At least 90 bytes; receives the values, the checksum's included.</param>
    /// <param name="prefix">The prefix as it stands in the text.</param>
    /// <param name="count">How many values there are.</param>
    public static AddressOutcome Split(ReadOnlySpan<char> text, Span<byte> values, out ReadOnlySpan<char> prefix, out int count)
    {
        prefix = default;
        count = 0;
        if (text.Length > MaxLength)
            return AddressOutcome.Invalid(AddressFault.WrongLength, $"The address has {text.Length} characters; at most {MaxLength} are allowed.");

        int stray = text.IndexOfAnyExceptInRange(FirstPrintable, LastPrintable);
        if (stray >= 0) return InvalidCharacter(text, stray);

        int upper = text.IndexOfAnyInRange('A', 'Z');
        int lower = text.IndexOfAnyInRange('a', 'z');
        if (upper >= 0 && lower >= 0)
        {
            int position = Math.Max(upper, lower);
            return AddressOutcome.Invalid(
                AddressFault.MixedCase,
                Invariant($"Uppercase and lowercase letters are mixed from character {position + 1} on; an address has one case."),
                position);
        }

        int separator = text.LastIndexOf(Separator);
        if (separator < 1)
            return AddressOutcome.Invalid(AddressFault.MissingPrefix, $"The address does not start with a prefix and a '{Separator}'.");

        ReadOnlySpan<char> data = text[(separator + 1)..];
        for (int i = 0; i < data.Length; i++)
        {
            int value = Alphabet.IndexOf(char.ToLowerInvariant(data[i]), StringComparison.Ordinal);
            if (value < 0) return InvalidCharacter(text, separator + 1 + i);
            values[i] = (byte)value;
        }

        if (data.Length < ChecksumLength)
        {
            return AddressOutcome.Invalid(
                AddressFault.WrongLength,
                $"{data.Length} characters follow the '{Separator}'; the checksum alone has {ChecksumLength}.");
        }

        prefix = text[..separator];
        count = data.Length;
        return AddressOutcome.Valid;
    }

    /// <summary>Compares the checksum, and looks for the one or two characters whose change would mend it.</summary>
    /// <param name="prefix">The prefix in either case.</param>
    /// <param name="values">All values, the checksum's included.</param>
    public static AddressOutcome VerifyChecksum(ReadOnlySpan<char> prefix, ReadOnlySpan<byte> values)
    {
        uint difference = Remainder(prefix, values) ^ ValidRemainder;
        if (difference == 0) return AddressOutcome.Valid;

        (int first, int second) = FindSubstitutions(difference, values.Length);
        if (first < 0)
            return AddressOutcome.Invalid(AddressFault.BadChecksum, "The checksum does not match: several characters are wrong.");
        int position = prefix.Length + 1 + first;
        string where = second < 0 ? Invariant($"character {position + 1}") : Invariant($"characters {position + 1} and {prefix.Length + 2 + second}");
        return AddressOutcome.Invalid(AddressFault.BadChecksum, $"The checksum does not match: look at {where} first.", position);
    }

    /// <summary>
    /// Finds the one or two values whose change alone explains a difference, or −1. The code is linear and its words differ in
    /// five places or more, so one or two wrong values have one explanation. More have one by chance, once in some hundreds.
    /// </summary>
    private static (int First, int Second) FindSubstitutions(uint difference, int count)
    {
        // What each change of one value does to the remainder.
        Dictionary<uint, int> indexOf = new(31 * count);
        for (uint change = 1; change < 32; change++)
        {
            uint effect = change;
            for (int index = count - 1; index >= 0; index--)
            {
                indexOf[effect] = index;
                effect = NextRemainder(effect, 0);
            }
        }

        if (indexOf.TryGetValue(difference, out int only)) return (only, -1);
        foreach ((uint effect, int index) in indexOf)
        {
            if (indexOf.TryGetValue(difference ^ effect, out int other) && other != index)
                return (Math.Min(index, other), Math.Max(index, other));
        }

        return (-1, -1);
    }

    private static uint Remainder(ReadOnlySpan<char> prefix, ReadOnlySpan<byte> values)
    {
        uint remainder = PrefixRemainder(prefix);
        foreach (byte value in values) remainder = NextRemainder(remainder, value);
        return remainder;
    }

    /// <summary>The prefix counts as its characters' high bits, a zero, and their low bits (BIP-173).</summary>
    private static uint PrefixRemainder(ReadOnlySpan<char> prefix)
    {
        uint remainder = 1;
        foreach (char character in prefix) remainder = NextRemainder(remainder, (uint)char.ToLowerInvariant(character) >> 5);
        remainder = NextRemainder(remainder, 0);
        foreach (char character in prefix) remainder = NextRemainder(remainder, (uint)char.ToLowerInvariant(character) & 31);
        return remainder;
    }

    /// <summary>Appends a value to a polynomial over GF(32) and reduces it by the generator (BIP-173).</summary>
    private static uint NextRemainder(uint remainder, uint value)
    {
        uint top = remainder >> 25;
        remainder = ((remainder & 0x1FFFFFF) << 5) ^ value;
        for (int bit = 0; bit < 5; bit++)
            remainder ^= (0 - ((top >> bit) & 1)) & Generator[bit];
        return remainder;
    }

    private static AddressOutcome InvalidCharacter(ReadOnlySpan<char> text, int position)
    {
        char found = text[position];
        string shown = found is >= FirstPrintable and <= LastPrintable ? $"'{found}'" : $"U+{(int)found:X4}";
        return AddressOutcome.Invalid(AddressFault.InvalidCharacter, Invariant($"Character {position + 1}, {shown}, cannot stand in an address."), position);
    }
}
