using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.P2P.Identity;

/// <summary>
/// Which node this is: H(X‖Y) of its node key, whatever address it is reached at. Its text is Bech32m behind the prefix
/// <c>node</c>, so that a mistyped one is noticed.
/// </summary>
/// <param name="value">The hash.</param>
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<NodeId>))]
[TypeConverter(typeof(TextTypeConverter<NodeId>))]
public readonly struct NodeId(Hash256 value) : IEquatable<NodeId>, IComparable<NodeId>, ISpanParsable<NodeId>, ISpanFormattable
{
    private const string Prefix = "node";

    /// <summary>The hash.</summary>
    public Hash256 Value { get; } = value;

    /// <summary>Whether this is <c>default</c>, which is no node.</summary>
    public bool IsDefault => Value.IsZero;

    /// <summary>Returns the id of the node that has a key.</summary>
    /// <param name="key">The node key's public half.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is <c>default</c>.</exception>
    public static NodeId Of(in PublicKey key)
    {
        if (key.IsDefault) throw new ArgumentException("The key is not initialized.", nameof(key));
        return new NodeId(Sha3_256.Hash(key.AsSpan()));
    }

    /// <summary>Reads the text form in either case.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="id">The id, or <c>default</c> when there is a fault.</param>
    /// <returns>What was wrong, or that nothing was.</returns>
    public static AddressOutcome Read(ReadOnlySpan<char> text, out NodeId id)
    {
        AddressOutcome outcome = Address.Read(text, Prefix, out Address address);
        id = new NodeId(address.Value);
        return outcome;
    }

    /// <summary>Reads the text form in either case, where the reason of a fault does not matter.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="id">The id, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out NodeId id) => Read(text, out id).IsValid;

    /// <summary>Reads the text form in either case.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed; the message says how.</exception>
    public static NodeId Parse(ReadOnlySpan<char> text)
    {
        AddressOutcome outcome = Read(text, out NodeId id);
        return outcome.IsValid ? id : throw new FormatException($"Expected a node id, such as {new NodeId(default)}. {outcome.Message}");
    }

    /// <summary>Returns the text form: <c>node1</c>, 52 characters and a checksum of six.</summary>
    public override string ToString() => new Address(Value).ToText(Prefix);

    /// <inheritdoc/>
    public bool Equals(NodeId other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NodeId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Orders as <see cref="Hash256"/> does: unsigned, big-endian.</summary>
    /// <param name="other">Another id.</param>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <summary>Whether both are the same node.</summary>
    public static bool operator ==(NodeId left, NodeId right) => left.Equals(right);

    /// <summary>Whether they are different nodes.</summary>
    public static bool operator !=(NodeId left, NodeId right) => !left.Equals(right);

    /// <summary>Compares the hashes as unsigned big-endian numbers.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.CompareTo(right) < 0;

    /// <summary>Compares the hashes as unsigned big-endian numbers.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.CompareTo(right) > 0;

    /// <summary>Compares the hashes as unsigned big-endian numbers.</summary>
    public static bool operator <=(NodeId left, NodeId right) => left.CompareTo(right) <= 0;

    /// <summary>Compares the hashes as unsigned big-endian numbers.</summary>
    public static bool operator >=(NodeId left, NodeId right) => left.CompareTo(right) >= 0;

    static NodeId IParsable<NodeId>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<NodeId>(s);

    static NodeId ISpanParsable<NodeId>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<NodeId>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out NodeId result) => TryParse(s, out result);

    static bool ISpanParsable<NodeId>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out NodeId result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        ValueText.TryWrite(ToString(), destination, out charsWritten);
}
