using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coniunctum.Crypto.Internal;

/// <summary>
/// Refuses to write or read a type that has no JSON form: a secret, or an object whose properties are not all that it is. Without
/// it a serializer writes what it sees, and reads back something else.
/// </summary>
/// <typeparam name="T">The type.</typeparam>
public sealed class NoJsonConverter<T> : JsonConverter<T>
{
    /// <summary>Throws.</summary>
    /// <param name="reader">Not used.</param>
    /// <param name="typeToConvert">Not used.</param>
    /// <param name="options">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw Refusal();

    /// <summary>Throws.</summary>
    /// <param name="writer">Not used.</param>
    /// <param name="value">Not used.</param>
    /// <param name="options">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw Refusal();

    /// <summary>Throws.</summary>
    /// <param name="reader">Not used.</param>
    /// <param name="typeToConvert">Not used.</param>
    /// <param name="options">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw Refusal();

    /// <summary>Throws.</summary>
    /// <param name="writer">Not used.</param>
    /// <param name="value">Not used.</param>
    /// <param name="options">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw Refusal();

    private static NotSupportedException Refusal() =>
        new($"{typeof(T).Name} has no JSON form: it is a secret, or more than its properties show. Write those parts of it that are meant.");
}
