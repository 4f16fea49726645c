namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>
/// Half scalars in digits none of which is zero, so that all lanes add at the same places: an odd number 2j + 1 is
/// Σ dᵢ·2^(width·i) with digits ±1, ±3, … ±(2^width − 1). Σ (2eᵦ − 1)·2ᵇ over m bits is 2j + 1 for e = j + 2^(m−1), and so
/// the bits w of e in a window stand for the digit 2w − (2^width − 1).
/// </summary>
internal static unsafe class LaneDigits
{
    /// <summary>The bits of e in one limb: whole windows of 5 and of 11.</summary>
    public const int LimbBits = 55;

    /// <summary>The limbs of e.</summary>
    public const int LimbCount = 3;

    /// <summary>Writes e of one lane.</summary>
    /// <param name="half">The number j, below 2¹²⁸ in size.</param>
    /// <param name="bits">The bits m of all windows together, 130 to 165.</param>
    /// <param name="limbs">Where the lane's lowest limb goes.</param>
    /// <param name="stride">The distance of the limbs, in numbers.</param>
    public static void Write(in HalfScalar half, int bits, long* limbs, int stride)
    {
        const long mask = (1L << LimbBits) - 1;
        long sign = half.IsNegative ? -1 : 1;
        long limb0 = sign * ((long)(ulong)half.Magnitude & mask);
        long limb1 = sign * ((long)(ulong)(half.Magnitude >> LimbBits) & mask);
        long limb2 = sign * (long)(ulong)(half.Magnitude >> (2 * LimbBits));
        limb1 += limb0 >> LimbBits;
        limb2 += (limb1 >> LimbBits) + (1L << (bits - 1 - (2 * LimbBits)));
        limbs[0] = limb0 & mask;
        limbs[stride] = limb1 & mask;
        limbs[2 * stride] = limb2;
    }
}
