using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>Four lanes in 256 bits (AVX2), with more registers and shifts where there is AVX-512VL.</summary>
internal readonly unsafe struct Lanes4(Vector256<long> value) : ILanes<Lanes4>
{
    private readonly Vector256<long> _value = value;

    /// <summary>Whether this processor has them.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    public static bool HasManyRegisters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.VL.IsSupported;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Broadcast(long value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 IsZero(Lanes4 value) => new(Vector256.Equals(value._value, Vector256<long>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPairs(byte* table, long* offsets, out Lanes4 first, out Lanes4 second)
    {
        var even = Vector256.Create(Load(table + offsets[0]), Load(table + offsets[2]));
        var odd = Vector256.Create(Load(table + offsets[1]), Load(table + offsets[3]));
        first = new Lanes4(Avx2.UnpackLow(even, odd));
        second = new Lanes4(Avx2.UnpackHigh(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs(byte* table, long* offsets, Lanes4 first, Lanes4 second)
    {
        Vector256<long> even = Avx2.UnpackLow(first._value, second._value);
        Vector256<long> odd = Avx2.UnpackHigh(first._value, second._value);
        even.GetLower().Store((long*)(table + offsets[0]));
        odd.GetLower().Store((long*)(table + offsets[1]));
        even.GetUpper().Store((long*)(table + offsets[2]));
        odd.GetUpper().Store((long*)(table + offsets[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 a, Lanes4 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 a, Lanes4 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 a, Lanes4 b) => new(Avx2.Multiply(a._value.AsInt32(), b._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator &(Lanes4 a, Lanes4 b) => new(a._value & b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator |(Lanes4 a, Lanes4 b) => new(a._value | b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator ^(Lanes4 a, Lanes4 b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator <<(Lanes4 a, int count) => new(a._value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator >>(Lanes4 a, int count)
    {
        if (Avx512F.VL.IsSupported) return new Lanes4(a._value >> count);

        // AVX2 has no such instruction: with 2⁶³ added every number is unsigned.
        return new Lanes4(((a._value ^ Vector256.Create(long.MinValue)) >>> count) - (Vector256.Create(long.MinValue) >>> count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator >>>(Lanes4 a, int count) => new(a._value >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Load(byte* address) => Vector128.Load((long*)address);
}
