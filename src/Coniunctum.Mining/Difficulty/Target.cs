using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Mining.Difficulty;

/// <summary>
/// What a proof must be less than: an unsigned number of 256 bits. The lower it is, the more hashes a block takes. No proof is
/// less than 0, so that every rule refuses it.
/// </summary>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<Target>))]
[TypeConverter(typeof(TextTypeConverter<Target>))]
public readonly struct Target : IEquatable<Target>, IComparable<Target>, ISpanParsable<Target>, ISpanFormattable, IUtf8SpanFormattable
{
    private static readonly BigInteger s_end = BigInteger.One << 256;

    private readonly Hash256 _value;

    /// <summary>Takes the number as headers carry it.</summary>
    /// <param name="value">An unsigned big-endian number.</param>
    public Target(in Hash256 value) => _value = value;

    /// <summary>The greatest target, 2²⁵⁶−1: every proof but one is less.</summary>
    public static Target Max => new(Work.Max.ToBytes());

    /// <summary>The least target that a proof can meet.</summary>
    public static Target One => FromNumber(BigInteger.One);

    /// <summary>Whether no proof can meet it.</summary>
    public bool IsZero => _value.IsZero;

    /// <summary>The number as headers carry it, most significant byte first.</summary>
    public Hash256 Value => _value;

    /// <summary>The expected number of hashes until one is at or below it: ⌊2²⁵⁶/(target+1)⌋.</summary>
    public Work Work => Work.FromTarget(_value);

    /// <summary>Returns a target that takes a number of hashes on average: ⌊2²⁵⁶/hashes⌋, at most 2²⁵⁶−1.</summary>
    /// <param name="hashes">At least 1.</param>
    public static Target ForHashes(ulong hashes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(hashes);
        return FromNumber(s_end / hashes);
    }

    /// <summary>Returns a rule's result as a target between 1 and a limit.</summary>
    /// <param name="number">What the rule computed.</param>
    /// <param name="limit">The greatest target that the chain allows.</param>
    public static Target Clamp(BigInteger number, Target limit)
    {
        if (number.Sign <= 0) return One;
        return number >= limit.ToNumber() ? limit : FromNumber(number);
    }

    /// <summary>The target as a number to reckon with.</summary>
    public BigInteger ToNumber() => new(_value.AsSpan(), isUnsigned: true, isBigEndian: true);

    /// <summary>Returns the target nearest to a number.</summary>
    /// <param name="number">Not negative.</param>
    /// <exception cref="OverflowException"><paramref name="number"/> is negative.</exception>
    public static Target FromNumber(BigInteger number)
    {
        if (number >= s_end) return Max;
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        bytes.Clear();
        int length = number.GetByteCount(isUnsigned: true);
        number.TryWriteBytes(bytes[(Hash256.Size - length)..], out _, isUnsigned: true, isBigEndian: true);
        return new Target(new Hash256(bytes));
    }

    /// <inheritdoc/>
    public int CompareTo(Target other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public bool Equals(Target other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Target other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>Returns 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => _value.ToString();

    /// <summary>The number as headers carry it.</summary>
    /// <param name="target">A target.</param>
    public static implicit operator Hash256(Target target) => target._value;

    /// <summary>Whether both are the same number.</summary>
    public static bool operator ==(Target left, Target right) => left.Equals(right);

    /// <summary>Whether the numbers differ.</summary>
    public static bool operator !=(Target left, Target right) => !left.Equals(right);

    /// <summary>Whether the left target is lower, and so harder to meet.</summary>
    public static bool operator <(Target left, Target right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left target is higher, and so easier to meet.</summary>
    public static bool operator >(Target left, Target right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left target is not higher.</summary>
    public static bool operator <=(Target left, Target right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left target is not lower.</summary>
    public static bool operator >=(Target left, Target right) => left.CompareTo(right) >= 0;

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="target">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Target target)
    {
        bool isRead = Hash256.TryParse(text, out Hash256 value);
        target = new Target(value);
        return isRead;
    }

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static Target Parse(ReadOnlySpan<char> text) => ValueText.Parse<Target>(text, "64 hexadecimal digits");

    static Target IParsable<Target>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<Target>(s);

    static Target ISpanParsable<Target>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Target>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Target result) => TryParse(s, out result);

    static bool ISpanParsable<Target>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Target result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => _value.ToString(format, formatProvider);

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        _value.TryFormat(destination, out charsWritten, format, provider);

    bool IUtf8SpanFormattable.TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        _value.TryFormat(utf8Destination, out bytesWritten, format, provider);
}
