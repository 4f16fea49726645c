using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Keccak;

/// <summary>The rounds for processors with 32 vector registers: 25 hold the lanes, seven do the work, nothing is spilled.</summary>
internal static partial class KeccakPermutation
{
    /// <summary>What a round does with vectors that hold the same lane of several states.</summary>
    private interface ILaneVector<TVector>
    {
        static abstract TVector Broadcast(ulong value);

        static abstract TVector Xor(TVector a, TVector b);

        /// <summary>a ^ b ^ c. The newest value comes first: as the destination operand it is waited for the shortest.</summary>
        static abstract TVector Xor3(TVector a, TVector b, TVector c);

        /// <summary>a ^ (~b &amp; c).</summary>
        static abstract TVector Chi(TVector a, TVector b, TVector c);

        static abstract TVector RotateLeft(TVector a, [ConstantExpected] byte count);
    }

    /// <summary>Permutes as many states as a vector has lanes; the layout is that of <see cref="PermuteWide"/>.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void PermuteInRegisters<TOps, TVector>(TVector* source, ulong* block, TVector* destination, bool digestOnly)
        where TOps : struct, ILaneVector<TVector>
        where TVector : unmanaged
    {
        // The constants are at hand before the lanes are loaded: nothing may be called while they live in registers.
        fixed (ulong* first = RoundConstants)
        {
            ulong* constants = first;
            ulong* last = first + RoundCount - 4;
            TVector a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16;
            TVector a17 = source[17], a18 = source[18], a19 = source[19], a20 = source[20];
            TVector a21 = source[21], a22 = source[22], a23 = source[23], a24 = source[24];
            if (block == null)
            {
                a0 = source[0]; a1 = source[1]; a2 = source[2]; a3 = source[3]; a4 = source[4];
                a5 = source[5]; a6 = source[6]; a7 = source[7]; a8 = source[8]; a9 = source[9];
                a10 = source[10]; a11 = source[11]; a12 = source[12]; a13 = source[13]; a14 = source[14];
                a15 = source[15]; a16 = source[16];
            }
            else
            {
                a0 = TOps.Xor(source[0], TOps.Broadcast(block[0]));
                a1 = TOps.Xor(source[1], TOps.Broadcast(block[1]));
                a2 = TOps.Xor(source[2], TOps.Broadcast(block[2]));
                a3 = TOps.Xor(source[3], TOps.Broadcast(block[3]));
                a4 = TOps.Xor(source[4], TOps.Broadcast(block[4]));
                a5 = TOps.Xor(source[5], TOps.Broadcast(block[5]));
                a6 = TOps.Xor(source[6], TOps.Broadcast(block[6]));
                a7 = TOps.Xor(source[7], TOps.Broadcast(block[7]));
                a8 = TOps.Xor(source[8], TOps.Broadcast(block[8]));
                a9 = TOps.Xor(source[9], TOps.Broadcast(block[9]));
                a10 = TOps.Xor(source[10], TOps.Broadcast(block[10]));
                a11 = TOps.Xor(source[11], TOps.Broadcast(block[11]));
                a12 = TOps.Xor(source[12], TOps.Broadcast(block[12]));
                a13 = TOps.Xor(source[13], TOps.Broadcast(block[13]));
                a14 = TOps.Xor(source[14], TOps.Broadcast(block[14]));
                a15 = TOps.Xor(source[15], TOps.Broadcast(block[15]));
                a16 = TOps.Xor(source[16], TOps.Broadcast(block[16]));
            }

            // A round writes each lane of its result where a lane of the same column was read. Four rounds later every lane
            // is back in its place, so four of them make the loop's body.
            for (; ; constants += 4)
            {
                Round<TOps, TVector>(
                    ref a0, ref a1, ref a2, ref a3, ref a4,
                    ref a5, ref a6, ref a7, ref a8, ref a9,
                    ref a10, ref a11, ref a12, ref a13, ref a14,
                    ref a15, ref a16, ref a17, ref a18, ref a19,
                    ref a20, ref a21, ref a22, ref a23, ref a24,
                    constants[0]);
                Round<TOps, TVector>(
                    ref a0, ref a6, ref a12, ref a18, ref a24,
                    ref a10, ref a16, ref a22, ref a3, ref a9,
                    ref a20, ref a1, ref a7, ref a13, ref a19,
                    ref a5, ref a11, ref a17, ref a23, ref a4,
                    ref a15, ref a21, ref a2, ref a8, ref a14,
                    constants[1]);
                Round<TOps, TVector>(
                    ref a0, ref a16, ref a7, ref a23, ref a14,
                    ref a20, ref a11, ref a2, ref a18, ref a9,
                    ref a15, ref a6, ref a22, ref a13, ref a4,
                    ref a10, ref a1, ref a17, ref a8, ref a24,
                    ref a5, ref a21, ref a12, ref a3, ref a19,
                    constants[2]);
                if (digestOnly && constants == last)
                {
                    // What the four lanes do not need is dead code, and left out.
                    Round<TOps, TVector>(
                        ref a0, ref a11, ref a22, ref a8, ref a19,
                        ref a15, ref a1, ref a12, ref a23, ref a9,
                        ref a5, ref a16, ref a2, ref a13, ref a24,
                        ref a20, ref a6, ref a17, ref a3, ref a14,
                        ref a10, ref a21, ref a7, ref a18, ref a4,
                        constants[3]);
                    destination[0] = a0; destination[1] = a1; destination[2] = a2; destination[3] = a3;
                    return;
                }

                Round<TOps, TVector>(
                    ref a0, ref a11, ref a22, ref a8, ref a19,
                    ref a15, ref a1, ref a12, ref a23, ref a9,
                    ref a5, ref a16, ref a2, ref a13, ref a24,
                    ref a20, ref a6, ref a17, ref a3, ref a14,
                    ref a10, ref a21, ref a7, ref a18, ref a4,
                    constants[3]);

                if (constants == last) break;
            }

            destination[0] = a0; destination[1] = a1; destination[2] = a2; destination[3] = a3; destination[4] = a4;
            destination[5] = a5; destination[6] = a6; destination[7] = a7; destination[8] = a8; destination[9] = a9;
            destination[10] = a10; destination[11] = a11; destination[12] = a12; destination[13] = a13; destination[14] = a14;
            destination[15] = a15; destination[16] = a16; destination[17] = a17; destination[18] = a18; destination[19] = a19;
            destination[20] = a20; destination[21] = a21; destination[22] = a22; destination[23] = a23; destination[24] = a24;
        }
    }

