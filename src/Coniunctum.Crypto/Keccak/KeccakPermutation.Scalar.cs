using System.Runtime.CompilerServices;
using static System.Numerics.BitOperations;

namespace Coniunctum.Crypto.Keccak;

internal static partial class KeccakPermutation
{
    /// <summary>
    /// The permutation on 64-bit registers. The lanes stay in memory, in two buffers that the rounds read and write in
    /// turn: 25 locals would not fit sixteen registers, and the spills cost more than these loads.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void PermuteScalar(Span<ulong> state)
    {
        ulong* other = stackalloc ulong[LaneCount];
        fixed (ulong* lanes = state)
        fixed (ulong* constants = RoundConstants)
        {
            for (int round = 0; round < RoundCount; round += 2)
            {
                Round(lanes, other, constants[round]);
                Round(other, lanes, constants[round + 1]);
            }
        }
    }

    /// <summary>The same through pointers, in the shape that the wider kernels have.</summary>
    [SkipLocalsInit]
    internal static unsafe void PermuteScalar(ulong* source, ulong* block, ulong* destination, bool digestOnly)
    {
        Span<ulong> state = stackalloc ulong[LaneCount];
        new ReadOnlySpan<ulong>(source, LaneCount).CopyTo(state);
        if (block != null)
        {
            for (int lane = 0; lane < BlockLanes; lane++) state[lane] ^= block[lane];
        }

        PermuteScalar(state);
        int written = digestOnly ? Hash256.Size / sizeof(ulong) : LaneCount;
        state[..written].CopyTo(new Span<ulong>(destination, written));
    }

    /// <summary>One round from the state <paramref name="a"/> to the state <paramref name="e"/>; they must not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Round(ulong* a, ulong* e, ulong constant)
    {
        // θ: the parities of the five columns, and what each column's lanes are changed by.
        ulong c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
        ulong c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
        ulong c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
        ulong c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
        ulong c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
        ulong d0 = c4 ^ RotateLeft(c1, 1);
        ulong d1 = c0 ^ RotateLeft(c2, 1);
        ulong d2 = c1 ^ RotateLeft(c3, 1);
        ulong d3 = c2 ^ RotateLeft(c4, 1);
        ulong d4 = c3 ^ RotateLeft(c0, 1);

        // ρ and π bring five lanes into each plane, χ mixes the plane, ι marks the first one.
        ulong b0 = a[0] ^ d0;
        ulong b1 = RotateLeft(a[6] ^ d1, 44);
        ulong b2 = RotateLeft(a[12] ^ d2, 43);
        ulong b3 = RotateLeft(a[18] ^ d3, 21);
        ulong b4 = RotateLeft(a[24] ^ d4, 14);
        e[0] = b0 ^ (~b1 & b2) ^ constant;
        e[1] = b1 ^ (~b2 & b3);
        e[2] = b2 ^ (~b3 & b4);
        e[3] = b3 ^ (~b4 & b0);
        e[4] = b4 ^ (~b0 & b1);

        b0 = RotateLeft(a[3] ^ d3, 28);
        b1 = RotateLeft(a[9] ^ d4, 20);
        b2 = RotateLeft(a[10] ^ d0, 3);
        b3 = RotateLeft(a[16] ^ d1, 45);
        b4 = RotateLeft(a[22] ^ d2, 61);
        e[5] = b0 ^ (~b1 & b2);
        e[6] = b1 ^ (~b2 & b3);
        e[7] = b2 ^ (~b3 & b4);
        e[8] = b3 ^ (~b4 & b0);
        e[9] = b4 ^ (~b0 & b1);

        b0 = RotateLeft(a[1] ^ d1, 1);
        b1 = RotateLeft(a[7] ^ d2, 6);
        b2 = RotateLeft(a[13] ^ d3, 25);
        b3 = RotateLeft(a[19] ^ d4, 8);
        b4 = RotateLeft(a[20] ^ d0, 18);
        e[10] = b0 ^ (~b1 & b2);
        e[11] = b1 ^ (~b2 & b3);
        e[12] = b2 ^ (~b3 & b4);
        e[13] = b3 ^ (~b4 & b0);
        e[14] = b4 ^ (~b0 & b1);

        b0 = RotateLeft(a[4] ^ d4, 27);
        b1 = RotateLeft(a[5] ^ d0, 36);
        b2 = RotateLeft(a[11] ^ d1, 10);
        b3 = RotateLeft(a[17] ^ d2, 15);
        b4 = RotateLeft(a[23] ^ d3, 56);
        e[15] = b0 ^ (~b1 & b2);
        e[16] = b1 ^ (~b2 & b3);
        e[17] = b2 ^ (~b3 & b4);
        e[18] = b3 ^ (~b4 & b0);
        e[19] = b4 ^ (~b0 & b1);

        b0 = RotateLeft(a[2] ^ d2, 62);
        b1 = RotateLeft(a[8] ^ d3, 55);
        b2 = RotateLeft(a[14] ^ d4, 39);
        b3 = RotateLeft(a[15] ^ d0, 41);
        b4 = RotateLeft(a[21] ^ d1, 2);
        e[20] = b0 ^ (~b1 & b2);
        e[21] = b1 ^ (~b2 & b3);
        e[22] = b2 ^ (~b3 & b4);
        e[23] = b3 ^ (~b4 & b0);
        e[24] = b4 ^ (~b0 & b1);
    }
}
