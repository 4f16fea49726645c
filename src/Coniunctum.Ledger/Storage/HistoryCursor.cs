using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Ledger.Storage;

/// <summary>
/// A place in the history of an address. It stays good when blocks are added, and when a reorganization replaces its block it
/// means the same height and position in the new one.
/// </summary>
/// <param name="Height">The height of a block.</param>
/// <param name="Position">A transaction's place in it.</param>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<HistoryCursor>))]
[TypeConverter(typeof(TextTypeConverter<HistoryCursor>))]
public readonly record struct HistoryCursor(ulong Height, int Position) : IComparable<HistoryCursor>, ISpanParsable<HistoryCursor>, ISpanFormattable
{
    /// <summary>Returns height and position in decimal, with a colon between them.</summary>
    public override string ToString() => Invariant($"{Height}:{Position}");

    /// <summary>Orders by height, then by position.</summary>
    /// <param name="other">Another place.</param>
    public int CompareTo(HistoryCursor other) => Height == other.Height ? Position.CompareTo(other.Position) : Height.CompareTo(other.Height);

    /// <summary>Whether one comes before the other.</summary>
    public static bool operator <(HistoryCursor left, HistoryCursor right) => left.CompareTo(right) < 0;

    /// <summary>Whether one comes after the other.</summary>
    public static bool operator >(HistoryCursor left, HistoryCursor right) => left.CompareTo(right) > 0;

    /// <summary>Whether one does not come after the other.</summary>
    public static bool operator <=(HistoryCursor left, HistoryCursor right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one does not come before the other.</summary>
    public static bool operator >=(HistoryCursor left, HistoryCursor right) => left.CompareTo(right) >= 0;

    /// <summary>Reads height and position in decimal, with a colon between them.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="cursor">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out HistoryCursor cursor)
    {
        cursor = default;
        int colon = text.IndexOf(':');
        if (colon < 0
            || !ulong.TryParse(text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out ulong height)
            || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int position))
        {
            return false;
        }

        cursor = new HistoryCursor(height, position);
        return true;
    }

    /// <summary>Reads height and position in decimal, with a colon between them.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static HistoryCursor Parse(ReadOnlySpan<char> text) => ValueText.Parse<HistoryCursor>(text, "height and position with a colon between them");

    static HistoryCursor IParsable<HistoryCursor>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<HistoryCursor>(s);

    static HistoryCursor ISpanParsable<HistoryCursor>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<HistoryCursor>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out HistoryCursor result) => TryParse(s, out result);

    static bool ISpanParsable<HistoryCursor>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out HistoryCursor result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite(CultureInfo.InvariantCulture, $"{Height}:{Position}", out charsWritten);
}
