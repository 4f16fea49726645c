using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// A number modulo p = 2²⁵⁶ − 2³² − 977, in five limbs of 52 bits with spare bits above them, so that sums need no carry.
/// </summary>
/// <remarks>
/// An element of magnitude m has limbs of at most 2m·(2⁵² − 1), the top one 2m·(2⁴⁸ − 1). A product has magnitude 1 and
/// takes factors up to <see cref="MaxFactorMagnitude"/>; sums add magnitudes; debug builds assert the bound. Equal numbers
/// have several forms until <see cref="Normalize"/>. Every member takes the same time for every value.
/// Results go to <c>out</c> parameters, which may be one of the operands: a returned struct would be copied with wide
/// loads right after narrow stores, which stalls.
/// </remarks>
[SkipLocalsInit]
internal partial struct FieldElement : IInvertible<FieldElement>
{
    /// <summary>The length of the big-endian form in bytes.</summary>
    public const int Size = 32;

    /// <summary>The largest magnitude that a factor may have.</summary>
    public const int MaxFactorMagnitude = 8;

    private const ulong Mask52 = (1UL << 52) - 1;
    private const ulong Mask48 = (1UL << 48) - 1;

    // p = 2²⁵⁶ − Fold, so that 2²⁵⁶ ≡ Fold and 2²⁶⁰ ≡ 16·Fold.
    private const ulong Fold = 0x1_0000_03D1;
    private const ulong LowestLimbOfP = (1UL << 52) - Fold;

    private ulong _n0;
    private ulong _n1;
    private ulong _n2;
    private ulong _n3;
    private ulong _n4;

    /// <summary>A small number.</summary>
    public FieldElement(uint value) => (_n0, _n1, _n2, _n3, _n4) = (value, 0, 0, 0, 0);

    /// <summary>The number of four 64-bit words, least significant first; normalized when below p.</summary>
    public FieldElement(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        _n0 = w0 & Mask52;
        _n1 = ((w0 >> 52) | (w1 << 12)) & Mask52;
        _n2 = ((w1 >> 40) | (w2 << 24)) & Mask52;
        _n3 = ((w2 >> 28) | (w3 << 36)) & Mask52;
        _n4 = w3 >> 16;
    }

