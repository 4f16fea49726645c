using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>
/// Arithmetic modulo p on vectors of elements. Pointers are fastest when aligned to 64 bytes; a result may be any operand
/// except the second factor of a product.
/// </summary>
/// <remarks>
/// A product takes factors whose magnitudes have a product of at most 3, and a subtrahend of magnitude up to 8. Then a column
/// is below 8⅛·3·2⁵⁸ &lt; 2⁶³ (eight products of full limbs, two of which may have the wider limb 0; the narrow limb 8
/// makes up for the ninth), and what is carried or folded into it stays below 2⁴⁶.
/// </remarks>
internal static unsafe partial class LaneField<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    private const long Mask29 = (1L << 29) - 1;
    private const long Mask24 = (1L << 24) - 1;

    // 2²⁵⁶ ≡ 2³² + 977, and 2²⁶¹ ≡ 2³⁷ + 32·977. A 2³² is 8 in the next limb, a 2³⁷ is 256 there.
    private const long Fold256 = 977;
    private const long Fold261 = 32 * Fold256;

    /// <summary>result ← a·b, reduced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(LaneElement<TLanes>* a, LaneElement<TLanes>* b, LaneElement<TLanes>* result)
    {
        if (TLanes.HasManyRegisters)
            MultiplyByColumns(a, b, result);
        else
            MultiplyByRows(a, b, null, result);
    }

    /// <summary>result ← a·b − subtrahend, reduced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplySubtract(
        LaneElement<TLanes>* a, LaneElement<TLanes>* b, LaneElement<TLanes>* subtrahend, LaneElement<TLanes>* result)
    {
        if (TLanes.HasManyRegisters)
            MultiplySubtractByColumns(a, b, subtrahend, result);
        else
            MultiplyByRows(a, b, subtrahend, result);
    }

    /// <summary>result ← a², reduced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Square(LaneElement<TLanes>* a, LaneElement<TLanes>* result)
    {
        if (TLanes.HasManyRegisters)
            SquareByColumns(a, result);
        else
            SquareByRows(a, null, result);
    }

    /// <summary>result ← a² − subtrahend, reduced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SquareSubtract(LaneElement<TLanes>* a, LaneElement<TLanes>* subtrahend, LaneElement<TLanes>* result)
    {
        if (TLanes.HasManyRegisters)
            SquareSubtractByColumns(a, subtrahend, result);
        else
            SquareByRows(a, subtrahend, result);
    }

    /// <summary>result ← a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(LaneElement<TLanes>* a, LaneElement<TLanes>* b, LaneElement<TLanes>* result)
    {
        result->L0 = a->L0 + b->L0;
        result->L1 = a->L1 + b->L1;
        result->L2 = a->L2 + b->L2;
        result->L3 = a->L3 + b->L3;
        result->L4 = a->L4 + b->L4;
        result->L5 = a->L5 + b->L5;
        result->L6 = a->L6 + b->L6;
        result->L7 = a->L7 + b->L7;
        result->L8 = a->L8 + b->L8;
    }

    /// <summary>result ← a + 2b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTwice(LaneElement<TLanes>* a, LaneElement<TLanes>* b, LaneElement<TLanes>* result)
    {
        result->L0 = a->L0 + b->L0 + b->L0;
        result->L1 = a->L1 + b->L1 + b->L1;
        result->L2 = a->L2 + b->L2 + b->L2;
        result->L3 = a->L3 + b->L3 + b->L3;
        result->L4 = a->L4 + b->L4 + b->L4;
        result->L5 = a->L5 + b->L5 + b->L5;
        result->L6 = a->L6 + b->L6 + b->L6;
        result->L7 = a->L7 + b->L7 + b->L7;
        result->L8 = a->L8 + b->L8 + b->L8;
    }

    /// <summary>result ← a − b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(LaneElement<TLanes>* a, LaneElement<TLanes>* b, LaneElement<TLanes>* result)
    {
        result->L0 = a->L0 - b->L0;
        result->L1 = a->L1 - b->L1;
        result->L2 = a->L2 - b->L2;
        result->L3 = a->L3 - b->L3;
        result->L4 = a->L4 - b->L4;
        result->L5 = a->L5 - b->L5;
        result->L6 = a->L6 - b->L6;
        result->L7 = a->L7 - b->L7;
        result->L8 = a->L8 - b->L8;
    }

    /// <summary>result ← 3a/2 for a reduced a; its magnitude is 3/2 (2 in limb 8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ThreeHalves(LaneElement<TLanes>* a, LaneElement<TLanes>* result)
    {
        // a/2 = Σ ⌈aᵢ/2⌉·2²⁹ⁱ, less 2²⁸ in the limb below each odd one; below limb 0 that is 1/2, and −1/2 ≡ (p − 1)/2 =
        // 2²⁵⁵ − 2³¹ − 489. Rounding up and subtracting keeps the limbs smaller than rounding down and adding.
        TLanes half = TLanes.Broadcast(1L << 28);
        TLanes odd = a->L0 & TLanes.Broadcast(1);
        result->L0 = a->L0 + a->L0 - (a->L0 >> 1) - ((a->L1 << 28) & half) - (odd * TLanes.Broadcast(489));
        result->L1 = a->L1 + a->L1 - (a->L1 >> 1) - ((a->L2 << 28) & half) - (odd << 2);
        result->L2 = a->L2 + a->L2 - (a->L2 >>> 1) - ((a->L3 << 28) & half);
        result->L3 = a->L3 + a->L3 - (a->L3 >>> 1) - ((a->L4 << 28) & half);
        result->L4 = a->L4 + a->L4 - (a->L4 >>> 1) - ((a->L5 << 28) & half);
        result->L5 = a->L5 + a->L5 - (a->L5 >>> 1) - ((a->L6 << 28) & half);
        result->L6 = a->L6 + a->L6 - (a->L6 >>> 1) - ((a->L7 << 28) & half);
        result->L7 = a->L7 + a->L7 - (a->L7 >>> 1) - ((a->L8 << 28) & half);
        result->L8 = a->L8 + a->L8 - (a->L8 >>> 1) + (odd << 23);
    }

    /// <summary>Negates the element in the lanes where <paramref name="mask"/> is all ones; 0 leaves the others.</summary>
    public static void NegateWhere(TLanes mask, LaneElement<TLanes>* a)
    {
        a->L0 = (a->L0 ^ mask) - mask;
        a->L1 = (a->L1 ^ mask) - mask;
        a->L2 = (a->L2 ^ mask) - mask;
        a->L3 = (a->L3 ^ mask) - mask;
        a->L4 = (a->L4 ^ mask) - mask;
        a->L5 = (a->L5 ^ mask) - mask;
        a->L6 = (a->L6 ^ mask) - mask;
        a->L7 = (a->L7 ^ mask) - mask;
        a->L8 = (a->L8 ^ mask) - mask;
    }
}
