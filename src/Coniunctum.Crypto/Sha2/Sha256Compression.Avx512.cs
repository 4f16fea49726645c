using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Sha2;

internal static partial class Sha256Compression
{
    // Truth tables of vpternlogd.
    private const byte Xor3Table = 0x96;
    private const byte ChooseTable = 0xCA;
    private const byte MajorityTable = 0xE8;

    /// <summary>Sixteen blocks at once.</summary>
    internal static unsafe void CompressAvx512(uint* state, uint* block, uint* result) =>
        Compress<Words512, Vector512<uint>>((Vector512<uint>*)state, (Vector512<uint>*)block, (Vector512<uint>*)result);

    private readonly struct Words512 : IWordVector<Vector512<uint>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> Broadcast(uint value) => Vector512.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> Add(Vector512<uint> a, Vector512<uint> b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> Xor3(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) => Avx512F.TernaryLogic(a, b, c, Xor3Table);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> Choose(Vector512<uint> mask, Vector512<uint> a, Vector512<uint> b) => Avx512F.TernaryLogic(mask, a, b, ChooseTable);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> Majority(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) => Avx512F.TernaryLogic(a, b, c, MajorityTable);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> RotateRight(Vector512<uint> a, [ConstantExpected] byte count) => Avx512F.RotateRight(a, count);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<uint> ShiftRight(Vector512<uint> a, [ConstantExpected] byte count) => a >>> count;
    }
}
