namespace Coniunctum.Crypto.Secp256k1;

/// <summary>A public key in 33 bytes: 2 or 3 for an even or odd y, and X (SEC 1, §2.3.3).</summary>
internal static class CompressedKey
{
    public const int Size = 33;

    private const byte Even = 2;
    private const byte Odd = 3;

    /// <summary>Writes 33 bytes.</summary>
    public static void Write(in PublicKey key, Span<byte> destination)
    {
        ReadOnlySpan<byte> xy = key.AsSpan();
        destination[0] = (byte)(Even | (xy[^1] & 1));
        xy[..FieldElement.Size].CopyTo(destination[1..]);
    }

    /// <summary>Reads 33 bytes; false when they are no point of the curve.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PublicKey key)
    {
        key = default;
        if (bytes is not [Even or Odd, ..]
            || !FieldElement.TryRead(bytes[1..], out FieldElement x)
            || !AffinePoint.TryLift_Vartime(x, bytes[0] == Odd, out AffinePoint point))
        {
            return false;
        }

        key = new PublicKey(point);
        return true;
    }

    /// <summary>Adds a multiple of the generator; false when the sum is infinity.</summary>
    public static bool TryAddMultiple(in PublicKey key, in Scalar factor, out PublicKey sum)
    {
        sum = key;
        if (factor.IsZero) return true;
        sum = default;
        GeneratorMultiplication.Multiply(factor, out AffinePoint point);
        JacobianPoint total = JacobianPoint.From(point);
        key.ToPoint(out point);
        total.Add_Vartime(point);
        if (total.IsInfinity) return false;
        FieldElement.Invert(total.Z, out FieldElement inverse);
        total.ToAffine(inverse, out point);
        sum = new PublicKey(point);
        return true;
    }
}
