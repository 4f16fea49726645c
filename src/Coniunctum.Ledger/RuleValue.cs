using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger.Encoding;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Ledger;

/// <summary>What a rule expected or found: a number, a 256-bit value or a phrase. Made without allocating.</summary>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<RuleValue>))]
[TypeConverter(typeof(TextTypeConverter<RuleValue>))]
public readonly record struct RuleValue : ISpanParsable<RuleValue>, ISpanFormattable
{
    private const string Nothing = "nothing";

    private readonly Hash256 _hash;
    private readonly ulong _number;
    private readonly string? _text;
    private readonly byte _kind;

    private RuleValue(byte kind, ulong number, in Hash256 hash, string? text) =>
        (_kind, _number, _hash, _text) = (kind, number, hash, text);

    /// <summary>The number; 0 when the value is none.</summary>
    public ulong Number => _number;

    /// <summary>A number.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator RuleValue(ulong value) => new(1, value, default, null);

    /// <summary>A 256-bit value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator RuleValue(Hash256 value) => new(2, 0, value, null);

    /// <summary>A phrase.</summary>
    /// <param name="value">The phrase.</param>
    public static implicit operator RuleValue(string value) => new(3, 0, default, value);

    /// <summary>Writes the value: a number, 32 bytes or a string; nothing is nil.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteTo(ref CanonicalWriter writer)
    {
        switch (_kind)
        {
            case 1: writer.WriteUInt64(_number); break;
            case 2: writer.WriteHash256(_hash); break;
            case 3: writer.WriteString(_text!); break;
            default: writer.WriteNil(); break;
        }
    }

    /// <summary>Returns the number in decimal, the value in hexadecimal, or the phrase.</summary>
    public override string ToString() => _kind switch
    {
        1 => _number.ToString(CultureInfo.InvariantCulture),
        2 => _hash.ToString(),
        3 => _text!,
        _ => Nothing,
    };

    /// <summary>Reads what <see cref="ToString()"/> writes: digits are a number, 64 hexadecimal digits a value, and all else but "nothing" a phrase.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="value">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out RuleValue value)
    {
        // 64 digits are a value, also where all of them are decimal.
        if (Hash256.TryParse(text, out Hash256 hash)) value = hash;
        else if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)) value = number;
        else value = text is Nothing ? default : (RuleValue)text.ToString();
        return true;
    }

    /// <summary>Reads what <see cref="ToString()"/> writes: digits are a number, 64 hexadecimal digits a value, and all else but "nothing" a phrase.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static RuleValue Parse(ReadOnlySpan<char> text) => ValueText.Parse<RuleValue>(text, "a text");

    static RuleValue IParsable<RuleValue>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<RuleValue>(s);

    static RuleValue ISpanParsable<RuleValue>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<RuleValue>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RuleValue result) => TryParse(s, out result);

    static bool ISpanParsable<RuleValue>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out RuleValue result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        ValueText.TryWrite(ToString(), destination, out charsWritten);
}
