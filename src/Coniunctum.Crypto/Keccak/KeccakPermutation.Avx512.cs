using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Keccak;

internal static partial class KeccakPermutation
{
    // Truth tables of vpternlogq.
    private const byte Xor3Table = 0x96;
    private const byte ChiTable = 0xD2;

    /// <summary>Eight states at once.</summary>
    internal static unsafe void PermuteAvx512(ulong* source, ulong* block, ulong* destination, bool digestOnly) =>
        PermuteInRegisters<Lanes512, Vector512<ulong>>((Vector512<ulong>*)source, block, (Vector512<ulong>*)destination, digestOnly);

    /// <summary>Four states at once, for processors on which the runtime avoids vectors of 512 bits.</summary>
    internal static unsafe void PermuteAvx512VL(ulong* source, ulong* block, ulong* destination, bool digestOnly) =>
        PermuteInRegisters<Lanes256, Vector256<ulong>>((Vector256<ulong>*)source, block, (Vector256<ulong>*)destination, digestOnly);

    private readonly struct Lanes512 : ILaneVector<Vector512<ulong>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<ulong> Broadcast(ulong value) => Vector512.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<ulong> Xor(Vector512<ulong> a, Vector512<ulong> b) => a ^ b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<ulong> Xor3(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) =>
            Avx512F.TernaryLogic(a, b, c, Xor3Table);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<ulong> Chi(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) =>
            Avx512F.TernaryLogic(a, b, c, ChiTable);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<ulong> RotateLeft(Vector512<ulong> a, [ConstantExpected] byte count) =>
            Avx512F.RotateLeft(a, count);
    }

    private readonly struct Lanes256 : ILaneVector<Vector256<ulong>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<ulong> Broadcast(ulong value) => Vector256.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<ulong> Xor(Vector256<ulong> a, Vector256<ulong> b) => a ^ b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<ulong> Xor3(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) =>
            Avx512F.VL.TernaryLogic(a, b, c, Xor3Table);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<ulong> Chi(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) =>
            Avx512F.VL.TernaryLogic(a, b, c, ChiTable);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<ulong> RotateLeft(Vector256<ulong> a, [ConstantExpected] byte count) =>
            Avx512F.VL.RotateLeft(a, count);
    }
}
