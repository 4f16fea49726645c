using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Ledger;

/// <summary>The identity of a block: the digest of its header.</summary>
/// <param name="Value">The digest.</param>
/// <example>
/// <code>
/// string json = JsonSerializer.Serialize(ledger.ChainId);
/// BlockId chain = JsonSerializer.Deserialize&lt;BlockId&gt;(json);
/// </code>
/// </example>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<BlockId>))]
[TypeConverter(typeof(TextTypeConverter<BlockId>))]
public readonly record struct BlockId(Hash256 Value) : ISpanParsable<BlockId>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>Returns 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="id">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out BlockId id)
    {
        bool isRead = Hash256.TryParse(text, out Hash256 value);
        id = new BlockId(value);
        return isRead;
    }

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static BlockId Parse(ReadOnlySpan<char> text) => ValueText.Parse<BlockId>(text, "64 hexadecimal digits");

    static BlockId IParsable<BlockId>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<BlockId>(s);

    static BlockId ISpanParsable<BlockId>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<BlockId>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out BlockId result) => TryParse(s, out result);

    static bool ISpanParsable<BlockId>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out BlockId result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format, formatProvider);

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(destination, out charsWritten, format, provider);

    bool IUtf8SpanFormattable.TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(utf8Destination, out bytesWritten, format, provider);
}
