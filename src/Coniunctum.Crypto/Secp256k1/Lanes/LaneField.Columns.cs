using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <content>
/// Products for 32 registers: all limbs of one factor stay in registers, and the columns come in the order in which their
/// carries are needed.
/// </content>
internal static unsafe partial class LaneField<TLanes>
{
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyByColumns(LaneElement<TLanes>* a, LaneElement<TLanes>* b, LaneElement<TLanes>* result)
    {
        TLanes a0 = a->L0, a1 = a->L1, a2 = a->L2, a3 = a->L3, a4 = a->L4;
        TLanes a5 = a->L5, a6 = a->L6, a7 = a->L7, a8 = a->L8;
        TLanes mask = TLanes.Broadcast(Mask29), fold = TLanes.Broadcast(Fold261);

        // Columns 8 to 16, weight 2²³² and up: what exceeds 29 bits moves on to the next. Columns 0 to 7 fill the time that
        // the carries take.
        TLanes c8 = (a0 * b->L8) + (a1 * b->L7) + (a2 * b->L6) + (a3 * b->L5) + (a4 * b->L4) + (a5 * b->L3) + (a6 * b->L2)
            + (a7 * b->L1) + (a8 * b->L0);
        TLanes c0 = (a0 * b->L0);
        TLanes c9 = (a1 * b->L8) + (a2 * b->L7) + (a3 * b->L6) + (a4 * b->L5) + (a5 * b->L4) + (a6 * b->L3) + (a7 * b->L2)
            + (a8 * b->L1) + (c8 >> 29);
        c8 &= mask;
        TLanes c1 = (a0 * b->L1) + (a1 * b->L0);
        TLanes c10 = (a2 * b->L8) + (a3 * b->L7) + (a4 * b->L6) + (a5 * b->L5) + (a6 * b->L4) + (a7 * b->L3) + (a8 * b->L2)
            + (c9 >> 29);
        c9 &= mask;
        TLanes c2 = (a0 * b->L2) + (a1 * b->L1) + (a2 * b->L0);
        TLanes c11 = (a3 * b->L8) + (a4 * b->L7) + (a5 * b->L6) + (a6 * b->L5) + (a7 * b->L4) + (a8 * b->L3) + (c10 >> 29);
        c10 &= mask;
        TLanes c3 = (a0 * b->L3) + (a1 * b->L2) + (a2 * b->L1) + (a3 * b->L0);
        TLanes c12 = (a4 * b->L8) + (a5 * b->L7) + (a6 * b->L6) + (a7 * b->L5) + (a8 * b->L4) + (c11 >> 29);
        c11 &= mask;
        TLanes c4 = (a0 * b->L4) + (a1 * b->L3) + (a2 * b->L2) + (a3 * b->L1) + (a4 * b->L0);
        TLanes c13 = (a5 * b->L8) + (a6 * b->L7) + (a7 * b->L6) + (a8 * b->L5) + (c12 >> 29);
        c12 &= mask;
        TLanes c5 = (a0 * b->L5) + (a1 * b->L4) + (a2 * b->L3) + (a3 * b->L2) + (a4 * b->L1) + (a5 * b->L0);
        TLanes c14 = (a6 * b->L8) + (a7 * b->L7) + (a8 * b->L6) + (c13 >> 29);
        c13 &= mask;
        TLanes c6 = (a0 * b->L6) + (a1 * b->L5) + (a2 * b->L4) + (a3 * b->L3) + (a4 * b->L2) + (a5 * b->L1) + (a6 * b->L0);
        TLanes c15 = (a7 * b->L8) + (a8 * b->L7) + (c14 >> 29);
        c14 &= mask;
        TLanes c7 = (a0 * b->L7) + (a1 * b->L6) + (a2 * b->L5) + (a3 * b->L4) + (a4 * b->L3) + (a5 * b->L2) + (a6 * b->L1)
            + (a7 * b->L0);
        TLanes c16 = (a8 * b->L8) + (c15 >> 29);
        c15 &= mask;
        TLanes c17 = c16 >> 29;
        c16 &= mask;

        // Columns 0 to 8, with columns 9 to 17 folded in at 2²⁶¹ ≡ 2³⁷ + 31264.
        TLanes t = c0 + (c9 * fold) + (c17 * TLanes.Broadcast(Fold261 << 8));
        TLanes r0 = t & mask;
        t = c1 + (c10 * fold) + (c9 << 8) + (c17 << 16) + (t >> 29);
        TLanes r1 = t & mask;
        t = c2 + (c11 * fold) + (c10 << 8) + (t >> 29);
        result->L2 = t & mask;
        t = c3 + (c12 * fold) + (c11 << 8) + (t >> 29);
        result->L3 = t & mask;
        t = c4 + (c13 * fold) + (c12 << 8) + (t >> 29);
        result->L4 = t & mask;
        t = c5 + (c14 * fold) + (c13 << 8) + (t >> 29);
        result->L5 = t & mask;
        t = c6 + (c15 * fold) + (c14 << 8) + (t >> 29);
        result->L6 = t & mask;
        t = c7 + (c16 * fold) + (c15 << 8) + (t >> 29);
        result->L7 = t & mask;
        t = c8 + (c17 * fold) + (c16 << 8) + (t >> 29);
        result->L8 = t & TLanes.Broadcast(Mask24);

        // The rest has weight 2²⁵⁶ ≡ 2³² + 977.
        t >>= 24;
        result->L0 = r0 + (t * TLanes.Broadcast(Fold256));
        result->L1 = r1 + (t << 3);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplySubtractByColumns(LaneElement<TLanes>* a, LaneElement<TLanes>* b, LaneElement<TLanes>* subtrahend, LaneElement<TLanes>* result)
    {
        TLanes a0 = a->L0, a1 = a->L1, a2 = a->L2, a3 = a->L3, a4 = a->L4;
        TLanes a5 = a->L5, a6 = a->L6, a7 = a->L7, a8 = a->L8;
        TLanes mask = TLanes.Broadcast(Mask29), fold = TLanes.Broadcast(Fold261);

        // Columns 8 to 16, weight 2²³² and up: what exceeds 29 bits moves on to the next. Columns 0 to 7 fill the time that
        // the carries take.
        TLanes c8 = (a0 * b->L8) + (a1 * b->L7) + (a2 * b->L6) + (a3 * b->L5) + (a4 * b->L4) + (a5 * b->L3) + (a6 * b->L2)
            + (a7 * b->L1) + (a8 * b->L0);
        TLanes c0 = (a0 * b->L0);
        TLanes c9 = (a1 * b->L8) + (a2 * b->L7) + (a3 * b->L6) + (a4 * b->L5) + (a5 * b->L4) + (a6 * b->L3) + (a7 * b->L2)
            + (a8 * b->L1) + (c8 >> 29);
        c8 &= mask;
        TLanes c1 = (a0 * b->L1) + (a1 * b->L0);
        TLanes c10 = (a2 * b->L8) + (a3 * b->L7) + (a4 * b->L6) + (a5 * b->L5) + (a6 * b->L4) + (a7 * b->L3) + (a8 * b->L2)
            + (c9 >> 29);
        c9 &= mask;
        TLanes c2 = (a0 * b->L2) + (a1 * b->L1) + (a2 * b->L0);
        TLanes c11 = (a3 * b->L8) + (a4 * b->L7) + (a5 * b->L6) + (a6 * b->L5) + (a7 * b->L4) + (a8 * b->L3) + (c10 >> 29);
        c10 &= mask;
        TLanes c3 = (a0 * b->L3) + (a1 * b->L2) + (a2 * b->L1) + (a3 * b->L0);
        TLanes c12 = (a4 * b->L8) + (a5 * b->L7) + (a6 * b->L6) + (a7 * b->L5) + (a8 * b->L4) + (c11 >> 29);
        c11 &= mask;
        TLanes c4 = (a0 * b->L4) + (a1 * b->L3) + (a2 * b->L2) + (a3 * b->L1) + (a4 * b->L0);
        TLanes c13 = (a5 * b->L8) + (a6 * b->L7) + (a7 * b->L6) + (a8 * b->L5) + (c12 >> 29);
        c12 &= mask;
        TLanes c5 = (a0 * b->L5) + (a1 * b->L4) + (a2 * b->L3) + (a3 * b->L2) + (a4 * b->L1) + (a5 * b->L0);
        TLanes c14 = (a6 * b->L8) + (a7 * b->L7) + (a8 * b->L6) + (c13 >> 29);
        c13 &= mask;
        TLanes c6 = (a0 * b->L6) + (a1 * b->L5) + (a2 * b->L4) + (a3 * b->L3) + (a4 * b->L2) + (a5 * b->L1) + (a6 * b->L0);
        TLanes c15 = (a7 * b->L8) + (a8 * b->L7) + (c14 >> 29);
        c14 &= mask;
        TLanes c7 = (a0 * b->L7) + (a1 * b->L6) + (a2 * b->L5) + (a3 * b->L4) + (a4 * b->L3) + (a5 * b->L2) + (a6 * b->L1)
            + (a7 * b->L0);
        TLanes c16 = (a8 * b->L8) + (c15 >> 29);
        c15 &= mask;
        TLanes c17 = c16 >> 29;
        c16 &= mask;

        // Columns 0 to 8, with columns 9 to 17 folded in at 2²⁶¹ ≡ 2³⁷ + 31264.
        TLanes t = c0 + (c9 * fold) + (c17 * TLanes.Broadcast(Fold261 << 8)) - subtrahend->L0;
        TLanes r0 = t & mask;
        t = c1 + (c10 * fold) + (c9 << 8) + (c17 << 16) + (t >> 29) - subtrahend->L1;
        TLanes r1 = t & mask;
        t = c2 + (c11 * fold) + (c10 << 8) + (t >> 29) - subtrahend->L2;
        result->L2 = t & mask;
        t = c3 + (c12 * fold) + (c11 << 8) + (t >> 29) - subtrahend->L3;
        result->L3 = t & mask;
        t = c4 + (c13 * fold) + (c12 << 8) + (t >> 29) - subtrahend->L4;
        result->L4 = t & mask;
        t = c5 + (c14 * fold) + (c13 << 8) + (t >> 29) - subtrahend->L5;
        result->L5 = t & mask;
        t = c6 + (c15 * fold) + (c14 << 8) + (t >> 29) - subtrahend->L6;
        result->L6 = t & mask;
        t = c7 + (c16 * fold) + (c15 << 8) + (t >> 29) - subtrahend->L7;
        result->L7 = t & mask;
        t = c8 + (c17 * fold) + (c16 << 8) + (t >> 29) - subtrahend->L8;
        result->L8 = t & TLanes.Broadcast(Mask24);

        // The rest has weight 2²⁵⁶ ≡ 2³² + 977.
        t >>= 24;
        result->L0 = r0 + (t * TLanes.Broadcast(Fold256));
        result->L1 = r1 + (t << 3);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SquareByColumns(LaneElement<TLanes>* a, LaneElement<TLanes>* result)
    {
        TLanes a0 = a->L0, a1 = a->L1, a2 = a->L2, a3 = a->L3, a4 = a->L4;
        TLanes a5 = a->L5, a6 = a->L6, a7 = a->L7, a8 = a->L8;
        TLanes d0 = a0 + a0, d1 = a1 + a1, d2 = a2 + a2, d3 = a3 + a3;
        TLanes d4 = a4 + a4, d5 = a5 + a5, d6 = a6 + a6, d7 = a7 + a7;
        TLanes mask = TLanes.Broadcast(Mask29), fold = TLanes.Broadcast(Fold261);

        // Columns 8 to 16, weight 2²³² and up: what exceeds 29 bits moves on to the next. Columns 0 to 7 fill the time that
        // the carries take.
        TLanes c8 = (d0 * a8) + (d1 * a7) + (d2 * a6) + (d3 * a5) + (a4 * a4);
        TLanes c0 = (a0 * a0);
        TLanes c9 = (d1 * a8) + (d2 * a7) + (d3 * a6) + (d4 * a5) + (c8 >> 29);
        c8 &= mask;
        TLanes c1 = (d0 * a1);
        TLanes c10 = (d2 * a8) + (d3 * a7) + (d4 * a6) + (a5 * a5) + (c9 >> 29);
        c9 &= mask;
        TLanes c2 = (d0 * a2) + (a1 * a1);
        TLanes c11 = (d3 * a8) + (d4 * a7) + (d5 * a6) + (c10 >> 29);
        c10 &= mask;
        TLanes c3 = (d0 * a3) + (d1 * a2);
        TLanes c12 = (d4 * a8) + (d5 * a7) + (a6 * a6) + (c11 >> 29);
        c11 &= mask;
        TLanes c4 = (d0 * a4) + (d1 * a3) + (a2 * a2);
        TLanes c13 = (d5 * a8) + (d6 * a7) + (c12 >> 29);
        c12 &= mask;
        TLanes c5 = (d0 * a5) + (d1 * a4) + (d2 * a3);
        TLanes c14 = (d6 * a8) + (a7 * a7) + (c13 >> 29);
        c13 &= mask;
        TLanes c6 = (d0 * a6) + (d1 * a5) + (d2 * a4) + (a3 * a3);
        TLanes c15 = (d7 * a8) + (c14 >> 29);
        c14 &= mask;
        TLanes c7 = (d0 * a7) + (d1 * a6) + (d2 * a5) + (d3 * a4);
        TLanes c16 = (a8 * a8) + (c15 >> 29);
        c15 &= mask;
        TLanes c17 = c16 >> 29;
        c16 &= mask;

        // Columns 0 to 8, with columns 9 to 17 folded in at 2²⁶¹ ≡ 2³⁷ + 31264.
        TLanes t = c0 + (c9 * fold) + (c17 * TLanes.Broadcast(Fold261 << 8));
        TLanes r0 = t & mask;
        t = c1 + (c10 * fold) + (c9 << 8) + (c17 << 16) + (t >> 29);
        TLanes r1 = t & mask;
        t = c2 + (c11 * fold) + (c10 << 8) + (t >> 29);
        result->L2 = t & mask;
        t = c3 + (c12 * fold) + (c11 << 8) + (t >> 29);
        result->L3 = t & mask;
        t = c4 + (c13 * fold) + (c12 << 8) + (t >> 29);
        result->L4 = t & mask;
        t = c5 + (c14 * fold) + (c13 << 8) + (t >> 29);
        result->L5 = t & mask;
        t = c6 + (c15 * fold) + (c14 << 8) + (t >> 29);
        result->L6 = t & mask;
        t = c7 + (c16 * fold) + (c15 << 8) + (t >> 29);
        result->L7 = t & mask;
        t = c8 + (c17 * fold) + (c16 << 8) + (t >> 29);
        result->L8 = t & TLanes.Broadcast(Mask24);

        // The rest has weight 2²⁵⁶ ≡ 2³² + 977.
        t >>= 24;
        result->L0 = r0 + (t * TLanes.Broadcast(Fold256));
        result->L1 = r1 + (t << 3);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SquareSubtractByColumns(LaneElement<TLanes>* a, LaneElement<TLanes>* subtrahend, LaneElement<TLanes>* result)
    {
        TLanes a0 = a->L0, a1 = a->L1, a2 = a->L2, a3 = a->L3, a4 = a->L4;
        TLanes a5 = a->L5, a6 = a->L6, a7 = a->L7, a8 = a->L8;
        TLanes d0 = a0 + a0, d1 = a1 + a1, d2 = a2 + a2, d3 = a3 + a3;
        TLanes d4 = a4 + a4, d5 = a5 + a5, d6 = a6 + a6, d7 = a7 + a7;
        TLanes mask = TLanes.Broadcast(Mask29), fold = TLanes.Broadcast(Fold261);

        // Columns 8 to 16, weight 2²³² and up: what exceeds 29 bits moves on to the next. Columns 0 to 7 fill the time that
        // the carries take.
        TLanes c8 = (d0 * a8) + (d1 * a7) + (d2 * a6) + (d3 * a5) + (a4 * a4);
        TLanes c0 = (a0 * a0);
        TLanes c9 = (d1 * a8) + (d2 * a7) + (d3 * a6) + (d4 * a5) + (c8 >> 29);
        c8 &= mask;
        TLanes c1 = (d0 * a1);
        TLanes c10 = (d2 * a8) + (d3 * a7) + (d4 * a6) + (a5 * a5) + (c9 >> 29);
        c9 &= mask;
        TLanes c2 = (d0 * a2) + (a1 * a1);
        TLanes c11 = (d3 * a8) + (d4 * a7) + (d5 * a6) + (c10 >> 29);
        c10 &= mask;
        TLanes c3 = (d0 * a3) + (d1 * a2);
        TLanes c12 = (d4 * a8) + (d5 * a7) + (a6 * a6) + (c11 >> 29);
        c11 &= mask;
        TLanes c4 = (d0 * a4) + (d1 * a3) + (a2 * a2);
        TLanes c13 = (d5 * a8) + (d6 * a7) + (c12 >> 29);
        c12 &= mask;
        TLanes c5 = (d0 * a5) + (d1 * a4) + (d2 * a3);
        TLanes c14 = (d6 * a8) + (a7 * a7) + (c13 >> 29);
        c13 &= mask;
        TLanes c6 = (d0 * a6) + (d1 * a5) + (d2 * a4) + (a3 * a3);
        TLanes c15 = (d7 * a8) + (c14 >> 29);
        c14 &= mask;
        TLanes c7 = (d0 * a7) + (d1 * a6) + (d2 * a5) + (d3 * a4);
        TLanes c16 = (a8 * a8) + (c15 >> 29);
        c15 &= mask;
        TLanes c17 = c16 >> 29;
        c16 &= mask;

        // Columns 0 to 8, with columns 9 to 17 folded in at 2²⁶¹ ≡ 2³⁷ + 31264.
        TLanes t = c0 + (c9 * fold) + (c17 * TLanes.Broadcast(Fold261 << 8)) - subtrahend->L0;
        TLanes r0 = t & mask;
        t = c1 + (c10 * fold) + (c9 << 8) + (c17 << 16) + (t >> 29) - subtrahend->L1;
        TLanes r1 = t & mask;
        t = c2 + (c11 * fold) + (c10 << 8) + (t >> 29) - subtrahend->L2;
        result->L2 = t & mask;
        t = c3 + (c12 * fold) + (c11 << 8) + (t >> 29) - subtrahend->L3;
        result->L3 = t & mask;
        t = c4 + (c13 * fold) + (c12 << 8) + (t >> 29) - subtrahend->L4;
        result->L4 = t & mask;
        t = c5 + (c14 * fold) + (c13 << 8) + (t >> 29) - subtrahend->L5;
        result->L5 = t & mask;
        t = c6 + (c15 * fold) + (c14 << 8) + (t >> 29) - subtrahend->L6;
        result->L6 = t & mask;
        t = c7 + (c16 * fold) + (c15 << 8) + (t >> 29) - subtrahend->L7;
        result->L7 = t & mask;
        t = c8 + (c17 * fold) + (c16 << 8) + (t >> 29) - subtrahend->L8;
        result->L8 = t & TLanes.Broadcast(Mask24);

        // The rest has weight 2²⁵⁶ ≡ 2³² + 977.
        t >>= 24;
        result->L0 = r0 + (t * TLanes.Broadcast(Fold256));
        result->L1 = r1 + (t << 3);
    }
}
