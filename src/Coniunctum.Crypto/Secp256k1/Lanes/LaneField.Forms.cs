using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <content>Forms of an element: its smallest, the small number, and four words of 64 bits.</content>
internal static unsafe partial class LaneField<TLanes>
{
    /// <summary>result ← the same small number in every lane, 0 ≤ value &lt; 2²⁹.</summary>
    public static void Set(long value, LaneElement<TLanes>* result)
    {
        *result = default;
        result->L0 = TLanes.Broadcast(value);
    }

    /// <summary>Brings a reduced element, or the negative of a normalized one, into [0, 2²⁵⁶), each limb into its range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NormalizeWeakly(LaneElement<TLanes>* a)
    {
        // The number is above −p and below 2²⁵⁶ + 2⁵⁵. Where it is not in [0, 2²⁵⁶), the first carry adds or subtracts p; the
        // second tidies up.
        Carry(a);
        Carry(a);
    }

    /// <summary>Brings a reduced element, or the negative of a normalized one, into its only form below p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(LaneElement<TLanes>* a)
    {
        NormalizeWeakly(a);

        // a ≥ p says that a + 2³² + 977 reaches 2²⁵⁶, and leaves a − p below it.
        TLanes t = a->L0 + TLanes.Broadcast(Fold256);
        t = a->L1 + TLanes.Broadcast(8) + (t >>> 29);
        t = a->L2 + (t >>> 29);
        t = a->L3 + (t >>> 29);
        t = a->L4 + (t >>> 29);
        t = a->L5 + (t >>> 29);
        t = a->L6 + (t >>> 29);
        t = a->L7 + (t >>> 29);
        t = a->L8 + (t >>> 29);
        TLanes over = t >>> 24;
        a->L0 += over * TLanes.Broadcast(Fold256);
        a->L1 += over << 3;
        a->L8 -= over << 24;
        Carry(a);
    }

    /// <summary>All ones in the lanes where a normalized element is zero.</summary>
    public static TLanes IsZero(LaneElement<TLanes>* a) =>
        TLanes.IsZero(a->L0 | a->L1 | a->L2 | a->L3 | a->L4 | a->L5 | a->L6 | a->L7 | a->L8);

    /// <summary>The four words of an element in [0, 2²⁵⁶) with each limb in its range, least significant first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToWords(LaneElement<TLanes>* a, TLanes* words)
    {
        words[0] = a->L0 | (a->L1 << 29) | (a->L2 << 58);
        words[1] = (a->L2 >>> 6) | (a->L3 << 23) | (a->L4 << 52);
        words[2] = (a->L4 >>> 12) | (a->L5 << 17) | (a->L6 << 46);
        words[3] = (a->L6 >>> 18) | (a->L7 << 11) | (a->L8 << 40);
    }

    /// <summary>The element of four words, least significant first, negated where <paramref name="negative"/> is all ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FromWords(
        TLanes word0, TLanes word1, TLanes word2, TLanes word3, TLanes negative, LaneElement<TLanes>* result)
    {
        TLanes mask = TLanes.Broadcast(Mask29);
        result->L0 = ((word0 & mask) ^ negative) - negative;
        result->L1 = (((word0 >>> 29) & mask) ^ negative) - negative;
        result->L2 = ((((word0 >>> 58) | (word1 << 6)) & mask) ^ negative) - negative;
        result->L3 = (((word1 >>> 23) & mask) ^ negative) - negative;
        result->L4 = ((((word1 >>> 52) | (word2 << 12)) & mask) ^ negative) - negative;
        result->L5 = (((word2 >>> 17) & mask) ^ negative) - negative;
        result->L6 = ((((word2 >>> 46) | (word3 << 18)) & mask) ^ negative) - negative;
        result->L7 = (((word3 >>> 11) & mask) ^ negative) - negative;
        result->L8 = ((word3 >>> 40) ^ negative) - negative;
    }

    /// <summary>Cuts every limb to its width, hands the excess on, and folds that of the last limb.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(LaneElement<TLanes>* a)
    {
        TLanes mask = TLanes.Broadcast(Mask29);
        TLanes t = a->L0;
        TLanes r0 = t & mask;
        t = a->L1 + (t >> 29);
        TLanes r1 = t & mask;
        t = a->L2 + (t >> 29);
        a->L2 = t & mask;
        t = a->L3 + (t >> 29);
        a->L3 = t & mask;
        t = a->L4 + (t >> 29);
        a->L4 = t & mask;
        t = a->L5 + (t >> 29);
        a->L5 = t & mask;
        t = a->L6 + (t >> 29);
        a->L6 = t & mask;
        t = a->L7 + (t >> 29);
        a->L7 = t & mask;
        t = a->L8 + (t >> 29);
        a->L8 = t & TLanes.Broadcast(Mask24);
        t >>= 24;
        a->L0 = r0 + (t * TLanes.Broadcast(Fold256));
        a->L1 = r1 + (t << 3);
    }
}
