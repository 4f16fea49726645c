using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Keccak;

/// <summary>
/// Moves pieces of 32 bytes between messages, one after the other, and the interleaved states of
/// <see cref="KeccakPermutation.PermuteWide"/>. The states' numbers are little-endian in memory on every processor that has
/// more than one lane.
/// </summary>
internal static unsafe class LaneTranspose
{
    /// <summary>The lanes of a piece.</summary>
    public const int PieceLanes = 4;

    /// <summary>The bytes of a piece.</summary>
    public const int PieceBytes = PieceLanes * sizeof(ulong);

    /// <summary>Adds a piece of each message to four lanes of its state.</summary>
    /// <param name="messages">The first message's piece; as many messages as the permutation has lanes.</param>
    /// <param name="stride">The bytes from one message's piece to the next one's.</param>
    /// <param name="states">The first of the four lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(byte* messages, int stride, ulong* states)
    {
        if (KeccakPermutation.Width == 8)
        {
            Vector512<ulong> m04 = Load(messages, 4 * stride);
            Vector512<ulong> m15 = Load(messages + stride, 4 * stride);
            Vector512<ulong> m26 = Load(messages + (2 * stride), 4 * stride);
            Vector512<ulong> m37 = Load(messages + (3 * stride), 4 * stride);
            Transpose(ref m04, ref m15, ref m26, ref m37);
            (m04 ^ Vector512.Load(states)).Store(states);
            (m15 ^ Vector512.Load(states + 8)).Store(states + 8);
            (m26 ^ Vector512.Load(states + 16)).Store(states + 16);
            (m37 ^ Vector512.Load(states + 24)).Store(states + 24);
        }
        else if (KeccakPermutation.Width == 4)
        {
            Vector256<ulong> m0 = Vector256.Load((ulong*)messages);
            Vector256<ulong> m1 = Vector256.Load((ulong*)(messages + stride));
            Vector256<ulong> m2 = Vector256.Load((ulong*)(messages + (2 * stride)));
            Vector256<ulong> m3 = Vector256.Load((ulong*)(messages + (3 * stride)));
            Transpose(ref m0, ref m1, ref m2, ref m3);
            (m0 ^ Vector256.Load(states)).Store(states);
            (m1 ^ Vector256.Load(states + 4)).Store(states + 4);
            (m2 ^ Vector256.Load(states + 8)).Store(states + 8);
            (m3 ^ Vector256.Load(states + 12)).Store(states + 12);
        }
        else
        {
            for (int i = 0; i < KeccakPermutation.Width; i++)
            {
                byte* message = messages + (i * stride);
                for (int lane = 0; lane < PieceLanes; lane++)
                    states[(lane * KeccakPermutation.Width) + i] ^= Unsafe.ReadUnaligned<ulong>(message + (lane * sizeof(ulong)));
            }
        }

        static Vector512<ulong> Load(byte* lower, int distance) =>
            Vector512.Create(Vector256.Load((ulong*)lower), Vector256.Load((ulong*)(lower + distance)));
    }

    /// <summary>Copies the first four lanes of each state to 32 bytes, one state's after the other's.</summary>
    /// <param name="states">The states.</param>
    /// <param name="destination">32 bytes for each state.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Extract(ulong* states, byte* destination)
    {
        var numbers = (ulong*)destination;
        if (KeccakPermutation.Width == 8)
        {
            Vector512<ulong> d04 = Vector512.Load(states);
            Vector512<ulong> d15 = Vector512.Load(states + 8);
            Vector512<ulong> d26 = Vector512.Load(states + 16);
            Vector512<ulong> d37 = Vector512.Load(states + 24);
            Transpose(ref d04, ref d15, ref d26, ref d37);
            Vector512.Create(d04.GetLower(), d15.GetLower()).Store(numbers);
            Vector512.Create(d26.GetLower(), d37.GetLower()).Store(numbers + 8);
            Vector512.Create(d04.GetUpper(), d15.GetUpper()).Store(numbers + 16);
            Vector512.Create(d26.GetUpper(), d37.GetUpper()).Store(numbers + 24);
        }
        else if (KeccakPermutation.Width == 4)
        {
            Vector256<ulong> d0 = Vector256.Load(states);
            Vector256<ulong> d1 = Vector256.Load(states + 4);
            Vector256<ulong> d2 = Vector256.Load(states + 8);
            Vector256<ulong> d3 = Vector256.Load(states + 12);
            Transpose(ref d0, ref d1, ref d2, ref d3);
            d0.Store(numbers);
            d1.Store(numbers + 4);
            d2.Store(numbers + 8);
            d3.Store(numbers + 12);
        }
        else
        {
            for (int i = 0; i < KeccakPermutation.Width; i++)
            {
                for (int lane = 0; lane < PieceLanes; lane++)
                    Unsafe.WriteUnaligned(numbers + (i * PieceLanes) + lane, states[(lane * KeccakPermutation.Width) + i]);
            }
        }
    }

    /// <summary>Transposes four rows of four numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector256<ulong> a, ref Vector256<ulong> b, ref Vector256<ulong> c, ref Vector256<ulong> d)
    {
        Vector256<ulong> ab0 = Avx2.UnpackLow(a, b);
        Vector256<ulong> ab1 = Avx2.UnpackHigh(a, b);
        Vector256<ulong> cd0 = Avx2.UnpackLow(c, d);
        Vector256<ulong> cd1 = Avx2.UnpackHigh(c, d);
        a = Avx2.Permute2x128(ab0, cd0, 0x20);
        b = Avx2.Permute2x128(ab1, cd1, 0x20);
        c = Avx2.Permute2x128(ab0, cd0, 0x31);
        d = Avx2.Permute2x128(ab1, cd1, 0x31);
    }

    /// <summary>The same in both halves of the vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d)
    {
        Vector512<ulong> ab0 = Avx512F.UnpackLow(a, b);
        Vector512<ulong> ab1 = Avx512F.UnpackHigh(a, b);
        Vector512<ulong> cd0 = Avx512F.UnpackLow(c, d);
        Vector512<ulong> cd1 = Avx512F.UnpackHigh(c, d);
        Vector512<ulong> first = Vector512.Create(0UL, 1, 8, 9, 4, 5, 12, 13);
        Vector512<ulong> second = Vector512.Create(2UL, 3, 10, 11, 6, 7, 14, 15);
        a = Avx512F.PermuteVar8x64x2(ab0, first, cd0);
        b = Avx512F.PermuteVar8x64x2(ab1, first, cd1);
        c = Avx512F.PermuteVar8x64x2(ab0, second, cd0);
        d = Avx512F.PermuteVar8x64x2(ab1, second, cd1);
    }
}
