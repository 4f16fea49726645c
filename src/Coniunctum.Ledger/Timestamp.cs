using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Ledger;

/// <summary>A moment as Unix time.</summary>
/// <param name="UnixMilliseconds">Milliseconds since 1970-01-01T00:00:00Z; below 2⁵³ in a valid header.</param>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<Timestamp>))]
[TypeConverter(typeof(TextTypeConverter<Timestamp>))]
public readonly record struct Timestamp(ulong UnixMilliseconds) : IComparable<Timestamp>, ISpanParsable<Timestamp>, ISpanFormattable
{
    /// <summary>The first value that no header may carry: 2⁵³, so that every platform can hold it exactly.</summary>
    public const ulong Limit = 1UL << 53;

    /// <summary>Converts from the framework's type, dropping fractions of a millisecond.</summary>
    /// <param name="time">A moment not before 1970.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> lies before 1970.</exception>
    public static Timestamp From(DateTimeOffset time)
    {
        long milliseconds = time.ToUnixTimeMilliseconds();
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(time));
        return new Timestamp((ulong)milliseconds);
    }

    /// <summary>Converts from the framework's older type, dropping fractions of a millisecond.</summary>
    /// <param name="time">A moment not before 1970 that says whether it is UTC or local time.</param>
    /// <exception cref="ArgumentException"><paramref name="time"/> does not say which: the framework would take it for local time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> lies before 1970.</exception>
    public static Timestamp From(DateTime time) => time.Kind == DateTimeKind.Unspecified
        ? throw new ArgumentException("The time does not say whether it is UTC or local; expected a DateTime of one of those kinds, or a DateTimeOffset.", nameof(time))
        : From(new DateTimeOffset(time));

    /// <summary>Returns the moment <paramref name="span"/> later; a sum that does not fit is the last moment.</summary>
    /// <param name="span">Zero or positive.</param>
    public Timestamp Plus(TimeSpan span)
    {
        ulong added = (ulong)span.TotalMilliseconds;
        return new Timestamp(ulong.MaxValue - UnixMilliseconds < added ? ulong.MaxValue : UnixMilliseconds + added);
    }

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    /// <summary>Returns the milliseconds in decimal.</summary>
    public override string ToString() => UnixMilliseconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the left moment is earlier.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixMilliseconds < right.UnixMilliseconds;

    /// <summary>Whether the left moment is later.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.UnixMilliseconds > right.UnixMilliseconds;

    /// <summary>Whether the left moment is not later.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixMilliseconds <= right.UnixMilliseconds;

    /// <summary>Whether the left moment is not earlier.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixMilliseconds >= right.UnixMilliseconds;

    /// <summary>Reads milliseconds since 1970 in decimal.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="time">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Timestamp time)
    {
        bool isRead = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong milliseconds);
        time = new Timestamp(milliseconds);
        return isRead;
    }

    /// <summary>Reads milliseconds since 1970 in decimal.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static Timestamp Parse(ReadOnlySpan<char> text) => ValueText.Parse<Timestamp>(text, "milliseconds since 1970 in decimal");

    static Timestamp IParsable<Timestamp>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<Timestamp>(s);

    static Timestamp ISpanParsable<Timestamp>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<Timestamp>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Timestamp result) => TryParse(s, out result);

    static bool ISpanParsable<Timestamp>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Timestamp result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        UnixMilliseconds.TryFormat(destination, out charsWritten, provider: CultureInfo.InvariantCulture);
}
