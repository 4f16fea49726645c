using System.Numerics;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>A signed number of at most 128 bits, half of a split scalar.</summary>
internal readonly struct HalfScalar(UInt128 magnitude, bool isNegative)
{
    /// <summary>The number of positions that <see cref="WriteDigits_Vartime"/> fills.</summary>
    public const int DigitCount = 129;

    /// <summary>The absolute value.</summary>
    public UInt128 Magnitude { get; } = magnitude;

    /// <summary>Whether the number is below zero.</summary>
    public bool IsNegative { get; } = isNegative;

    /// <summary>
    /// Writes the number as Σ dᵢ·2ⁱ with odd digits below 2^(width−1) in size, between which at least width − 1 zeros lie
    /// (the non-adjacent form of that width).
    /// </summary>
    /// <param name="width">The width in bits, 2 to 15.</param>
    /// <param name="digits">129 digits, wholly overwritten.</param>
    public void WriteDigits_Vartime(int width, Span<short> digits)
    {
        digits.Clear();
        UInt128 rest = Magnitude;
        int position = 0;
        bool carry = false; // a negative digit before: one more is due at this position
        while (rest != 0 || carry)
        {
            ulong low = (ulong)rest;
            ulong evenDigits = carry ? ~low : low; // a carry into a one gives zero and goes on
            if ((evenDigits & 1) == 0)
            {
                int zeros = Math.Min(BitOperations.TrailingZeroCount(evenDigits), 63);
                rest >>= zeros;
                position += zeros;
                continue;
            }

            int digit = (int)(low & ((1UL << width) - 1)) + (carry ? 1 : 0);
            carry = digit >= 1 << (width - 1);
            if (carry) digit -= 1 << width;
            digits[position] = (short)(IsNegative ? -digit : digit);
            rest >>= width;
            position += width;
        }
    }
}
