using System.Numerics;

namespace Coniunctum.Mining.Tests.Difficulty;

/// <summary>2^(k/65536) to 400 bits, from square roots of whole numbers.</summary>
internal static class PowerOfTwo
{
    private const int Bits = 400;

    // [i] is 2^(2^−(i+1)), scaled.
    private static readonly BigInteger[] s_roots = Roots();

    /// <summary>Returns the number times 2^(k/65536), rounded down.</summary>
    public static BigInteger Scale(BigInteger number, long k)
    {
        int whole = (int)(k >> 16);
        long part = k & 0xffff;
        BigInteger power = BigInteger.One << Bits;
        for (int i = 0; i < 16; i++)
        {
            if ((part & (0x8000 >> i)) != 0) power = (power * s_roots[i]) >> Bits;
        }

        BigInteger product = number * power;
        int shift = Bits - whole;
        return shift >= 0 ? product >> shift : product << -shift;
    }

    private static BigInteger[] Roots()
    {
        var roots = new BigInteger[16];
        BigInteger value = BigInteger.One << (Bits + 1);
        for (int i = 0; i < roots.Length; i++) roots[i] = value = SquareRoot(value << Bits);
        return roots;
    }

    private static BigInteger SquareRoot(BigInteger number)
    {
        BigInteger root = BigInteger.One << (int)((number.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (root + (number / root)) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }
}
