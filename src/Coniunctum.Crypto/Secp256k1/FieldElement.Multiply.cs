using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <content>
/// Products. Each partial product a·b &lt; 2¹¹² is cut at bit 56: the high part is the upper word of (a·2⁸)·b, and the low
/// parts of a column, being less than 2⁶⁴ together, are the wrapped sum of the low words minus the high parts' sum · 2⁵⁶.
/// So a column costs two multiplications and two additions a product, and no carry is ever looked for.
/// </content>
internal partial struct FieldElement
{
    /// <summary>The product, of magnitude 1.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Multiply(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        a.AssertMagnitude(MaxFactorMagnitude);
        b.AssertMagnitude(MaxFactorMagnitude);
        ulong a0 = a._n0, a1 = a._n1, a2 = a._n2, a3 = a._n3, a4 = a._n4;
        ulong b0 = b._n0, b1 = b._n1, b2 = b._n2, b3 = b._n3, b4 = b._n4;
        ulong s0 = a0 << 8, s1 = a1 << 8, s2 = a2 << 8, s3 = a3 << 8, s4 = a4 << 8;

        ulong high = High(s0, b0);
        ulong c0 = (a0 * b0) - (high << 56);
        ulong c1 = high << 4;

        high = High(s0, b1) + High(s1, b0);
        c1 += (a0 * b1) + (a1 * b0) - (high << 56);
        ulong c2 = high << 4;

        high = High(s0, b2) + High(s1, b1) + High(s2, b0);
        c2 += (a0 * b2) + (a1 * b1) + (a2 * b0) - (high << 56);
        ulong c3 = high << 4;

        high = High(s0, b3) + High(s1, b2) + High(s2, b1) + High(s3, b0);
        c3 += (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0) - (high << 56);
        ulong c4 = high << 4;

        high = High(s0, b4) + High(s1, b3) + High(s2, b2) + High(s3, b1) + High(s4, b0);
        c4 += (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0) - (high << 56);
        ulong c5 = high << 4;

        high = High(s1, b4) + High(s2, b3) + High(s3, b2) + High(s4, b1);
        c5 += (a1 * b4) + (a2 * b3) + (a3 * b2) + (a4 * b1) - (high << 56);
        ulong c6 = high << 4;

        high = High(s2, b4) + High(s3, b3) + High(s4, b2);
        c6 += (a2 * b4) + (a3 * b3) + (a4 * b2) - (high << 56);
        ulong c7 = high << 4;

        high = High(s3, b4) + High(s4, b3);
        c7 += (a3 * b4) + (a4 * b3) - (high << 56);
        ulong c8 = high << 4;

        high = High(s4, b4);
        c8 += (a4 * b4) - (high << 56);
        Reduce(c0, c1, c2, c3, c4, c5, c6, c7, c8, high << 4, out result);
    }

    /// <summary>The square, of magnitude 1.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Square(in FieldElement a, out FieldElement result)
    {
        a.AssertMagnitude(MaxFactorMagnitude);
        ulong a0 = a._n0, a1 = a._n1, a2 = a._n2, a3 = a._n3, a4 = a._n4;
        ulong s0 = a0 << 8, s1 = a1 << 8, s2 = a2 << 8, s3 = a3 << 8;
        ulong d0 = a0 << 1, d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1;

        ulong high = High(s0, a0);
        ulong c0 = (a0 * a0) - (high << 56);
        ulong c1 = high << 4;

        high = 2 * High(s0, a1);
        c1 += (d0 * a1) - (high << 56);
        ulong c2 = high << 4;

        high = (2 * High(s0, a2)) + High(s1, a1);
        c2 += (d0 * a2) + (a1 * a1) - (high << 56);
        ulong c3 = high << 4;

        high = 2 * (High(s0, a3) + High(s1, a2));
        c3 += (d0 * a3) + (d1 * a2) - (high << 56);
        ulong c4 = high << 4;

        high = (2 * (High(s0, a4) + High(s1, a3))) + High(s2, a2);
        c4 += (d0 * a4) + (d1 * a3) + (a2 * a2) - (high << 56);
        ulong c5 = high << 4;

        high = 2 * (High(s1, a4) + High(s2, a3));
        c5 += (d1 * a4) + (d2 * a3) - (high << 56);
        ulong c6 = high << 4;

        high = (2 * High(s2, a4)) + High(s3, a3);
        c6 += (d2 * a4) + (a3 * a3) - (high << 56);
        ulong c7 = high << 4;

        high = 2 * High(s3, a4);
        c7 += (d3 * a4) - (high << 56);
        ulong c8 = high << 4;

        high = High(a4 << 8, a4);
        c8 += (a4 * a4) - (high << 56);
        Reduce(c0, c1, c2, c3, c4, c5, c6, c7, c8, high << 4, out result);
    }

    /// <summary>
    /// Folds ten columns of weight 2⁵²ⁱ, each below 2⁶³ and the last below 2⁵², into five limbs of magnitude 1. Bits beyond
    /// 52 move up one column only, all columns at once: magnitude 1 leaves room for them, and no chain of carries forms.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(
        ulong c0, ulong c1, ulong c2, ulong c3, ulong c4, ulong c5, ulong c6, ulong c7, ulong c8, ulong c9, out FieldElement result)
    {
        const ulong fold260 = Fold << 4;

        ulong upper = (c5 & Mask52) + (c4 >> 52);
        ulong high = High(upper << 8, fold260);
        c0 += (upper * fold260) - (high << 56);
        c1 += high << 4;

        upper = (c6 & Mask52) + (c5 >> 52);
        high = High(upper << 8, fold260);
        c1 += (upper * fold260) - (high << 56);
        c2 += high << 4;

        upper = (c7 & Mask52) + (c6 >> 52);
        high = High(upper << 8, fold260);
        c2 += (upper * fold260) - (high << 56);
        c3 += high << 4;

        upper = (c8 & Mask52) + (c7 >> 52);
        high = High(upper << 8, fold260);
        c3 += (upper * fold260) - (high << 56);
        c4 = (c4 & Mask52) + (high << 4);

        upper = c9 + (c8 >> 52);
        high = High(upper << 8, fold260);
        c4 += (upper * fold260) - (high << 56);

        // The last high part has weight 2²⁶⁴ = 2⁸·2²⁵⁶; the excess over 2²⁵⁶ is below 2⁴⁶.
        ulong excess = (high << 8) + (c4 >> 48);
        result._n0 = (c0 & Mask52) + ((excess * Fold) & Mask52);
        result._n1 = (c1 & Mask52) + (c0 >> 52) + High(excess << 12, Fold);
        result._n2 = (c2 & Mask52) + (c1 >> 52);
        result._n3 = (c3 & Mask52) + (c2 >> 52);
        result._n4 = (c4 & Mask48) + (c3 >> 52);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) => WideMath.MultiplyHigh(a, b);
}
