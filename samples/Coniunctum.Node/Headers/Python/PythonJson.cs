using System.Globalization;
using System.Text;
using System.Text.Json;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Node.Headers.Python;

/// <summary>
/// Writes JSON as Python's json.dumps(value, sort_keys=True) does, whose bytes the second paper's client hashes: keys in the
/// order of their code points, ", " and ": " between things, everything but printable ASCII escaped.
/// </summary>
internal static class PythonJson
{
    // repr() of a float: an exponent from 1e16 on and below 1e-4.
    private const int MaxPlainExponent = 16;
    private const int MinPlainExponent = -4;

    // How much of a chain's text a message repeats.
    private const int MaxShown = 40;

    public static byte[] Dump(JsonElement value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Write(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(text, value);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                bool isFirst = true;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    if (!isFirst) text.Append(", ");
                    isFirst = false;
                    Write(text, item);
                }

                text.Append(']');
                break;
            case JsonValueKind.String:
                WriteString(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                WriteNumber(text, value.GetRawText());
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement value)
    {
        // UTF-8 sorts as code points do; UTF-16 does not.
        (byte[] Key, JsonProperty Property)[] properties =
            [.. value.EnumerateObject().Select(property => (Encoding.UTF8.GetBytes(property.Name), property))];
        Array.Sort(properties, (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        text.Append('{');
        for (int i = 0; i < properties.Length; i++)
        {
            if (i > 0) text.Append(", ");
            if (i > 0 && properties[i].Key.AsSpan().SequenceEqual(properties[i - 1].Key))
                throw new JsonException($"The key '{PrintableText.Of(properties[i].Property.Name, MaxShown)}' stands twice in one object.");
            WriteString(text, properties[i].Property.Name);
            text.Append(": ");
            Write(text, properties[i].Property.Value);
        }

        text.Append('}');
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char unit in value)
        {
            _ = unit switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\f' => text.Append("\\f"),
                '\b' => text.Append("\\b"),
                >= ' ' and <= '~' => text.Append(unit),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
            };
        }

        text.Append('"');
    }

    private static void WriteNumber(StringBuilder text, string raw)
    {
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0)
        {
            // Python's whole numbers have no length limit here, and no negative zero.
            text.Append(raw.Equals("-0", StringComparison.Ordinal) ? "0" : raw);
            return;
        }

        double value = double.Parse(raw, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value)) throw new JsonException($"The number {PrintableText.Of(raw, MaxShown)} is too large.");
        WriteFloat(text, value);
    }

    /// <summary>Writes a number as repr() would: the same shortest digits as .NET's, in another dress.</summary>
    private static void WriteFloat(StringBuilder text, double value)
    {
        string shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = mark < 0 ? shortest : shortest[..mark];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int zeros = digits.Length - digits.TrimStart('0').Length;
        int exponent = (mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), CultureInfo.InvariantCulture))
            + (point < 0 ? mantissa.Length : point) - 1 - zeros;
        digits = digits.Trim('0');
        if (digits.Length == 0) (digits, exponent) = ("0", 0);
        if (double.IsNegative(value)) text.Append('-');
        if (exponent is < MinPlainExponent or >= MaxPlainExponent)
        {
            text.Append(digits[0]);
            if (digits.Length > 1) text.Append('.').Append(digits.AsSpan(1));
            text.Append('e').Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture));
        }
        else if (exponent < 0)
        {
            text.Append("0.").Append('0', -exponent - 1).Append(digits);
        }
        else
        {
            string padded = digits.PadRight(exponent + 2, '0');
            text.Append(padded.AsSpan(0, exponent + 1)).Append('.').Append(padded.AsSpan(exponent + 1));
        }
    }
}
