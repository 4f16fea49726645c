using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Crypto;

/// <summary>
/// A 256-bit value in the byte order in which it is hashed and sent. As a number it is unsigned and big-endian:
/// byte 0 is the most significant one.
/// </summary>
/// <remarks>The hash code is keyed for each process, so that chosen values cannot slow a dictionary down.</remarks>
[CultureInsensitiveType]
[StructLayout(LayoutKind.Sequential)]
[JsonConverter(typeof(TextJsonConverter<Hash256>))]
[TypeConverter(typeof(TextTypeConverter<Hash256>))]
public readonly struct Hash256 : IEquatable<Hash256>, IComparable<Hash256>, ISpanParsable<Hash256>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The length in bytes: 32.</summary>
    public const int Size = 32;

    private const int ShortBytes = 4;

    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    /// <summary>Copies 32 bytes.</summary>
    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> has another length.</exception>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A 256-bit value has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        this = Unsafe.ReadUnaligned<Hash256>(ref MemoryMarshal.GetReference(bytes));
    }

    /// <summary>The value of 32 zero bytes.</summary>
    public static Hash256 Zero => default;

    /// <summary>Whether all 32 bytes are zero.</summary>
    public bool IsZero => (_word0 | _word1 | _word2 | _word3) == 0;

    /// <summary>Returns the 32 bytes without copying them; the span lives as long as the variable that holds this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef(in this), 1));

    /// <summary>Copies the 32 bytes to the start of <paramref name="destination"/>.</summary>
    /// <param name="destination">At least 32 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    /// <summary>Returns a new array of the 32 bytes.</summary>
    public byte[] ToArray() => AsSpan().ToArray();

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The digits.</param>
    /// <param name="value">The value, or zero when the text is malformed.</param>
    /// <returns>Whether <paramref name="text"/> was exactly 64 hexadecimal digits.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Hash256 value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != 2 * Size
            || Convert.FromHexString(text, bytes, out _, out int written) != System.Buffers.OperationStatus.Done
            || written != Size)
        {
            value = default;
            return false;
        }

        value = new Hash256(bytes);
        return true;
    }

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The digits.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is not 64 hexadecimal digits.</exception>
    public static Hash256 Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Hash256 value)
            ? value
            : throw new FormatException($"Expected 64 hexadecimal digits, got {text.Length} characters.");

    /// <inheritdoc/>
    public int CompareTo(Hash256 other)
    {
        int order = Word(_word0).CompareTo(Word(other._word0));
        if (order == 0) order = Word(_word1).CompareTo(Word(other._word1));
        if (order == 0) order = Word(_word2).CompareTo(Word(other._word2));
        if (order == 0) order = Word(_word3).CompareTo(Word(other._word3));
        return order;

        static ulong Word(ulong stored) =>
            BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(stored) : stored;
    }

    /// <inheritdoc/>
    public bool Equals(Hash256 other) =>
        ((_word0 ^ other._word0) | (_word1 ^ other._word1) | (_word2 ^ other._word2) | (_word3 ^ other._word3)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash256 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2, _word3);

    /// <summary>Returns 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(AsSpan());

    /// <summary>Returns 64 hexadecimal digits.</summary>
    /// <param name="format"><c>null</c> or <c>x</c> for lowercase, <c>X</c> for uppercase, <c>s</c> for the first eight digits.</param>
    /// <param name="formatProvider">Not used.</param>
    /// <exception cref="FormatException"><paramref name="format"/> is another one.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider) => format switch
    {
        null or "" or "x" => ToString(),
        "X" => Convert.ToHexString(AsSpan()),
        "s" => Convert.ToHexStringLower(AsSpan()[..ShortBytes]),
        _ => throw UnknownFormat(format),
    };

    /// <summary>Writes what <see cref="ToString(string?, IFormatProvider?)"/> returns.</summary>
    /// <param name="destination">Where to; 64 characters are enough.</param>
    /// <param name="charsWritten">How many characters were written.</param>
    /// <param name="format">Nothing, <c>x</c>, <c>X</c> or <c>s</c>.</param>
    /// <param name="provider">Not used.</param>
    /// <returns>Whether there was room.</returns>
    /// <exception cref="FormatException"><paramref name="format"/> is another one.</exception>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) => format switch
    {
        "" or "x" => Convert.TryToHexStringLower(AsSpan(), destination, out charsWritten),
        "X" => Convert.TryToHexString(AsSpan(), destination, out charsWritten),
        "s" => Convert.TryToHexStringLower(AsSpan()[..ShortBytes], destination, out charsWritten),
        _ => throw UnknownFormat(format),
    };

    /// <summary>Writes what <see cref="ToString(string?, IFormatProvider?)"/> returns in UTF-8.</summary>
    /// <param name="utf8Destination">Where to; 64 bytes are enough.</param>
    /// <param name="bytesWritten">How many bytes were written.</param>
    /// <param name="format">Nothing, <c>x</c>, <c>X</c> or <c>s</c>.</param>
    /// <param name="provider">Not used.</param>
    /// <returns>Whether there was room.</returns>
    /// <exception cref="FormatException"><paramref name="format"/> is another one.</exception>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) => format switch
    {
        "" or "x" => Convert.TryToHexStringLower(AsSpan(), utf8Destination, out bytesWritten),
        "X" => Convert.TryToHexString(AsSpan(), utf8Destination, out bytesWritten),
        "s" => Convert.TryToHexStringLower(AsSpan()[..ShortBytes], utf8Destination, out bytesWritten),
        _ => throw UnknownFormat(format),
    };

    /// <summary>Whether both hold the same bytes.</summary>
    public static bool operator ==(Hash256 left, Hash256 right) => left.Equals(right);

    /// <summary>Whether the bytes differ.</summary>
    public static bool operator !=(Hash256 left, Hash256 right) => !left.Equals(right);

    /// <summary>Compares as unsigned big-endian numbers.</summary>
    public static bool operator <(Hash256 left, Hash256 right) => left.CompareTo(right) < 0;

    /// <summary>Compares as unsigned big-endian numbers.</summary>
    public static bool operator >(Hash256 left, Hash256 right) => left.CompareTo(right) > 0;

    /// <summary>Compares as unsigned big-endian numbers.</summary>
    public static bool operator <=(Hash256 left, Hash256 right) => left.CompareTo(right) <= 0;

    /// <summary>Compares as unsigned big-endian numbers.</summary>
    public static bool operator >=(Hash256 left, Hash256 right) => left.CompareTo(right) >= 0;

    static Hash256 IParsable<Hash256>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<Hash256>(s);

    static Hash256 ISpanParsable<Hash256>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Hash256>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Hash256 result) => TryParse(s, out result);

    static bool ISpanParsable<Hash256>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Hash256 result) => TryParse(s, out result);

    private static FormatException UnknownFormat(ReadOnlySpan<char> format) => new($"Unknown format '{format}'; expected x, X or s.");
}