    /// <summary>One round. Each argument is where the lane of that name lies, and where the next round finds another one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TOps, TVector>(
        ref TVector a0, ref TVector a1, ref TVector a2, ref TVector a3, ref TVector a4,
        ref TVector a5, ref TVector a6, ref TVector a7, ref TVector a8, ref TVector a9,
        ref TVector a10, ref TVector a11, ref TVector a12, ref TVector a13, ref TVector a14,
        ref TVector a15, ref TVector a16, ref TVector a17, ref TVector a18, ref TVector a19,
        ref TVector a20, ref TVector a21, ref TVector a22, ref TVector a23, ref TVector a24,
        ulong constant)
        where TOps : struct, ILaneVector<TVector>
    {
        // θ. The order of the five differences frees each parity as early as can be; merging them with the additions below
        // would save five operations and need three registers more.
        TVector c0 = TOps.Xor3(a20, a15, TOps.Xor3(a10, a5, a0));
        TVector c1 = TOps.Xor3(a21, a16, TOps.Xor3(a11, a6, a1));
        TVector c2 = TOps.Xor3(a22, a17, TOps.Xor3(a12, a7, a2));
        TVector c3 = TOps.Xor3(a23, a18, TOps.Xor3(a13, a8, a3));
        TVector c4 = TOps.Xor3(a24, a19, TOps.Xor3(a14, a9, a4));
        TVector d0 = TOps.Xor(c4, TOps.RotateLeft(c1, 1));
        TVector d2 = TOps.Xor(c1, TOps.RotateLeft(c3, 1));
        TVector d4 = TOps.Xor(c3, TOps.RotateLeft(c0, 1));
        TVector d1 = TOps.Xor(c0, TOps.RotateLeft(c2, 1));
        TVector d3 = TOps.Xor(c2, TOps.RotateLeft(c4, 1));

        // ρ and π bring five lanes into each plane, χ mixes the plane, ι marks the first one.
        TVector b0, b1, b2, b3, b4;
        b0 = TOps.Xor(a0, d0);
        b1 = TOps.RotateLeft(TOps.Xor(a6, d1), 44);
        b2 = TOps.RotateLeft(TOps.Xor(a12, d2), 43);
        b3 = TOps.RotateLeft(TOps.Xor(a18, d3), 21);
        b4 = TOps.RotateLeft(TOps.Xor(a24, d4), 14);
        a0 = TOps.Xor(TOps.Chi(b0, b1, b2), TOps.Broadcast(constant));
        a6 = TOps.Chi(b1, b2, b3);
        a12 = TOps.Chi(b2, b3, b4);
        a18 = TOps.Chi(b3, b4, b0);
        a24 = TOps.Chi(b4, b0, b1);

        b0 = TOps.RotateLeft(TOps.Xor(a3, d3), 28);
        b1 = TOps.RotateLeft(TOps.Xor(a9, d4), 20);
        b2 = TOps.RotateLeft(TOps.Xor(a10, d0), 3);
        b3 = TOps.RotateLeft(TOps.Xor(a16, d1), 45);
        b4 = TOps.RotateLeft(TOps.Xor(a22, d2), 61);
        a10 = TOps.Chi(b0, b1, b2);
        a16 = TOps.Chi(b1, b2, b3);
        a22 = TOps.Chi(b2, b3, b4);
        a3 = TOps.Chi(b3, b4, b0);
        a9 = TOps.Chi(b4, b0, b1);

        b0 = TOps.RotateLeft(TOps.Xor(a1, d1), 1);
        b1 = TOps.RotateLeft(TOps.Xor(a7, d2), 6);
        b2 = TOps.RotateLeft(TOps.Xor(a13, d3), 25);
        b3 = TOps.RotateLeft(TOps.Xor(a19, d4), 8);
        b4 = TOps.RotateLeft(TOps.Xor(a20, d0), 18);
        a20 = TOps.Chi(b0, b1, b2);
        a1 = TOps.Chi(b1, b2, b3);
        a7 = TOps.Chi(b2, b3, b4);
        a13 = TOps.Chi(b3, b4, b0);
        a19 = TOps.Chi(b4, b0, b1);

        b0 = TOps.RotateLeft(TOps.Xor(a4, d4), 27);
        b1 = TOps.RotateLeft(TOps.Xor(a5, d0), 36);
        b2 = TOps.RotateLeft(TOps.Xor(a11, d1), 10);
        b3 = TOps.RotateLeft(TOps.Xor(a17, d2), 15);
        b4 = TOps.RotateLeft(TOps.Xor(a23, d3), 56);
        a5 = TOps.Chi(b0, b1, b2);
        a11 = TOps.Chi(b1, b2, b3);
        a17 = TOps.Chi(b2, b3, b4);
        a23 = TOps.Chi(b3, b4, b0);
        a4 = TOps.Chi(b4, b0, b1);

        b0 = TOps.RotateLeft(TOps.Xor(a2, d2), 62);
        b1 = TOps.RotateLeft(TOps.Xor(a8, d3), 55);
        b2 = TOps.RotateLeft(TOps.Xor(a14, d4), 39);
        b3 = TOps.RotateLeft(TOps.Xor(a15, d0), 41);
        b4 = TOps.RotateLeft(TOps.Xor(a21, d1), 2);
        a15 = TOps.Chi(b0, b1, b2);
        a21 = TOps.Chi(b1, b2, b3);
        a2 = TOps.Chi(b2, b3, b4);
        a8 = TOps.Chi(b3, b4, b0);
        a14 = TOps.Chi(b4, b0, b1);
    }
}
