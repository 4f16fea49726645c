using System.Buffers.Binary;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.ForkChoice;

/// <summary>
/// A signed number of 320 bits, in two's complement: sums and differences of weights. 2⁶² blocks of the greatest weight do not
/// overflow it.
/// </summary>
internal readonly struct SignedWeight
{
    private readonly UInt128 _low;
    private readonly UInt128 _middle;
    private readonly long _high;

    private SignedWeight(UInt128 low, UInt128 middle, long high) => (_low, _middle, _high) = (low, middle, high);

    public static SignedWeight Zero => default;

    public static SignedWeight One => new(1, 0, 0);

    /// <summary>More than any sum.</summary>
    public static SignedWeight Infinite => new(0, 0, long.MaxValue);

    public bool IsInfinite => _high == long.MaxValue;

    public bool IsPositive => _high > 0 || (_high == 0 && (_middle | _low) != 0);

    public static SignedWeight Of(in Work work)
    {
        Span<byte> bytes = stackalloc byte[32];
        work.ToBytes().CopyTo(bytes);
        return new SignedWeight(BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]), BinaryPrimitives.ReadUInt128BigEndian(bytes), 0);
    }

    public static int Compare(in SignedWeight left, in SignedWeight right)
    {
        int order = left._high.CompareTo(right._high);
        if (order == 0) order = left._middle.CompareTo(right._middle);
        return order != 0 ? order : left._low.CompareTo(right._low);
    }

    public static SignedWeight operator +(in SignedWeight left, in SignedWeight right)
    {
        UInt128 low = left._low + right._low;
        UInt128 carry = low < left._low ? UInt128.One : UInt128.Zero;
        UInt128 middle = left._middle + right._middle;
        bool overflows = middle < left._middle;
        middle += carry;
        overflows |= middle < carry;
        return new SignedWeight(low, middle, left._high + right._high + (overflows ? 1 : 0));
    }

    public static SignedWeight operator -(in SignedWeight left, in SignedWeight right)
    {
        UInt128 borrow = left._low < right._low ? UInt128.One : UInt128.Zero;
        UInt128 middle = left._middle - right._middle;
        bool underflows = left._middle < right._middle || middle < borrow;
        return new SignedWeight(left._low - right._low, middle - borrow, left._high - right._high - (underflows ? 1 : 0));
    }
}
