using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Coniunctum.Crypto.Secp256k1;
using Meziantou.Analyzer.Annotations;

namespace Coniunctum.Crypto;

/// <summary>
/// A point of secp256k1 other than infinity as 64 bytes X‖Y, big-endian, without a leading 0x04. Every value but
/// <c>default</c> was checked to lie on the curve.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
[CultureInsensitiveType]
[JsonConverter(typeof(TextJsonConverter<PublicKey>))]
[TypeConverter(typeof(TextTypeConverter<PublicKey>))]
public readonly struct PublicKey : IEquatable<PublicKey>, ISpanParsable<PublicKey>, ISpanFormattable
{
    /// <summary>The length in bytes: 64.</summary>
    public const int Size = 64;

    /// <summary>The length in bytes of the compressed form: 33.</summary>
    public const int CompressedSize = CompressedKey.Size;

    private readonly Hash256 _x;
    private readonly Hash256 _y;

    /// <summary>Takes a point of the curve whose coordinates are normalized.</summary>
    internal PublicKey(in AffinePoint point)
    {
        Span<byte> bytes = stackalloc byte[FieldElement.Size];
        point.X.Write(bytes);
        _x = new Hash256(bytes);
        point.Y.Write(bytes);
        _y = new Hash256(bytes);
    }

    /// <summary>Whether this is <c>default</c>, which is no key.</summary>
    public bool IsDefault => _x.IsZero && _y.IsZero;

    /// <summary>Makes a key from its bytes and checks that it is a point of the curve; <see cref="Read"/> says what is wrong with others.</summary>
    /// <param name="bytes">X‖Y. They may come from anywhere.</param>
    /// <param name="key">The key, or <c>default</c>.</param>
    /// <returns>Whether the bytes are a key.</returns>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, out PublicKey key) => Read(bytes, out key).IsValid;

    /// <summary>Reads a key and checks that it is a point of the curve.</summary>
    /// <param name="bytes">X‖Y. They may come from anywhere.</param>
    /// <param name="key">The key, or <c>default</c> when the outcome is not <see cref="KeyOutcome.Valid"/>.</param>
    /// <returns><see cref="KeyOutcome.Valid"/>, WrongLength, OutOfRange or NotOnCurve.</returns>
    public static KeyOutcome Read(ReadOnlySpan<byte> bytes, out PublicKey key)
    {
        key = default;
        if (bytes.Length != Size) return KeyOutcome.WrongLength;
        AffinePoint point = default;
        if (!FieldElement.TryRead(bytes[..FieldElement.Size], out point.X)
            || !FieldElement.TryRead(bytes[FieldElement.Size..], out point.Y))
        {
            return KeyOutcome.OutOfRange;
        }

        if (!point.IsOnCurve()) return KeyOutcome.NotOnCurve;
        key = new PublicKey(point);
        return KeyOutcome.Valid;
    }

    /// <summary>Returns the 64 bytes without copying them; the span lives as long as the variable that holds this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef(in this), 1));

    /// <summary>Copies the 64 bytes to the start of <paramref name="destination"/>.</summary>
    /// <param name="destination">At least 64 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination) => AsSpan().CopyTo(destination);

    /// <summary>Reads the compressed form: 2 or 3 for an even or odd y, and X (SEC 1, §2.3.4). Takes different times for different keys.</summary>
    /// <param name="bytes">33 bytes. They may come from anywhere.</param>
    /// <param name="key">The key, or <c>default</c>.</param>
    /// <returns>Whether the bytes are a point of the curve.</returns>
    public static bool TryReadCompressed(ReadOnlySpan<byte> bytes, out PublicKey key)
    {
        key = default;
        return bytes.Length == CompressedSize && CompressedKey.TryRead(bytes, out key);
    }

    /// <summary>Writes the compressed form: 2 or 3 for an even or odd y, and X (SEC 1, §2.3.3).</summary>
    /// <param name="destination">At least 33 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which is no key.</exception>
    public void WriteCompressed(Span<byte> destination)
    {
        if (destination.Length < CompressedSize) throw new ArgumentException($"Expected at least {CompressedSize} bytes.", nameof(destination));
        if (IsDefault) throw new InvalidOperationException("The default value is no key.");
        CompressedKey.Write(this, destination);
    }

    /// <summary>
    /// Adds a multiple of the generator, as derived public keys are made (BIP-32, CKDpub). Takes different times for different keys.
    /// </summary>
    /// <param name="factor">32 bytes, big-endian.</param>
    /// <param name="sum">The sum, or <c>default</c>.</param>
    /// <returns><c>false</c> when the factor is not less than the curve's order, or when the sum is no key.</returns>
    /// <exception cref="ArgumentException"><paramref name="factor"/> has another length.</exception>
    public bool TryAddMultiple(ReadOnlySpan<byte> factor, out PublicKey sum)
    {
        sum = default;
        if (factor.Length != PrivateKey.Size) throw new ArgumentException($"Expected {PrivateKey.Size} bytes.", nameof(factor));
        Scalar scalar = default;
        try
        {
            // With it and the child's private key the parent's is known.
            return !IsDefault && Scalar.TryRead(factor, out scalar) && CompressedKey.TryAddMultiple(this, scalar, out sum);
        }
        finally
        {
            Secret.Wipe(ref scalar);
        }
    }

    /// <inheritdoc/>
    public bool Equals(PublicKey other) => _x == other._x && _y == other._y;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PublicKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_x, _y);

    /// <summary>Returns 128 lowercase hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(AsSpan());

    /// <summary>Whether both are the same point.</summary>
    public static bool operator ==(PublicKey left, PublicKey right) => left.Equals(right);

    /// <summary>Whether the points differ.</summary>
    public static bool operator !=(PublicKey left, PublicKey right) => !left.Equals(right);

    /// <summary>The point; without meaning for <c>default</c>.</summary>
    internal void ToPoint(out AffinePoint point)
    {
        _ = FieldElement.TryRead(_x.AsSpan(), out point.X);
        _ = FieldElement.TryRead(_y.AsSpan(), out point.Y);
    }

    /// <summary>Reads 128 hexadecimal digits of either case, without a prefix, and checks that they are a point of the curve.</summary>
    /// <param name="text">The text. It may come from anywhere.</param>
    /// <param name="key">What was read, or <c>default</c>.</param>
    /// <returns>Whether the text was well-formed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out PublicKey key)
    {
        key = default;
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == 2 * Size
            && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done
            && TryCreate(bytes, out key);
    }

    /// <summary>Reads 128 hexadecimal digits of either case, without a prefix, and checks that they are a point of the curve.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static PublicKey Parse(ReadOnlySpan<char> text) => ValueText.Parse<PublicKey>(text, "128 hexadecimal digits of a point of the curve");

    static PublicKey IParsable<PublicKey>.Parse(string s, IFormatProvider? provider) => ValueText.Parse<PublicKey>(s);

    static PublicKey ISpanParsable<PublicKey>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<PublicKey>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PublicKey result) => TryParse(s, out result);

    static bool ISpanParsable<PublicKey>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PublicKey result) => TryParse(s, out result);

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Convert.TryToHexStringLower(AsSpan(), destination, out charsWritten);
}
