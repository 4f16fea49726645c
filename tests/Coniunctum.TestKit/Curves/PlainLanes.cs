using System.Runtime.InteropServices;
using Coniunctum.Crypto.Secp256k1.Lanes;

namespace Coniunctum.TestKit.Curves;

/// <summary>Two lanes in plain numbers that say they have few registers: the code for AVX2 runs on them, whatever the processor.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct PlainLanes(long first, long second) : ILanes<PlainLanes>
{
    private readonly long _first = first;
    private readonly long _second = second;

    public static bool HasManyRegisters => false;

    public static PlainLanes Broadcast(long value) => new(value, value);

    public static PlainLanes IsZero(PlainLanes value) => new(value._first == 0 ? -1 : 0, value._second == 0 ? -1 : 0);

    public static void LoadPairs(byte* table, long* offsets, out PlainLanes first, out PlainLanes second)
    {
        var row0 = (long*)(table + offsets[0]);
        var row1 = (long*)(table + offsets[1]);
        first = new PlainLanes(row0[0], row1[0]);
        second = new PlainLanes(row0[1], row1[1]);
    }

    public static void StorePairs(byte* table, long* offsets, PlainLanes first, PlainLanes second)
    {
        var row0 = (long*)(table + offsets[0]);
        var row1 = (long*)(table + offsets[1]);
        (row0[0], row1[0]) = (first._first, first._second);
        (row0[1], row1[1]) = (second._first, second._second);
    }

    public static PlainLanes operator +(PlainLanes a, PlainLanes b) =>
        new(a._first + b._first, a._second + b._second);

    public static PlainLanes operator -(PlainLanes a, PlainLanes b) =>
        new(a._first - b._first, a._second - b._second);

    public static PlainLanes operator *(PlainLanes a, PlainLanes b) =>
        new((long)(int)a._first * (int)b._first, (long)(int)a._second * (int)b._second);

    public static PlainLanes operator &(PlainLanes a, PlainLanes b) => new(a._first & b._first, a._second & b._second);

    public static PlainLanes operator |(PlainLanes a, PlainLanes b) => new(a._first | b._first, a._second | b._second);

    public static PlainLanes operator ^(PlainLanes a, PlainLanes b) => new(a._first ^ b._first, a._second ^ b._second);

    public static PlainLanes operator <<(PlainLanes a, int count) => new(a._first << count, a._second << count);

    public static PlainLanes operator >>(PlainLanes a, int count) => new(a._first >> count, a._second >> count);

    public static PlainLanes operator >>>(PlainLanes a, int count) => new(a._first >>> count, a._second >>> count);
}
