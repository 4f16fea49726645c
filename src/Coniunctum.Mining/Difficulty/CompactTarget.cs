using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Mining.Difficulty;

/// <summary>
/// A target in four bytes, as in Bitcoin's headers (nBits): a length in bytes, a sign bit and 23 bits of digits. Value =
/// digits · 256^(length − 3), with what lies behind the point cut off.
/// </summary>
/// <remarks>
/// The sign is a relic of the library of Bitcoin's first program, whose numbers had one; it decides to this day which headers
/// are valid (Bitcoin Core, arith_uint256::SetCompact and GetCompact).
/// </remarks>
/// <param name="Bits">The four bytes; the most significant one is the length.</param>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<CompactTarget>))]
[TypeConverter(typeof(TextTypeConverter<CompactTarget>))]
public readonly record struct CompactTarget(uint Bits) : ISpanParsable<CompactTarget>, ISpanFormattable
{
    private const uint SignBit = 0x0080_0000;
    private const uint DigitBits = 0x007f_ffff;
    private const int DigitBytes = 3;

    // The longest whole number of 256 bits has 32 bytes; with one or two digits of value zero in front it may say 33 or 34.
    private const int MaxBytes = 32;

    /// <summary>Rounds a target down to the 15 to 23 bits that four bytes have room for.</summary>
    /// <param name="target">Any target.</param>
    public static CompactTarget From(Target target)
    {
        BigInteger number = target.ToNumber();
        int length = ((int)number.GetBitLength() + 7) / 8;
        uint digits = (uint)(length <= DigitBytes ? number << (8 * (DigitBytes - length)) : number >> (8 * (length - DigitBytes)));
        // A digit in the sign's place moves everything one byte down.
        if ((digits & SignBit) != 0) (digits, length) = (digits >> 8, length + 1);
        return new CompactTarget(((uint)length << 24) | digits);
    }

    /// <summary>Reads the target that the four bytes say.</summary>
    /// <param name="target">The target; zero unless the outcome is <see cref="CompactOutcome.Valid"/>.</param>
    public CompactOutcome Expand(out Target target)
    {
        target = default;
        int length = (int)(Bits >> 24);
        uint digits = Bits & DigitBits;
        if (length < DigitBytes) digits >>= 8 * (DigitBytes - length);
        if (digits == 0) return CompactOutcome.Zero;
        if ((Bits & SignBit) != 0) return CompactOutcome.Negative;
        int digitBytes = (BitOperations.Log2(digits) / 8) + 1;
        if (length - DigitBytes + digitBytes > MaxBytes) return CompactOutcome.Overflow;
        target = Target.FromNumber((BigInteger)digits << (8 * Math.Max(0, length - DigitBytes)));
        return CompactOutcome.Valid;
    }

    /// <summary>Returns eight lowercase hexadecimal digits.</summary>
    public override string ToString() => Bits.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Reads eight hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="target">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out CompactTarget target)
    {
        bool isRead = uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits) && text.Length == 2 * sizeof(uint);
        target = isRead ? new CompactTarget(bits) : default;
        return isRead;
    }

    /// <summary>Reads eight hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static CompactTarget Parse(ReadOnlySpan<char> text) => ValueText.Parse<CompactTarget>(text, "eight hexadecimal digits");

    static CompactTarget IParsable<CompactTarget>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<CompactTarget>(s);

    static CompactTarget ISpanParsable<CompactTarget>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<CompactTarget>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out CompactTarget result) => TryParse(s, out result);

    static bool ISpanParsable<CompactTarget>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out CompactTarget result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Bits.TryFormat(destination, out charsWritten, "x8", CultureInfo.InvariantCulture);
}
