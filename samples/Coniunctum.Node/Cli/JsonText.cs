using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coniunctum.Node.Cli;

/// <summary>JSON as this program writes it: one object a line.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns one object.</summary>
    /// <param name="fields">Its properties.</param>
    public static string Line(JsonObject fields) => Text(json => fields.WriteTo(json));

    /// <summary>Returns one object.</summary>
    /// <param name="fields">Writes its properties.</param>
    public static string Line(Action<Utf8JsonWriter> fields) => Text(json =>
    {
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
    });

    /// <summary>Writes a number that may lie beyond 2⁵³, where many readers of JSON round: as decimal text.</summary>
    public static void WriteExact(this Utf8JsonWriter json, string name, UInt128 value) =>
        json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));

    private static string Text(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_options)) write(json);

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
