using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coniunctum.Crypto.Sha2;

internal static partial class Sha256Compression
{
    /// <summary>Eight blocks at once.</summary>
    internal static unsafe void CompressAvx2(uint* state, uint* block, uint* result) =>
        Compress<Words256, Vector256<uint>>((Vector256<uint>*)state, (Vector256<uint>*)block, (Vector256<uint>*)result);

    private readonly struct Words256 : IWordVector<Vector256<uint>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> Broadcast(uint value) => Vector256.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> Xor3(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) => a ^ b ^ c;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> Choose(Vector256<uint> mask, Vector256<uint> a, Vector256<uint> b) => b ^ (mask & (a ^ b));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> Majority(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) => (a & b) | (c & (a | b));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> RotateRight(Vector256<uint> a, [ConstantExpected] byte count) => (a >>> count) | (a << (32 - count));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<uint> ShiftRight(Vector256<uint> a, [ConstantExpected] byte count) => a >>> count;
    }
}
