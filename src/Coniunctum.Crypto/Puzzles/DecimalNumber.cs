using System.Globalization;
using System.Numerics;

namespace Coniunctum.Crypto.Puzzles;

/// <summary>A number in limbs of nine decimal digits, least significant first, for puzzles that hash decimal text.</summary>
internal readonly ref struct DecimalNumber
{
    /// <summary>The digits of a limb.</summary>
    public const int LimbDigits = 9;

    private const uint LimbBase = 1_000_000_000;

    private readonly Span<uint> _limbs;

    /// <summary>Takes a number apart; it stays in <paramref name="limbs"/>.</summary>
    /// <param name="value">Not negative, and small enough for the limbs.</param>
    /// <param name="limbs">Receives the limbs; those above the number become zero.</param>
    public DecimalNumber(BigInteger value, Span<uint> limbs)
    {
        _limbs = limbs;
        for (int i = 0; i < limbs.Length; i++)
        {
            value = BigInteger.DivRem(value, LimbBase, out BigInteger limb);
            limbs[i] = (uint)limb;
        }

        if (!value.IsZero) throw new ArgumentException("The number has more digits than the limbs.", nameof(value));
    }

    /// <summary>The number of digits, without leading zeros.</summary>
    public int DigitCount
    {
        get
        {
            int top = _limbs.Length - 1;
            while (top > 0 && _limbs[top] == 0) top--;
            int digits = 1;
            for (uint power = 10; digits < LimbDigits && _limbs[top] >= power; power *= 10) digits++;
            return (top * LimbDigits) + digits;
        }
    }

    /// <summary>Adds a number with at most as many limbs.</summary>
    public void Add(DecimalNumber other)
    {
        uint carry = 0;
        for (int i = 0; i < other._limbs.Length; i++) carry = AddToLimb(i, other._limbs[i] + carry);
        Carry(other._limbs.Length, carry);
    }

    /// <summary>Adds a number below 10⁹.</summary>
    public void Add(uint other) => Carry(1, AddToLimb(0, other));

    /// <summary>Writes the lowest digits as ASCII text, the highest of them first.</summary>
    /// <param name="text">As many digits are written as this is long.</param>
    public void WriteLowestDigits(Span<byte> text)
    {
        int end = text.Length;
        for (int i = 0; end > 0; i++)
        {
            uint limb = _limbs[i];
            int start = Math.Max(end - LimbDigits, 0);
            while (end > start)
            {
                (limb, uint digit) = Math.DivRem(limb, 10u);
                text[--end] = (byte)('0' + digit);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[DigitCount];
        WriteLowestDigits(text);
        return string.Create(CultureInfo.InvariantCulture, $"{System.Text.Encoding.ASCII.GetString(text)}");
    }

    private void Carry(int limb, uint carry)
    {
        for (; carry != 0; limb++) carry = AddToLimb(limb, carry);
    }

    private uint AddToLimb(int index, uint value)
    {
        // Both are at most 10⁹, so that the sum fits.
        uint sum = _limbs[index] + value;
        if (sum < LimbBase)
        {
            _limbs[index] = sum;
            return 0;
        }

        _limbs[index] = sum - LimbBase;
        return 1;
    }
}
