using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Ledger;

/// <summary>The identity of a transaction that people see: the digest that its sender signed.</summary>
/// <param name="Value">The digest.</param>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<TransactionId>))]
[TypeConverter(typeof(TextTypeConverter<TransactionId>))]
public readonly record struct TransactionId(Hash256 Value) : ISpanParsable<TransactionId>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>Returns 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="id">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TransactionId id)
    {
        bool isRead = Hash256.TryParse(text, out Hash256 value);
        id = new TransactionId(value);
        return isRead;
    }

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static TransactionId Parse(ReadOnlySpan<char> text) => ValueText.Parse<TransactionId>(text, "64 hexadecimal digits");

    static TransactionId IParsable<TransactionId>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<TransactionId>(s);

    static TransactionId ISpanParsable<TransactionId>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<TransactionId>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TransactionId result) => TryParse(s, out result);

    static bool ISpanParsable<TransactionId>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out TransactionId result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format, formatProvider);

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(destination, out charsWritten, format, provider);

    bool IUtf8SpanFormattable.TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(utf8Destination, out bytesWritten, format, provider);
}
