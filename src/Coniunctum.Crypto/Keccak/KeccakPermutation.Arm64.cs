using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Coniunctum.Crypto.Keccak;

internal static partial class KeccakPermutation
{
    /// <summary>
    /// Two states at once. Chosen on 64-bit Arm alone, which has 32 vector registers; right, but slow, wherever vectors of
    /// 128 bits are, so that it can be tested there.
    /// </summary>
    internal static unsafe void PermuteAdvSimd(ulong* source, ulong* block, ulong* destination, bool digestOnly) =>
        PermuteInRegisters<Lanes128, Vector128<ulong>>((Vector128<ulong>*)source, block, (Vector128<ulong>*)destination, digestOnly);

    private readonly struct Lanes128 : ILaneVector<Vector128<ulong>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<ulong> Broadcast(ulong value) => Vector128.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<ulong> Xor(Vector128<ulong> a, Vector128<ulong> b) => a ^ b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<ulong> Xor3(Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c) => a ^ (b ^ c);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<ulong> Chi(Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c) =>
            a ^ Vector128.AndNot(c, b);

#pragma warning disable CA1857 // A constant once it is inlined: count is one.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<ulong> RotateLeft(Vector128<ulong> a, [ConstantExpected] byte count) =>
            AdvSimd.IsSupported
                ? AdvSimd.ShiftRightAndInsert(a << count, a, (byte)(64 - count))
                : (a << count) | (a >>> (64 - count));
#pragma warning restore CA1857
    }
}
