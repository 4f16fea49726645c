using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <content>
/// Products for 16 registers, without an arithmetic shift: nine columns are in the making at a time, finished ones wait in
/// memory, and all limbs are read from there. The columns' sums carry a bias of 2⁶³, with which they are unsigned numbers and
/// their carries too large by 2³⁴; so every later column starts at 2⁶³ − 2³⁴.
/// </content>
internal static unsafe partial class LaneField<TLanes>
{
    private const long Bias = long.MinValue;
    private const long BiasAfterCarry = unchecked(Bias - (1L << 34));

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyByRows(LaneElement<TLanes>* a, LaneElement<TLanes>* b, LaneElement<TLanes>* subtrahend, LaneElement<TLanes>* result)
    {
        TLanes* low = stackalloc TLanes[8];
        TLanes x = a->L0;
        TLanes c0 = x * b->L0; TLanes c1 = x * b->L1; TLanes c2 = x * b->L2; TLanes c3 = x * b->L3;
        TLanes c4 = x * b->L4; TLanes c5 = x * b->L5; TLanes c6 = x * b->L6; TLanes c7 = x * b->L7;
        TLanes c8 = x * b->L8;
        low[0] = c0;

        x = a->L1;
        c1 += x * b->L0; c2 += x * b->L1; c3 += x * b->L2; c4 += x * b->L3; c5 += x * b->L4; c6 += x * b->L5;
        c7 += x * b->L6; c8 += x * b->L7; TLanes c9 = x * b->L8;
        low[1] = c1;

        x = a->L2;
        c2 += x * b->L0; c3 += x * b->L1; c4 += x * b->L2; c5 += x * b->L3; c6 += x * b->L4; c7 += x * b->L5;
        c8 += x * b->L6; c9 += x * b->L7; TLanes c10 = x * b->L8;
        low[2] = c2;

        x = a->L3;
        c3 += x * b->L0; c4 += x * b->L1; c5 += x * b->L2; c6 += x * b->L3; c7 += x * b->L4; c8 += x * b->L5;
        c9 += x * b->L6; c10 += x * b->L7; TLanes c11 = x * b->L8;
        low[3] = c3;

        x = a->L4;
        c4 += x * b->L0; c5 += x * b->L1; c6 += x * b->L2; c7 += x * b->L3; c8 += x * b->L4; c9 += x * b->L5;
        c10 += x * b->L6; c11 += x * b->L7; TLanes c12 = x * b->L8;
        low[4] = c4;

        x = a->L5;
        c5 += x * b->L0; c6 += x * b->L1; c7 += x * b->L2; c8 += x * b->L3; c9 += x * b->L4; c10 += x * b->L5;
        c11 += x * b->L6; c12 += x * b->L7; TLanes c13 = x * b->L8;
        low[5] = c5;

        x = a->L6;
        c6 += x * b->L0; c7 += x * b->L1; c8 += x * b->L2; c9 += x * b->L3; c10 += x * b->L4; c11 += x * b->L5;
        c12 += x * b->L6; c13 += x * b->L7; TLanes c14 = x * b->L8;
        low[6] = c6;

        x = a->L7;
        c7 += x * b->L0; c8 += x * b->L1; c9 += x * b->L2; c10 += x * b->L3; c11 += x * b->L4; c12 += x * b->L5;
        c13 += x * b->L6; c14 += x * b->L7; TLanes c15 = x * b->L8;
        low[7] = c7;

        x = a->L8;
        c8 += x * b->L0; c9 += x * b->L1; c10 += x * b->L2; c11 += x * b->L3; c12 += x * b->L4; c13 += x * b->L5;
        c14 += x * b->L6; c15 += x * b->L7; TLanes c16 = x * b->L8;
        ReduceRows(low, c8, c9, c10, c11, c12, c13, c14, c15, c16, subtrahend, result);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SquareByRows(LaneElement<TLanes>* a, LaneElement<TLanes>* subtrahend, LaneElement<TLanes>* result)
    {
        TLanes* low = stackalloc TLanes[8];
        TLanes x = a->L0;
        TLanes c0 = x * x;
        x += x;
        TLanes c1 = x * a->L1; TLanes c2 = x * a->L2; TLanes c3 = x * a->L3; TLanes c4 = x * a->L4;
        TLanes c5 = x * a->L5; TLanes c6 = x * a->L6; TLanes c7 = x * a->L7; TLanes c8 = x * a->L8;
        low[0] = c0;
        low[1] = c1;

        x = a->L1;
        c2 += x * x;
        x += x;
        c3 += x * a->L2; c4 += x * a->L3; c5 += x * a->L4; c6 += x * a->L5; c7 += x * a->L6; c8 += x * a->L7;
        TLanes c9 = x * a->L8;
        low[2] = c2;
        low[3] = c3;

        x = a->L2;
        c4 += x * x;
        x += x;
        c5 += x * a->L3; c6 += x * a->L4; c7 += x * a->L5; c8 += x * a->L6; c9 += x * a->L7; TLanes c10 = x * a->L8;
        low[4] = c4;
        low[5] = c5;

        x = a->L3;
        c6 += x * x;
        x += x;
        c7 += x * a->L4; c8 += x * a->L5; c9 += x * a->L6; c10 += x * a->L7; TLanes c11 = x * a->L8;
        low[6] = c6;
        low[7] = c7;

        x = a->L4;
        c8 += x * x;
        x += x;
        c9 += x * a->L5; c10 += x * a->L6; c11 += x * a->L7; TLanes c12 = x * a->L8;

        x = a->L5;
        c10 += x * x;
        x += x;
        c11 += x * a->L6; c12 += x * a->L7; TLanes c13 = x * a->L8;

        x = a->L6;
        c12 += x * x;
        x += x;
        c13 += x * a->L7; TLanes c14 = x * a->L8;

        x = a->L7;
        c14 += x * x;
        x += x;
        TLanes c15 = x * a->L8;

        x = a->L8;
        TLanes c16 = x * x;
        ReduceRows(low, c8, c9, c10, c11, c12, c13, c14, c15, c16, subtrahend, result);
    }

    /// <summary>Turns columns into limbs. The subtrahend may be null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReduceRows(
        TLanes* low, TLanes c8, TLanes c9, TLanes c10, TLanes c11, TLanes c12, TLanes c13, TLanes c14, TLanes c15, TLanes c16,
        LaneElement<TLanes>* subtrahend, LaneElement<TLanes>* result)
    {
        TLanes mask = TLanes.Broadcast(Mask29), fold = TLanes.Broadcast(Fold261), bias = TLanes.Broadcast(BiasAfterCarry);
        c8 += TLanes.Broadcast(Bias);
        c9 += bias + (c8 >>> 29);
        c8 &= mask;
        c10 += bias + (c9 >>> 29);
        c9 &= mask;
        c11 += bias + (c10 >>> 29);
        c10 &= mask;
        c12 += bias + (c11 >>> 29);
        c11 &= mask;
        c13 += bias + (c12 >>> 29);
        c12 &= mask;
        c14 += bias + (c13 >>> 29);
        c13 &= mask;
        c15 += bias + (c14 >>> 29);
        c14 &= mask;
        c16 += bias + (c15 >>> 29);
        c15 &= mask;
        TLanes c17 = (c16 >>> 29) - TLanes.Broadcast(Bias >>> 29);
        c16 &= mask;

        if (subtrahend != null)
        {
            low[0] -= subtrahend->L0;
            low[1] -= subtrahend->L1;
            low[2] -= subtrahend->L2;
            low[3] -= subtrahend->L3;
            low[4] -= subtrahend->L4;
            low[5] -= subtrahend->L5;
            low[6] -= subtrahend->L6;
            low[7] -= subtrahend->L7;
            c8 -= subtrahend->L8;
        }

        TLanes t = low[0] + TLanes.Broadcast(Bias) + (c9 * fold) + (c17 * TLanes.Broadcast(Fold261 << 8));
        TLanes r0 = t & mask;
        t = low[1] + bias + (c10 * fold) + (c9 << 8) + (c17 << 16) + (t >>> 29);
        TLanes r1 = t & mask;
        t = low[2] + bias + (c11 * fold) + (c10 << 8) + (t >>> 29);
        result->L2 = t & mask;
        t = low[3] + bias + (c12 * fold) + (c11 << 8) + (t >>> 29);
        result->L3 = t & mask;
        t = low[4] + bias + (c13 * fold) + (c12 << 8) + (t >>> 29);
        result->L4 = t & mask;
        t = low[5] + bias + (c14 * fold) + (c13 << 8) + (t >>> 29);
        result->L5 = t & mask;
        t = low[6] + bias + (c15 * fold) + (c14 << 8) + (t >>> 29);
        result->L6 = t & mask;
        t = low[7] + bias + (c16 * fold) + (c15 << 8) + (t >>> 29);
        result->L7 = t & mask;
        t = c8 + bias + (c17 * fold) + (c16 << 8) + (t >>> 29);
        result->L8 = t & TLanes.Broadcast(Mask24);
        t = (t >>> 24) - TLanes.Broadcast(Bias >>> 24);
        result->L0 = r0 + (t * TLanes.Broadcast(Fold256));
        result->L1 = r1 + (t << 3);
    }
}
