using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>Eight lanes in 512 bits (AVX-512F).</summary>
internal readonly unsafe struct Lanes8(Vector512<long> value) : ILanes<Lanes8>
{
    private readonly Vector512<long> _value = value;

    /// <summary>Whether this processor has them and the runtime thinks them worthwhile.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    public static bool HasManyRegisters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Broadcast(long value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 IsZero(Lanes8 value) => new(Vector512.Equals(value._value, Vector512<long>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPairs(byte* table, long* offsets, out Lanes8 first, out Lanes8 second)
    {
        var even = Vector512.Create(
            Vector256.Create(Load(table + offsets[0]), Load(table + offsets[2])),
            Vector256.Create(Load(table + offsets[4]), Load(table + offsets[6])));
        var odd = Vector512.Create(
            Vector256.Create(Load(table + offsets[1]), Load(table + offsets[3])),
            Vector256.Create(Load(table + offsets[5]), Load(table + offsets[7])));
        first = new Lanes8(Avx512F.UnpackLow(even, odd));
        second = new Lanes8(Avx512F.UnpackHigh(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs(byte* table, long* offsets, Lanes8 first, Lanes8 second)
    {
        Vector512<long> even = Avx512F.UnpackLow(first._value, second._value);
        Vector512<long> odd = Avx512F.UnpackHigh(first._value, second._value);
        even.GetLower().GetLower().Store((long*)(table + offsets[0]));
        odd.GetLower().GetLower().Store((long*)(table + offsets[1]));
        even.GetLower().GetUpper().Store((long*)(table + offsets[2]));
        odd.GetLower().GetUpper().Store((long*)(table + offsets[3]));
        even.GetUpper().GetLower().Store((long*)(table + offsets[4]));
        odd.GetUpper().GetLower().Store((long*)(table + offsets[5]));
        even.GetUpper().GetUpper().Store((long*)(table + offsets[6]));
        odd.GetUpper().GetUpper().Store((long*)(table + offsets[7]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 a, Lanes8 b) => new(Avx512F.Multiply(a._value.AsInt32(), b._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator &(Lanes8 a, Lanes8 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator |(Lanes8 a, Lanes8 b) => new(a._value | b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator ^(Lanes8 a, Lanes8 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator <<(Lanes8 a, int count) => new(a._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator >>(Lanes8 a, int count) => new(a._value >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator >>>(Lanes8 a, int count) => new(a._value >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Load(byte* address) => Vector128.Load((long*)address);
}
