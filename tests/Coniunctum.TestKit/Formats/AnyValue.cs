using System.Buffers;
using System.Globalization;
using System.Text;
using Coniunctum.Ledger.Encoding;

namespace Coniunctum.TestKit.Formats;

/// <summary>
/// Values of any type of the profile as plain objects: null, <see cref="bool"/>, <see cref="ulong"/>, <c>byte[]</c>,
/// <see cref="string"/> and <c>object?[]</c>.
/// </summary>
internal static class AnyValue
{
    /// <summary>Reads one value with the typed methods, each chosen by the byte that comes next.</summary>
    public static object? Read(ref CanonicalReader reader, ReadOnlySpan<byte> all)
    {
        CanonicalType type = reader.Consumed < all.Length && !reader.IsFaulted
            ? LeadByte.Describe(all[(int)reader.Consumed]).Type
            : CanonicalType.Unspecified;
        switch (type)
        {
            case CanonicalType.Array:
                var items = new object?[reader.ReadListHeader(int.MaxValue)];
                for (int i = 0; i < items.Length && !reader.IsFaulted; i++)
                    items[i] = Read(ref reader, all);
                return items;
            case CanonicalType.Bytes:
                return reader.ReadBytes(int.MaxValue).ToArray();
            case CanonicalType.Text:
                return reader.ReadString(int.MaxValue);
            case CanonicalType.UnsignedInteger:
                return reader.ReadUInt64();
            case CanonicalType.Boolean:
                return reader.ReadBoolean();
            case CanonicalType.Nil:
                return reader.TryReadNil() ? null : throw new InvalidOperationException("Nil was not read.");
            default:
                reader.SkipItem(int.MaxValue); // finds the fault
                return null;
        }
    }

    public static void Write(ref CanonicalWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                break;
            case bool flag:
                writer.WriteBoolean(flag);
                break;
            case ulong number:
                writer.WriteUInt64(number);
                break;
            case byte[] bytes:
                writer.WriteBytes(bytes, bytes.Length);
                break;
            case string text:
                writer.WriteString(text, int.MaxValue);
                break;
            case object?[] items:
                writer.WriteListHeader(items.Length, items.Length);
                foreach (object? item in items)
                    Write(ref writer, item);
                break;
            default:
                throw new ArgumentException($"No type of the profile: {value.GetType()}.", nameof(value));
        }
    }

    public static byte[] Encode(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CanonicalWriter(output);
        Write(ref writer, value);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Returns a text that differs for values that differ, in type or content.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "nil",
        bool flag => flag ? "true" : "false",
        ulong number => number.ToString(CultureInfo.InvariantCulture),
        byte[] bytes => $"h'{Convert.ToHexStringLower(bytes)}'",
        string text => $"t'{Convert.ToHexStringLower(System.Text.Encoding.Unicode.GetBytes(text))}'",
        object?[] items => $"[{string.Join(", ", items.Select(Describe))}]",
        _ => throw new ArgumentException($"No type of the profile: {value.GetType()}.", nameof(value)),
    };

    /// <summary>Draws a value whose lengths and numbers lie around the limits of the forms.</summary>
    public static object? Draw(Random random, int depth)
    {
        switch (random.Next(depth > 0 ? 8 : 6))
        {
            case 0:
                return null;
            case 1:
                return random.Next(2) == 0;
            case 2 or 3:
                // One bit more or less than a power of two.
                return unchecked((1UL << random.Next(64)) + (ulong)random.NextInt64(-2, 3));
            case 4:
                byte[] bytes = new byte[DrawLength(random)];
                random.NextBytes(bytes);
                return bytes;
            case 5:
                var text = new StringBuilder();
                for (int left = DrawLength(random); left > 0; left--)
                    text.Append(new Rune(random.Next(4) switch { 0 => random.Next(0x80), 1 => random.Next(0x800), 2 => random.Next(0xd800), _ => random.Next(0xe000, 0x110000) }));
                return text.ToString();
            default:
                var items = new object?[random.Next(20)];
                for (int i = 0; i < items.Length; i++)
                    items[i] = Draw(random, depth - 1);
                return items;
        }
    }

    private static int DrawLength(Random random) => random.Next(6) switch { 0 => random.Next(30, 34), 1 => random.Next(254, 258), _ => random.Next(12) };
}
