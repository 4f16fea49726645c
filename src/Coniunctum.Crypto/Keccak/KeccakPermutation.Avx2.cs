using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Keccak;

internal static partial class KeccakPermutation
{
    /// <summary>
    /// Four states at once. Sixteen registers hold five differences, one plane and the next round's parities, which are
    /// summed up on the way; the lanes stay in memory, in two buffers that the rounds read and write in turn.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void PermuteAvx2(ulong* source, ulong* block, ulong* destination, bool digestOnly)
    {
        Vector256<ulong>* even = stackalloc Vector256<ulong>[2 * LaneCount + 1];
        even = (Vector256<ulong>*)(((nuint)even + 31) & ~(nuint)31);
        Vector256<ulong>* odd = even + LaneCount;
        Vector256<ulong>* from = (Vector256<ulong>*)source;
        if (block != null)
        {
            for (int lane = 0; lane < LaneCount; lane++)
                even[lane] = lane < BlockLanes ? from[lane] ^ Vector256.Create(block[lane]) : from[lane];
            from = even;
        }

        fixed (ulong* constants = RoundConstants)
        {
            Vector256<ulong> c0 = from[0] ^ from[5] ^ from[10] ^ from[15] ^ from[20];
            Vector256<ulong> c1 = from[1] ^ from[6] ^ from[11] ^ from[16] ^ from[21];
            Vector256<ulong> c2 = from[2] ^ from[7] ^ from[12] ^ from[17] ^ from[22];
            Vector256<ulong> c3 = from[3] ^ from[8] ^ from[13] ^ from[18] ^ from[23];
            Vector256<ulong> c4 = from[4] ^ from[9] ^ from[14] ^ from[19] ^ from[24];
            for (int round = 0; round < RoundCount - 2; round += 2)
            {
                Round(from, odd, constants[round], false, ref c0, ref c1, ref c2, ref c3, ref c4);
                Round(odd, even, constants[round + 1], false, ref c0, ref c1, ref c2, ref c3, ref c4);
                from = even;
            }

            Round(even, odd, constants[RoundCount - 2], false, ref c0, ref c1, ref c2, ref c3, ref c4);
            Round(odd, (Vector256<ulong>*)destination, constants[RoundCount - 1], digestOnly, ref c0, ref c1, ref c2, ref c3, ref c4);
        }
    }

    /// <summary>One round from the states <paramref name="a"/> to the states <paramref name="e"/>, and the parities of both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Round(
        Vector256<ulong>* a, Vector256<ulong>* e, ulong constant, bool digestOnly,
        ref Vector256<ulong> c0, ref Vector256<ulong> c1, ref Vector256<ulong> c2, ref Vector256<ulong> c3, ref Vector256<ulong> c4)
    {
        Vector256<ulong> d0 = c4 ^ Rotate(c1, 1);
        Vector256<ulong> d2 = c1 ^ Rotate(c3, 1);
        Vector256<ulong> d4 = c3 ^ Rotate(c0, 1);
        Vector256<ulong> d1 = c0 ^ Rotate(c2, 1);
        Vector256<ulong> d3 = c2 ^ Rotate(c4, 1);

        Vector256<ulong> b0 = a[0] ^ d0;
        Vector256<ulong> b1 = Rotate(a[6] ^ d1, 44);
        Vector256<ulong> b2 = Rotate(a[12] ^ d2, 43);
        Vector256<ulong> b3 = Rotate(a[18] ^ d3, 21);
        Vector256<ulong> b4 = Rotate(a[24] ^ d4, 14);
        e[0] = c0 = Chi(b0, b1, b2) ^ Vector256.Create(constant);
        e[1] = c1 = Chi(b1, b2, b3);
        e[2] = c2 = Chi(b2, b3, b4);
        e[3] = c3 = Chi(b3, b4, b0);
        if (digestOnly) return;
        e[4] = c4 = Chi(b4, b0, b1);

        b0 = Rotate(a[3] ^ d3, 28);
        b1 = Rotate(a[9] ^ d4, 20);
        b2 = Rotate(a[10] ^ d0, 3);
        b3 = Rotate(a[16] ^ d1, 45);
        b4 = Rotate(a[22] ^ d2, 61);
        Store(e, 5, Chi(b0, b1, b2), ref c0);
        Store(e, 6, Chi(b1, b2, b3), ref c1);
        Store(e, 7, Chi(b2, b3, b4), ref c2);
        Store(e, 8, Chi(b3, b4, b0), ref c3);
        Store(e, 9, Chi(b4, b0, b1), ref c4);

        b0 = Rotate(a[1] ^ d1, 1);
        b1 = Rotate(a[7] ^ d2, 6);
        b2 = Rotate(a[13] ^ d3, 25);
        b3 = Rotate(a[19] ^ d4, 8);
        b4 = Rotate(a[20] ^ d0, 18);
        Store(e, 10, Chi(b0, b1, b2), ref c0);
        Store(e, 11, Chi(b1, b2, b3), ref c1);
        Store(e, 12, Chi(b2, b3, b4), ref c2);
        Store(e, 13, Chi(b3, b4, b0), ref c3);
        Store(e, 14, Chi(b4, b0, b1), ref c4);

        b0 = Rotate(a[4] ^ d4, 27);
        b1 = Rotate(a[5] ^ d0, 36);
        b2 = Rotate(a[11] ^ d1, 10);
        b3 = Rotate(a[17] ^ d2, 15);
        b4 = Rotate(a[23] ^ d3, 56);
        Store(e, 15, Chi(b0, b1, b2), ref c0);
        Store(e, 16, Chi(b1, b2, b3), ref c1);
        Store(e, 17, Chi(b2, b3, b4), ref c2);
        Store(e, 18, Chi(b3, b4, b0), ref c3);
        Store(e, 19, Chi(b4, b0, b1), ref c4);

        b0 = Rotate(a[2] ^ d2, 62);
        b1 = Rotate(a[8] ^ d3, 55);
        b2 = Rotate(a[14] ^ d4, 39);
        b3 = Rotate(a[15] ^ d0, 41);
        b4 = Rotate(a[21] ^ d1, 2);
        Store(e, 20, Chi(b0, b1, b2), ref c0);
        Store(e, 21, Chi(b1, b2, b3), ref c1);
        Store(e, 22, Chi(b2, b3, b4), ref c2);
        Store(e, 23, Chi(b3, b4, b0), ref c3);
        Store(e, 24, Chi(b4, b0, b1), ref c4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store(Vector256<ulong>* state, int lane, Vector256<ulong> value, ref Vector256<ulong> parity)
    {
        state[lane] = value;
        parity ^= value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Chi(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) => a ^ Avx2.AndNot(b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Rotate(Vector256<ulong> a, [ConstantExpected] byte count) =>
        (a << count) | (a >>> (64 - count));
}