    /// <summary>Reads 32 big-endian bytes; false when the number is not below p.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FieldElement value)
    {
        value = new FieldElement(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes));
        return value.BelowP() != 0;
    }

    /// <summary>Writes a normalized element as 32 big-endian bytes.</summary>
    public readonly void Write(Span<byte> destination)
    {
        ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        BinaryPrimitives.WriteUInt64BigEndian(destination, w3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], w2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], w1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], w0);
    }

    /// <summary>The four 64-bit words of a normalized element, least significant first.</summary>
    public readonly void ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3)
    {
        Debug.Assert(_n0 <= Mask52 && _n1 <= Mask52 && _n2 <= Mask52 && _n3 <= Mask52 && _n4 <= Mask48 && BelowP() != 0, "normalized");
        w0 = _n0 | (_n1 << 52);
        w1 = (_n1 >> 12) | (_n2 << 40);
        w2 = (_n2 >> 24) | (_n3 << 28);
        w3 = (_n3 >> 36) | (_n4 << 16);
    }

    /// <summary>Whether a normalized element is odd.</summary>
    public readonly bool IsOdd => (_n0 & 1) != 0;

    /// <summary>Whether a normalized element is zero.</summary>
    public readonly bool IsZero => (_n0 | _n1 | _n2 | _n3 | _n4) == 0;

    /// <summary>Whether an element of any form is zero modulo p.</summary>
    public readonly bool IsZeroModulo()
    {
        FieldElement copy = this;
        copy.Normalize();
        return copy.IsZero;
    }

    /// <summary>Whether two elements of any form, <paramref name="a"/> of magnitude 1, are equal modulo p.</summary>
    public static bool AreEqual(in FieldElement a, in FieldElement b)
    {
        Negate(a, 1, out FieldElement difference);
        Add(difference, b, out difference);
        return difference.IsZeroModulo();
    }

    /// <summary>The sum; magnitudes add.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        result._n0 = a._n0 + b._n0;
        result._n1 = a._n1 + b._n1;
        result._n2 = a._n2 + b._n2;
        result._n3 = a._n3 + b._n3;
        result._n4 = a._n4 + b._n4;
    }

    /// <summary>The negative of an element whose magnitude is at most <paramref name="magnitude"/>; the result's is one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Negate(in FieldElement a, int magnitude, out FieldElement result)
    {
        a.AssertMagnitude(magnitude);

        // 2·(magnitude + 1)·p is at least the element in every limb.
        ulong multiple = 2UL * (ulong)(magnitude + 1);
        result._n0 = (LowestLimbOfP * multiple) - a._n0;
        result._n1 = (Mask52 * multiple) - a._n1;
        result._n2 = (Mask52 * multiple) - a._n2;
        result._n3 = (Mask52 * multiple) - a._n3;
        result._n4 = (Mask48 * multiple) - a._n4;
    }

    /// <summary>The difference a − b, where b's magnitude is at most <paramref name="magnitudeOfB"/>; it adds one more than that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(in FieldElement a, in FieldElement b, int magnitudeOfB, out FieldElement result)
    {
        b.AssertMagnitude(magnitudeOfB);
        ulong multiple = 2UL * (ulong)(magnitudeOfB + 1);
        result._n0 = a._n0 + ((LowestLimbOfP * multiple) - b._n0);
        result._n1 = a._n1 + ((Mask52 * multiple) - b._n1);
        result._n2 = a._n2 + ((Mask52 * multiple) - b._n2);
        result._n3 = a._n3 + ((Mask52 * multiple) - b._n3);
        result._n4 = a._n4 + ((Mask48 * multiple) - b._n4);
    }

    /// <summary>A small multiple; the magnitude is multiplied too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplySmall(in FieldElement a, uint factor, out FieldElement result)
    {
        result._n0 = a._n0 * factor;
        result._n1 = a._n1 * factor;
        result._n2 = a._n2 * factor;
        result._n3 = a._n3 * factor;
        result._n4 = a._n4 * factor;
    }

    /// <summary>Half of the element modulo p; magnitude m becomes ⌊m/2⌋ + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Half(in FieldElement a, out FieldElement result)
    {
        // An odd element becomes even by adding p, which is odd.
        ulong odd = 0 - (a._n0 & 1);
        ulong t0 = a._n0 + (LowestLimbOfP & odd);
        ulong t1 = a._n1 + (Mask52 & odd);
        ulong t2 = a._n2 + (Mask52 & odd);
        ulong t3 = a._n3 + (Mask52 & odd);
        ulong t4 = a._n4 + (Mask48 & odd);
        result._n0 = (t0 >> 1) + ((t1 & 1) << 51);
        result._n1 = (t1 >> 1) + ((t2 & 1) << 51);
        result._n2 = (t2 >> 1) + ((t3 & 1) << 51);
        result._n3 = (t3 >> 1) + ((t4 & 1) << 51);
        result._n4 = t4 >> 1;
    }

    /// <summary>Replaces the element by <paramref name="other"/> where <paramref name="mask"/> is all ones; 0 leaves it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Replace(ulong mask, in FieldElement other)
    {
        _n0 = WideMath.Select(mask, other._n0, _n0);
        _n1 = WideMath.Select(mask, other._n1, _n1);
        _n2 = WideMath.Select(mask, other._n2, _n2);
        _n3 = WideMath.Select(mask, other._n3, _n3);
        _n4 = WideMath.Select(mask, other._n4, _n4);
    }

    /// <summary>Brings the magnitude down to 1, not necessarily below p.</summary>
    public void NormalizeWeakly()
    {
        ulong t0 = _n0 + ((_n4 >> 48) * Fold);
        ulong t1 = _n1 + (t0 >> 52);
        ulong t2 = _n2 + (t1 >> 52);
        ulong t3 = _n3 + (t2 >> 52);
        _n4 = (_n4 & Mask48) + (t3 >> 52);
        (_n0, _n1, _n2, _n3) = (t0 & Mask52, t1 & Mask52, t2 & Mask52, t3 & Mask52);
    }

    /// <summary>Brings the element into its only form below p.</summary>
    public void Normalize()
    {
        NormalizeWeakly();

        // What is left is below 2p: one more folding when bit 256 is set or the number is p or more.
        ulong excess = (_n4 >> 48) | (1 ^ BelowP());
        ulong t0 = _n0 + (excess * Fold);
        ulong t1 = _n1 + (t0 >> 52);
        ulong t2 = _n2 + (t1 >> 52);
        ulong t3 = _n3 + (t2 >> 52);
        _n4 = (_n4 + (t3 >> 52)) & Mask48;
        (_n0, _n1, _n2, _n3) = (t0 & Mask52, t1 & Mask52, t2 & Mask52, t3 & Mask52);
    }

    /// <summary>1 when limbs without excess bits hold a number below p, else 0.</summary>
    private readonly ulong BelowP()
    {
        ulong upperNotAllOnes = ~WideMath.ZeroMask((_n4 ^ Mask48) | ((_n1 & _n2 & _n3) ^ Mask52)) & 1;
        ulong lowestBelow = (_n0 - LowestLimbOfP) >> 63;
        return upperNotAllOnes | lowestBelow;
    }

    [Conditional("DEBUG")]
    private readonly void AssertMagnitude(int magnitude)
    {
        ulong limit = 2UL * (ulong)magnitude;
        Debug.Assert(
            _n0 <= limit * Mask52 && _n1 <= limit * Mask52 && _n2 <= limit * Mask52 && _n3 <= limit * Mask52 && _n4 <= limit * Mask48,
            "the magnitude is exceeded");
    }
}
