using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto;

/// <summary>
/// A point of secp256k1 other than infinity as 64 bytes X‖Y, big-endian, without a leading 0x04. Every value but
/// <c>default</c> was checked to lie on the curve.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct PublicKey : IEquatable<PublicKey>
{
    /// <summary>The length in bytes: 64.</summary>
    public const int Size = 64;

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

    /// <summary>Reads a key and checks that it is a point of the curve.</summary>
    /// <param name="bytes">X‖Y. They may come from anywhere.</param>
    /// <param name="key">The key, or <c>default</c> when the outcome is not <see cref="KeyOutcome.Valid"/>.</param>
    /// <returns><see cref="KeyOutcome.Valid"/>, WrongLength, OutOfRange or NotOnCurve.</returns>
    public static KeyOutcome TryCreate(ReadOnlySpan<byte> bytes, out PublicKey key)
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
}
