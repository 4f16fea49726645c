using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Crypto;

/// <summary>
/// The owner of an account: the hash of a public key. For people it is written in Bech32m (BIP-350) behind the network's prefix.
/// </summary>
/// <param name="value">The hash.</param>
/// <example>
/// <code>
/// string shown = address.ToText(profile.AddressPrefix);
/// Address programs = Address.Parse(address.ToString());
/// </code>
/// </example>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<Address>))]
[TypeConverter(typeof(TextTypeConverter<Address>))]
public readonly struct Address(Hash256 value) : IEquatable<Address>, IComparable<Address>, ISpanParsable<Address>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The longest prefix an address can be written with, in characters.</summary>
    public const int MaxPrefixLength = Bech32m.MaxLength - 1 - ValueCount - Bech32m.ChecksumLength;

    // 256 bits in groups of five, the last one filled up with four zero bits.
    private const int ValueCount = 52;

    /// <summary>32 zero bytes. No one has its key; a block's reward is sent from it.</summary>
    public static Address Root => default;

    /// <summary>The hash.</summary>
    public Hash256 Value { get; } = value;

    /// <summary>Whether this is <see cref="Root"/>.</summary>
    public bool IsRoot => Value.IsZero;

    /// <summary>Reads the text form in either case.</summary>
    /// <param name="text">The text, without blanks around it. It may come from anywhere.</param>
    /// <param name="prefix">The prefix of the network whose addresses are expected; see <see cref="ToText"/>.</param>
    /// <param name="address">The address, or <see cref="Root"/> when there is a fault.</param>
    /// <returns>What was wrong, or that nothing was.</returns>
    /// <exception cref="ArgumentException"><paramref name="prefix"/> is not a prefix.</exception>
    public static AddressOutcome Read(ReadOnlySpan<char> text, string prefix, out Address address)
    {
        ThrowUnlessPrefix(prefix);
        address = default;
        Span<byte> values = stackalloc byte[Bech32m.MaxLength];
        AddressOutcome outcome = Bech32m.Split(text, values, out ReadOnlySpan<char> foundPrefix, out int count);
        if (!outcome.IsValid) return outcome;

        // Prefix and length first: they name the mistake, where the checksum only knows that there is one.
        if (!foundPrefix.Equals(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return AddressOutcome.Invalid(
                AddressFault.OtherPrefix, $"The address starts with '{foundPrefix}1'; this network's addresses start with '{prefix}1'.");
        }

        if (count != ValueCount + Bech32m.ChecksumLength)
        {
            int expectedLength = prefix.Length + 1 + ValueCount + Bech32m.ChecksumLength;
            return AddressOutcome.Invalid(
                AddressFault.WrongLength, Invariant($"The address has {text.Length} characters; this network's addresses have {expectedLength}."));
        }

        outcome = Bech32m.VerifyChecksum(foundPrefix, values[..count]);
        if (!outcome.IsValid) return outcome;

        Span<byte> bytes = stackalloc byte[Hash256.Size];
        if (!TryPack(values[..ValueCount], bytes))
            return AddressOutcome.Invalid(AddressFault.NonZeroPadding, "The last four bits before the checksum are not zero.");
        address = new Address(new Hash256(bytes));
        return outcome;
    }

    /// <summary>Reads the text form in either case, where the reason of a fault does not matter.</summary>
    /// <param name="text">The text, without blanks around it. It may come from anywhere.</param>
    /// <param name="prefix">The prefix of the network whose addresses are expected; see <see cref="ToText"/>.</param>
    /// <param name="address">The address, or <see cref="Root"/> when there is a fault.</param>
    /// <returns>Whether there was no fault; <see cref="Read"/> says which one.</returns>
    /// <exception cref="ArgumentException"><paramref name="prefix"/> is not a prefix.</exception>
    public static bool TryParse(ReadOnlySpan<char> text, string prefix, out Address address) => Read(text, prefix, out address).IsValid;

    /// <summary>Reads the text form in either case.</summary>
    /// <param name="text">The text, without blanks around it.</param>
    /// <param name="prefix">The prefix of the network whose addresses are expected; see <see cref="ToText"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="prefix"/> is not a prefix.</exception>
    /// <exception cref="FormatException">It is no address of the network; the message says why.</exception>
    public static Address Parse(ReadOnlySpan<char> text, string prefix)
    {
        AddressOutcome outcome = Read(text, prefix, out Address address);
        return outcome.IsValid ? address : throw new FormatException(outcome.Message);
    }

    /// <summary>Writes the address for people, in lowercase: prefix, '1', 52 characters and a checksum of six.</summary>
    /// <param name="prefix">The network's prefix: 1 to <see cref="MaxPrefixLength"/> printable ASCII characters without uppercase letters.</param>
    /// <exception cref="ArgumentException"><paramref name="prefix"/> is not a prefix.</exception>
    public string ToText(string prefix)
    {
        ThrowUnlessPrefix(prefix);
        Span<byte> values = stackalloc byte[ValueCount];
        Unpack(Value.AsSpan(), values);
        return Bech32m.Encode(prefix, values);
    }

    /// <summary>Returns the hash as 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();

    /// <inheritdoc/>
    public bool Equals(Address other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Orders as <see cref="Hash256"/> does.</summary>
    /// <param name="other">Another address.</param>
    public int CompareTo(Address other) => Value.CompareTo(other.Value);

    /// <summary>Whether both are the same account.</summary>
    public static bool operator ==(Address left, Address right) => left.Equals(right);

    /// <summary>Whether they are different accounts.</summary>
    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    /// <summary>Compares the hashes as unsigned big-endian numbers.</summary>
    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    /// <summary>Compares the hashes as unsigned big-endian numbers.</summary>
    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    /// <summary>Compares the hashes as unsigned big-endian numbers.</summary>
    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    /// <summary>Compares the hashes as unsigned big-endian numbers.</summary>
    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    private static void ThrowUnlessPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > MaxPrefixLength || !Bech32m.IsPrefix(prefix))
        {
            throw new ArgumentException(
                $"'{prefix}' is no address prefix: 1 to {MaxPrefixLength} printable ASCII characters without uppercase letters.",
                nameof(prefix));
        }
    }

    private static void Unpack(ReadOnlySpan<byte> bytes, Span<byte> values)
    {
        uint bits = 0;
        int held = 0;
        int next = 0;
        foreach (byte value in bytes)
        {
            bits = (bits << 8) | value;
            for (held += 8; held >= 5; held -= 5)
                values[next++] = (byte)((bits >> (held - 5)) & 31);
        }

        values[next] = (byte)((bits << (5 - held)) & 31);
    }

    private static bool TryPack(ReadOnlySpan<byte> values, Span<byte> bytes)
    {
        uint bits = 0;
        int held = 0;
        int next = 0;
        foreach (byte value in values)
        {
            bits = (bits << 5) | value;
            held += 5;
            if (held < 8) continue;
            held -= 8;
            bytes[next++] = (byte)(bits >> held);
        }

        return (bits & ((1u << held) - 1)) == 0;
    }

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix: the form of programs, which names no network.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="address">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        bool isRead = Hash256.TryParse(text, out Hash256 value);
        address = new Address(value);
        return isRead;
    }

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix: the form of programs, which names no network.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static Address Parse(ReadOnlySpan<char> text) => ValueText.Parse<Address>(text, "64 hexadecimal digits");

    static Address IParsable<Address>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<Address>(s);

    static Address ISpanParsable<Address>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Address>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Address result) => TryParse(s, out result);

    static bool ISpanParsable<Address>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Address result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format, formatProvider);

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(destination, out charsWritten, format, provider);

    bool IUtf8SpanFormattable.TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(utf8Destination, out bytesWritten, format, provider);
}
