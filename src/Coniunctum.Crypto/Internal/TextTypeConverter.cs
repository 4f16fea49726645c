using System.ComponentModel;
using System.Globalization;

namespace Coniunctum.Crypto.Internal;

/// <summary>
/// Converts a value from its text and back, for what binds settings and forms by type converters. The public value types carry it.
/// </summary>
/// <typeparam name="T">A value whose text, without a format, parses back to it.</typeparam>
public sealed class TextTypeConverter<T> : TypeConverter
    where T : ISpanParsable<T>, ISpanFormattable
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    /// <summary>Parses a text.</summary>
    /// <param name="context">Not used.</param>
    /// <param name="culture">Not used: the text is the same under every culture.</param>
    /// <param name="value">The text.</param>
    /// <exception cref="FormatException">It is malformed.</exception>
    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is string text ? T.Parse(text, null) : base.ConvertFrom(context, culture, value);

    /// <inheritdoc/>
    public override object? ConvertTo(ITypeDescriptorContext? context, CultureInfo? culture, object? value, Type destinationType) =>
        destinationType == typeof(string) && value is T known ? known.ToString(null, null) : base.ConvertTo(context, culture, value, destinationType);
}
