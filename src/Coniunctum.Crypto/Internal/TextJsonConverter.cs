using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coniunctum.Crypto.Internal;

/// <summary>
/// Writes a value as a JSON string of its text and reads it back, as a value and as the name of a property. The public value
/// types carry it, so that every serializer finds it, source-generated ones included.
/// </summary>
/// <remarks>
/// What does not parse is a <see cref="JsonException"/>. Numbers are strings too: not every reader of JSON keeps more than 53 bits.
/// </remarks>
/// <typeparam name="T">A value whose text, without a format, parses back to it.</typeparam>
public sealed class TextJsonConverter<T> : JsonConverter<T>
    where T : ISpanParsable<T>, ISpanFormattable
{
    // The longest text is a path of 255 steps.
    private const int MaxChars = 4096;

    private const int StackChars = 256;

    // "\u0061" is one character.
    private const int MaxBytesPerChar = 6;

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? ReadText(ref reader) : throw Malformed();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<char> text = stackalloc char[StackChars];
        if (value.TryFormat(text, out int written, default, null)) writer.WriteStringValue(text[..written]);
        else writer.WriteStringValue(value.ToString(null, null));
    }

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadText(ref reader);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<char> text = stackalloc char[StackChars];
        if (value.TryFormat(text, out int written, default, null)) writer.WritePropertyName(text[..written]);
        else writer.WritePropertyName(value.ToString(null, null));
    }

    private static T ReadText(ref Utf8JsonReader reader)
    {
        long bytes = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (bytes > MaxChars * MaxBytesPerChar) throw Malformed();
        char[] rented = ArrayPool<char>.Shared.Rent((int)bytes);
        try
        {
            int length = reader.CopyString(rented);
            return T.TryParse(rented.AsSpan(0, length), null, out T? value) ? value : throw Malformed();
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static JsonException Malformed() => new($"The text is no {typeof(T).Name}.");
}
