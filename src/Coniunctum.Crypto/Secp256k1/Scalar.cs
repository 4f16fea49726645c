using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// A number modulo the group's order n, always below n, in four words of 64 bits. Members not named <c>_Vartime</c> take
/// the same time for every value.
/// </summary>
[SkipLocalsInit]
internal partial struct Scalar : IInvertible<Scalar>
{
    /// <summary>The length of the big-endian form in bytes.</summary>
    public const int Size = 32;

    // n = 2²⁵⁶ − (Fold1·2⁶⁴ + Fold0 + 2¹²⁸).
    private const ulong Order0 = Curve.Order0;
    private const ulong Order1 = Curve.Order1;
    private const ulong Order2 = ulong.MaxValue - 1;
    private const ulong Order3 = ulong.MaxValue;
    private const ulong Fold0 = unchecked(0 - Order0);
    private const ulong Fold1 = ~Order1;

    private ulong _w0;
    private ulong _w1;
    private ulong _w2;
    private ulong _w3;

    /// <summary>The number of four 64-bit words, least significant first, which has to be below n.</summary>
    public Scalar(ulong w0, ulong w1, ulong w2, ulong w3) => (_w0, _w1, _w2, _w3) = (w0, w1, w2, w3);

    /// <summary>A small number.</summary>
    public Scalar(uint value) => (_w0, _w1, _w2, _w3) = (value, 0, 0, 0);

    /// <summary>Whether the number is zero.</summary>
    public readonly bool IsZero => (_w0 | _w1 | _w2 | _w3) == 0;

    /// <summary>Whether the number is odd.</summary>
    public readonly bool IsOdd => (_w0 & 1) != 0;

    /// <summary>Reads 32 big-endian bytes; false when the number is not below n, and then the value is the remainder.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Scalar value)
    {
        ulong w0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        ulong w1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        ulong w2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        ulong w3 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return ReduceOnce(w0, w1, w2, w3, 0, out value) == 0;
    }

