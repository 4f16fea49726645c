using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Ledger;

/// <summary>
/// The first paper's TXID (Table III): 32 bytes that a sender uses once. In the standard format its first eight bytes
/// are the last height at which the transaction is valid, big-endian, and the other 24 are random.
/// </summary>
/// <param name="Value">The 32 bytes.</param>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<TransactionTag>))]
[TypeConverter(typeof(TextTypeConverter<TransactionTag>))]
public readonly record struct TransactionTag(Hash256 Value) : ISpanParsable<TransactionTag>, ISpanFormattable, IUtf8SpanFormattable
{
    /// <summary>The first eight bytes as a height; meaningful where the format's tags expire.</summary>
    public ulong ValidUntil => BinaryPrimitives.ReadUInt64BigEndian(Value.AsSpan());

    /// <summary>Draws a tag of 32 random bytes, for formats whose tags never expire.</summary>
    /// <param name="entropy">Where the random bytes come from.</param>
    public static TransactionTag Random(IEntropySource entropy)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        entropy.Fill(bytes);
        return new TransactionTag(new Hash256(bytes));
    }

    /// <summary>Draws a tag that is valid up to a height.</summary>
    /// <param name="validUntil">The last height at which a block may hold the transaction.</param>
    /// <param name="entropy">Where the other 24 bytes come from.</param>
    public static TransactionTag Expiring(ulong validUntil, IEntropySource entropy)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, validUntil);
        entropy.Fill(bytes[sizeof(ulong)..]);
        return new TransactionTag(new Hash256(bytes));
    }

    /// <summary>Returns 64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="tag">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TransactionTag tag)
    {
        bool isRead = Hash256.TryParse(text, out Hash256 value);
        tag = new TransactionTag(value);
        return isRead;
    }

    /// <summary>Reads 64 hexadecimal digits of either case, without a prefix.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static TransactionTag Parse(ReadOnlySpan<char> text) => ValueText.Parse<TransactionTag>(text, "64 hexadecimal digits");

    static TransactionTag IParsable<TransactionTag>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<TransactionTag>(s);

    static TransactionTag ISpanParsable<TransactionTag>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<TransactionTag>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TransactionTag result) => TryParse(s, out result);

    static bool ISpanParsable<TransactionTag>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out TransactionTag result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => Value.ToString(format, formatProvider);

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(destination, out charsWritten, format, provider);

    bool IUtf8SpanFormattable.TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Value.TryFormat(utf8Destination, out bytesWritten, format, provider);
}
