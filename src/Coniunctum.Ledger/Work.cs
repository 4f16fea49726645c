using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Ledger;

/// <summary>
/// The weight of a block or of a chain: an unsigned number of 256 bits. Under proof-of-work it is the expected number of
/// hashes, ⌊2²⁵⁶/(target+1)⌋ (Bitcoin's definition).
/// </summary>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<Work>))]
[TypeConverter(typeof(TextTypeConverter<Work>))]
public readonly struct Work : IEquatable<Work>, IComparable<Work>, ISpanParsable<Work>, ISpanFormattable
{
    // The decimal digits of 2^256−1.
    private const int MaxDigits = 78;

    private readonly Hash256 _value;

    private Work(Hash256 value) => _value = value;

    /// <summary>No work.</summary>
    public static Work Zero => default;

    /// <summary>The largest work that 256 bits hold.</summary>
    public static Work Max => new(FromBigInteger((BigInteger.One << 256) - 1));

    /// <summary>Work of a small number.</summary>
    /// <param name="value">Any number.</param>
    public static Work From(ulong value) => FromNumber(value);

    /// <summary>The expected number of hashes until one is at or below <paramref name="target"/>: ⌊2²⁵⁶/(target+1)⌋.</summary>
    /// <param name="target">Any value but 0 (a target of 0 counts as the largest work that 256 bits hold).</param>
    public static Work FromTarget(in Hash256 target)
    {
        if (target.IsZero)
            return Max;
        return FromNumber((BigInteger.One << 256) / (ToBigInteger(target) + 1));
    }

    /// <summary>The 32 bytes, most significant first, in which proofs of history carry it.</summary>
    public Hash256 ToBytes() => _value;

    /// <summary>Reads the 32 bytes that <see cref="ToBytes"/> returns.</summary>
    /// <param name="bytes">An unsigned big-endian number.</param>
    public static Work FromBytes(in Hash256 bytes) => new(bytes);

    /// <summary>Adds two works.</summary>
    /// <param name="left">A work.</param>
    /// <param name="right">Another.</param>
    /// <param name="sum">The sum; zero when it does not fit.</param>
    /// <returns>Whether the sum fits into 256 bits; a chain of more work is invalid.</returns>
    public static bool TryAdd(in Work left, in Work right, out Work sum)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        ReadOnlySpan<byte> a = left._value.AsSpan();
        ReadOnlySpan<byte> b = right._value.AsSpan();
        int carry = 0;
        for (int i = Hash256.Size - 1; i >= 0; i--)
        {
            carry += a[i] + b[i];
            bytes[i] = (byte)carry;
            carry >>= 8;
        }

        sum = carry == 0 ? new Work(new Hash256(bytes)) : default;
        return carry == 0;
    }

    /// <summary>Subtracts one work from another.</summary>
    /// <param name="left">From which.</param>
    /// <param name="right">What is subtracted.</param>
    /// <param name="difference">The difference, or zero.</param>
    /// <returns>Whether the difference is not negative.</returns>
    public static bool TrySubtract(in Work left, in Work right, out Work difference)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        ReadOnlySpan<byte> a = left._value.AsSpan();
        ReadOnlySpan<byte> b = right._value.AsSpan();
        int borrow = 0;
        for (int i = Hash256.Size - 1; i >= 0; i--)
        {
            borrow += a[i] - b[i];
            bytes[i] = (byte)borrow;
            borrow >>= 8;
        }

        difference = borrow == 0 ? new Work(new Hash256(bytes)) : default;
        return borrow == 0;
    }

    /// <inheritdoc/>
    public int CompareTo(Work other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(Work other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Work other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>Returns the number in decimal.</summary>
    public override string ToString() => ToBigInteger(_value).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether both are the same number.</summary>
    public static bool operator ==(Work left, Work right) => left.Equals(right);

    /// <summary>Whether the numbers differ.</summary>
    public static bool operator !=(Work left, Work right) => !left.Equals(right);

    /// <summary>Whether the left work is less.</summary>
    public static bool operator <(Work left, Work right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left work is more.</summary>
    public static bool operator >(Work left, Work right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left work is not more.</summary>
    public static bool operator <=(Work left, Work right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left work is not less.</summary>
    public static bool operator >=(Work left, Work right) => left.CompareTo(right) >= 0;

    private static Work FromNumber(BigInteger number) => new(FromBigInteger(number));

    private static BigInteger ToBigInteger(in Hash256 value) => new(value.AsSpan(), isUnsigned: true, isBigEndian: true);

    private static Hash256 FromBigInteger(BigInteger number)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Clear();
        int length = number.GetByteCount(isUnsigned: true);
        number.TryWriteBytes(bytes[(Hash256.Size - length)..], out _, isUnsigned: true, isBigEndian: true);
        return new Hash256(bytes);
    }

    /// <summary>Reads a decimal number below 2²⁵⁶.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="work">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Work work)
    {
        work = default;
        if (text.Length > MaxDigits || !BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger number)) return false;
        if (number.GetBitLength() > 8 * Hash256.Size) return false;
        work = FromNumber(number);
        return true;
    }

    /// <summary>Reads a decimal number below 2²⁵⁶.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static Work Parse(ReadOnlySpan<char> text) => ValueText.Parse<Work>(text, "a decimal number below 2^256");

    static Work IParsable<Work>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<Work>(s);

    static Work ISpanParsable<Work>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Work>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Work result) => TryParse(s, out result);

    static bool ISpanParsable<Work>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Work result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        ToBigInteger(_value).TryFormat(destination, out charsWritten, provider: CultureInfo.InvariantCulture);
}