    /// <summary>Writes 32 big-endian bytes.</summary>
    public readonly void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _w3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _w2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _w1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _w0);
    }

    /// <summary>The number as a field element: n is below p.</summary>
    public readonly void ToField(out FieldElement element) => element = new FieldElement(_w0, _w1, _w2, _w3);

    /// <summary>The number r + n as a field element, if that is below p.</summary>
    /// <returns>Whether r is below p − n, so that two x coordinates leave the remainder r.</returns>
    public readonly bool TryToFieldPlusOrder_Vartime(out FieldElement element)
    {
        Span<byte> bytes = stackalloc byte[Size];
        ulong w0 = _w0 + Order0;
        ulong carry = WideMath.Carry(w0, Order0);
        ulong w1 = AddWithCarry(_w1, Order1, ref carry);
        ulong w2 = AddWithCarry(_w2, Order2, ref carry);
        ulong w3 = AddWithCarry(_w3, Order3, ref carry);
        new Scalar(w0, w1, w2, w3).Write(bytes);
        return FieldElement.TryRead(bytes, out element) && carry == 0;
    }

    /// <summary>1 when the number is above (n − 1)/2, else 0.</summary>
    public readonly ulong IsHigh()
    {
        // 2s ≥ n, n being odd, says that s > (n − 1)/2.
        return ReduceOnce(_w0 << 1, (_w1 << 1) | (_w0 >> 63), (_w2 << 1) | (_w1 >> 63), (_w3 << 1) | (_w2 >> 63), _w3 >> 63, out _);
    }

    /// <summary>The sum modulo n.</summary>
    public static void Add(in Scalar a, in Scalar b, out Scalar result)
    {
        ulong carry = 0;
        ulong w0 = AddWithCarry(a._w0, b._w0, ref carry);
        ulong w1 = AddWithCarry(a._w1, b._w1, ref carry);
        ulong w2 = AddWithCarry(a._w2, b._w2, ref carry);
        ulong w3 = AddWithCarry(a._w3, b._w3, ref carry);
        ReduceOnce(w0, w1, w2, w3, carry, out result);
    }

    /// <summary>The negative modulo n where <paramref name="mask"/> is all ones; 0 leaves the number.</summary>
    public static void NegateWhere(ulong mask, in Scalar a, out Scalar result)
    {
        // n − a = ~a + (n + 1) modulo 2²⁵⁶; zero stays zero.
        ulong nonzero = ~WideMath.ZeroMask(a._w0 | a._w1 | a._w2 | a._w3);
        ulong carry = 0;
        ulong w0 = AddWithCarry(~a._w0, Order0 + 1, ref carry) & nonzero;
        ulong w1 = AddWithCarry(~a._w1, Order1, ref carry) & nonzero;
        ulong w2 = AddWithCarry(~a._w2, Order2, ref carry) & nonzero;
        ulong w3 = AddWithCarry(~a._w3, Order3, ref carry) & nonzero;
        result = new Scalar(
            WideMath.Select(mask, w0, a._w0),
            WideMath.Select(mask, w1, a._w1),
            WideMath.Select(mask, w2, a._w2),
            WideMath.Select(mask, w3, a._w3));
    }

    /// <summary>The negative modulo n.</summary>
    public static void Negate(in Scalar a, out Scalar result) => NegateWhere(ulong.MaxValue, a, out result);

    /// <summary>Halves the number modulo n.</summary>
    public void Halve()
    {
        // An odd number becomes even by adding n.
        ulong odd = 0 - (_w0 & 1);
        ulong carry = 0;
        ulong w0 = AddWithCarry(_w0, Order0 & odd, ref carry);
        ulong w1 = AddWithCarry(_w1, Order1 & odd, ref carry);
        ulong w2 = AddWithCarry(_w2, Order2 & odd, ref carry);
        ulong w3 = AddWithCarry(_w3, Order3 & odd, ref carry);
        _w0 = (w0 >> 1) | (w1 << 63);
        _w1 = (w1 >> 1) | (w2 << 63);
        _w2 = (w2 >> 1) | (w3 << 63);
        _w3 = (w3 >> 1) | (carry << 63);
    }

    /// <summary>The inverse modulo n; zero for zero.</summary>
    public static void Invert(in Scalar a, out Scalar result)
    {
        result = a;
        ModularInverse.OfGroupOrder.Invert(ref result._w0, ref result._w1, ref result._w2, ref result._w3);
    }

    /// <summary>
    /// Writes an odd number k as Σ dᵢ·16ⁱ with digits ±1, ±3, … ±15, of which none is zero: Σ (2eⱼ − 1)·2ʲ over 256 bits is k
    /// for e = (k − 1)/2 + 2²⁵⁵, and so the four bits w of e in a window stand for the digit 2w − 15.
    /// </summary>
    /// <param name="windows">64 values w, lowest first; as secret as the number.</param>
    /// <returns>All ones when the windows belong to n − k because k is even, else 0.</returns>
    public readonly ulong ToSignedWindows(Span<byte> windows)
    {
        ulong negated = (_w0 & 1) - 1;
        ulong carry = 0;
        ulong w0 = WideMath.Select(negated, AddWithCarry(~_w0, Order0 + 1, ref carry), _w0);
        ulong w1 = WideMath.Select(negated, AddWithCarry(~_w1, Order1, ref carry), _w1);
        ulong w2 = WideMath.Select(negated, AddWithCarry(~_w2, Order2, ref carry), _w2);
        ulong w3 = WideMath.Select(negated, AddWithCarry(~_w3, Order3, ref carry), _w3);
        WriteWindows((w0 >> 1) | (w1 << 63), windows);
        WriteWindows((w1 >> 1) | (w2 << 63), windows[16..]);
        WriteWindows((w2 >> 1) | (w3 << 63), windows[32..]);
        WriteWindows((w3 >> 1) | (1UL << 63), windows[48..]);
        return negated;

        static void WriteWindows(ulong word, Span<byte> windows)
        {
            for (int i = 0; i < 16; i++)
                windows[i] = (byte)((word >> (4 * i)) & 15);
        }
    }

    /// <summary>Subtracts n once if carry·2²⁵⁶ + w is n or more; returns whether it was.</summary>
    private static ulong ReduceOnce(ulong w0, ulong w1, ulong w2, ulong w3, ulong carry, out Scalar result)
    {
        // w − n = w + (2²⁵⁶ − n) − 2²⁵⁶: a carry says that w was n or more.
        ulong over = 0;
        ulong t0 = AddWithCarry(w0, Fold0, ref over);
        ulong t1 = AddWithCarry(w1, Fold1, ref over);
        ulong t2 = AddWithCarry(w2, 1, ref over);
        ulong t3 = AddWithCarry(w3, 0, ref over);
        over |= carry;
        ulong mask = 0 - over;
        result = new Scalar(
            WideMath.Select(mask, t0, w0), WideMath.Select(mask, t1, w1), WideMath.Select(mask, t2, w2), WideMath.Select(mask, t3, w3));
        return over;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddWithCarry(ulong a, ulong b, ref ulong carry)
    {
        ulong sum = a + b;
        ulong total = sum + carry;
        carry = WideMath.Carry(sum, b) | WideMath.Carry(total, carry);
        return total;
    }
}
