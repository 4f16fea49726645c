using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Ledger.Applications;

/// <summary>The number by which payloads call an application.</summary>
/// <param name="Value">Any number; one application of a chain has it.</param>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<AppId>))]
[TypeConverter(typeof(TextTypeConverter<AppId>))]
public readonly record struct AppId(uint Value) : ISpanParsable<AppId>, ISpanFormattable
{
    /// <summary>Returns the number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a decimal number below 2³².</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="id">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out AppId id)
    {
        bool isRead = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value);
        id = new AppId(value);
        return isRead;
    }

    /// <summary>Reads a decimal number below 2³².</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static AppId Parse(ReadOnlySpan<char> text) => ValueText.Parse<AppId>(text, "a number below 2^32");

    static AppId IParsable<AppId>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<AppId>(s);

    static AppId ISpanParsable<AppId>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<AppId>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out AppId result) => TryParse(s, out result);

    static bool ISpanParsable<AppId>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out AppId result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(destination, out charsWritten, provider: CultureInfo.InvariantCulture);
}
