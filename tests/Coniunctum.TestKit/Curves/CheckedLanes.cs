using System.Runtime.InteropServices;
using Coniunctum.Crypto.Secp256k1.Lanes;

namespace Coniunctum.TestKit.Curves;

/// <summary>
/// Two lanes in plain numbers, which throw where a sum or a factor does not fit: the kernels' own code runs on them, and the
/// magnitudes that it states are proven to be enough.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct CheckedLanes(long first, long second) : ILanes<CheckedLanes>
{
    private readonly long _first = first;
    private readonly long _second = second;

    public static bool HasManyRegisters => true;

    public static CheckedLanes Broadcast(long value) => new(value, value);

    public static CheckedLanes IsZero(CheckedLanes value) => new(value._first == 0 ? -1 : 0, value._second == 0 ? -1 : 0);

    public static void LoadPairs(byte* table, long* offsets, out CheckedLanes first, out CheckedLanes second)
    {
        var row0 = (long*)(table + offsets[0]);
        var row1 = (long*)(table + offsets[1]);
        first = new CheckedLanes(row0[0], row1[0]);
        second = new CheckedLanes(row0[1], row1[1]);
    }

    public static void StorePairs(byte* table, long* offsets, CheckedLanes first, CheckedLanes second)
    {
        var row0 = (long*)(table + offsets[0]);
        var row1 = (long*)(table + offsets[1]);
        (row0[0], row1[0]) = (first._first, first._second);
        (row0[1], row1[1]) = (second._first, second._second);
    }

    public static CheckedLanes operator +(CheckedLanes a, CheckedLanes b) =>
        new(checked(a._first + b._first), checked(a._second + b._second));

    public static CheckedLanes operator -(CheckedLanes a, CheckedLanes b) =>
        new(checked(a._first - b._first), checked(a._second - b._second));

    public static CheckedLanes operator *(CheckedLanes a, CheckedLanes b) =>
        new((long)checked((int)a._first) * checked((int)b._first), (long)checked((int)a._second) * checked((int)b._second));

    public static CheckedLanes operator &(CheckedLanes a, CheckedLanes b) => new(a._first & b._first, a._second & b._second);

    public static CheckedLanes operator |(CheckedLanes a, CheckedLanes b) => new(a._first | b._first, a._second | b._second);

    public static CheckedLanes operator ^(CheckedLanes a, CheckedLanes b) => new(a._first ^ b._first, a._second ^ b._second);

    public static CheckedLanes operator <<(CheckedLanes a, int count) => new(a._first << count, a._second << count);

    public static CheckedLanes operator >>(CheckedLanes a, int count) => new(a._first >> count, a._second >> count);

    public static CheckedLanes operator >>>(CheckedLanes a, int count) => new(a._first >>> count, a._second >>> count);
}
