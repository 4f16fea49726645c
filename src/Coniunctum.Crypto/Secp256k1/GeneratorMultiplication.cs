using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>Secret multiples of the generator, in time and with memory accesses that do not depend on the scalar.</summary>
[SkipLocalsInit]
internal static class GeneratorMultiplication
{
    private const int WindowCount = 64;

    /// <summary>The point k·G, normalized, for a secret k other than zero.</summary>
    public static void Multiply(in Scalar k, out AffinePoint result)
    {
        Span<byte> windows = stackalloc byte[WindowCount];
        ulong negated = k.ToSignedWindows(windows);
        ReadOnlySpan<PackedPoint> table = GeneratorTables.Windows;
        ProjectivePoint sum = ProjectivePoint.Infinity;
        AffinePoint term = default;
        FieldElement negativeY = default;
        for (int i = 0; i < WindowCount; i++)
        {
            // A window w stands for 2w − 15: for w of 8 and more entry w − 8, below that the negative of entry 7 − w.
            uint window = windows[i];
            ulong negative = (ulong)(window >> 3) - 1;
            uint index = (window ^ (uint)negative) & 7;
            PackedPoint.Select(
                table.Slice(i * GeneratorTables.PointsInWindow, GeneratorTables.PointsInWindow), index, out term);
            FieldElement.Negate(term.Y, 1, out negativeY);
            term.Y.Replace(negative ^ negated, negativeY);
            sum.Add(term);
        }

        sum.ToAffine(out result);
        Secret.Wipe(ref sum);
        Secret.Wipe(ref term);
        Secret.Wipe(ref negativeY);
        CryptographicOperations.ZeroMemory(windows);
    }
}
