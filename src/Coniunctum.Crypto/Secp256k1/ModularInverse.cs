using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// Inverses modulo an odd 256-bit number by the division steps of Bernstein and Yang ("Fast constant-time gcd computation
/// and modular inversion", 2019), with Wuille's start at δ = 1/2, for which 590 steps suffice for every 256-bit input.
/// The time is the same for every value.
/// </summary>
/// <remarks>
/// Numbers are five signed limbs of 62 bits. 59 steps at a time work on the lowest words alone and leave a 2×2 matrix;
/// the matrix is then applied to (f, g) and, modulo the modulus, to (d, e), where d·x ≡ f and e·x ≡ g throughout.
/// </remarks>
[SkipLocalsInit]
internal sealed class ModularInverse
{
    private const int Batches = 10;
    private const int StepsInBatch = 59;
    private const long Mask62 = (1L << 62) - 1;

    private readonly Limbs _modulus;
    private readonly ulong _inverseOfModulus; // modulo 2⁶²

    private ModularInverse(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        _modulus = new Limbs(w0, w1, w2, w3);

        // Newton's iteration doubles the correct bits: 3 to begin with, then 6, 12, 24, 48, 96.
        ulong inverse = w0;
        for (int i = 0; i < 5; i++)
            inverse *= 2 - (w0 * inverse);
        _inverseOfModulus = inverse & (ulong)Mask62;
    }

    /// <summary>Modulo p, the field's prime.</summary>
    public static ModularInverse OfFieldPrime { get; } =
        new(0xFFFF_FFFE_FFFF_FC2F, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>Modulo n, the group's order.</summary>
    public static ModularInverse OfGroupOrder { get; } =
        new(Curve.Order0, Curve.Order1, ulong.MaxValue - 1, ulong.MaxValue);

    /// <summary>Replaces a number below the modulus, its words least significant first, by its inverse; zero stays zero.</summary>
    public void Invert(ref ulong w0, ref ulong w1, ref ulong w2, ref ulong w3)
    {
        Limbs f = _modulus;
        Limbs g = new(w0, w1, w2, w3);
        Limbs d = default;
        Limbs e = new(1, 0, 0, 0);
        long twiceDelta = 1;

        for (int i = 0; i < Batches; i++)
        {
            twiceDelta = Step(twiceDelta, f.L0, g.L0, out Matrix matrix);
            UpdateCoefficients(matrix, ref d, ref e);
            UpdateRemainders(matrix, ref f, ref g);
        }

        // g is 0 and f is ±gcd = ±1 (or ±modulus when x is 0, and then d is 0).
        MakeCanonical(ref d, f.L4 >> 63);
        d.ToWords(out w0, out w1, out w2, out w3);
        Secret.Wipe(ref d);
        Secret.Wipe(ref e);
    }

    /// <summary>Runs 59 division steps on the lowest words; the matrix comes out multiplied by 2⁶².</summary>
    private static long Step(long twiceDelta, long f, long g, out Matrix matrix)
    {
        // Each step doubles the first row instead of halving the second; 59 steps from 8 = 2³ make 2⁶².
        long u = 8, v = 0, q = 0, r = 8;
        for (int i = 0; i < StepsInBatch; i++)
        {
            long odd = -(g & 1);
            long positive = ~((twiceDelta - 1) >> 63);

            // g ← g ± f where g is odd: minus when δ > 0.
            g += ((f ^ positive) - positive) & odd;
            q += ((u ^ positive) - positive) & odd;
            r += ((v ^ positive) - positive) & odd;

            // Where it was minus, f takes the old g, which is (g − f) + f, and δ changes sign.
            long swap = positive & odd;
            f += g & swap;
            u += q & swap;
            v += r & swap;
            twiceDelta = ((twiceDelta ^ swap) - swap) + 2;

            g >>= 1;
            u <<= 1;
            v <<= 1;
        }

        matrix = new Matrix(u, v, q, r);
        return twiceDelta;
    }

    /// <summary>(f, g) ← matrix · (f, g) / 2⁶², which is exact.</summary>
    private static void UpdateRemainders(in Matrix m, ref Limbs f, ref Limbs g)
    {
        Accumulator a = default, b = default;
        a.Add(m.U, f.L0, m.V, g.L0);
        b.Add(m.Q, f.L0, m.R, g.L0);
        a.Shift();
        b.Shift();
        a.Add(m.U, f.L1, m.V, g.L1);
        b.Add(m.Q, f.L1, m.R, g.L1);
        f.L0 = a.Shift();
        g.L0 = b.Shift();
        a.Add(m.U, f.L2, m.V, g.L2);
        b.Add(m.Q, f.L2, m.R, g.L2);
        f.L1 = a.Shift();
        g.L1 = b.Shift();
        a.Add(m.U, f.L3, m.V, g.L3);
        b.Add(m.Q, f.L3, m.R, g.L3);
        f.L2 = a.Shift();
        g.L2 = b.Shift();
        a.Add(m.U, f.L4, m.V, g.L4);
        b.Add(m.Q, f.L4, m.R, g.L4);
        f.L3 = a.Shift();
        g.L3 = b.Shift();
        f.L4 = a.Rest;
        g.L4 = b.Rest;
    }

    /// <summary>(d, e) ← matrix · (d, e) / 2⁶² modulo the modulus; both stay between −2·modulus and modulus.</summary>
    private void UpdateCoefficients(in Matrix m, ref Limbs d, ref Limbs e)
    {
        // Adding the modulus to a negative d or e keeps the range; the rest makes the sums divisible by 2⁶².
        long signD = d.L4 >> 63, signE = e.L4 >> 63;
        long multipleD = (m.U & signD) + (m.V & signE);
        long multipleE = (m.Q & signD) + (m.R & signE);
        Accumulator a = default, b = default;
        a.Add(m.U, d.L0, m.V, e.L0);
        b.Add(m.Q, d.L0, m.R, e.L0);
        multipleD -= (long)((_inverseOfModulus * a.Low) + (ulong)multipleD) & Mask62;
        multipleE -= (long)((_inverseOfModulus * b.Low) + (ulong)multipleE) & Mask62;
        a.Add(_modulus.L0, multipleD);
        b.Add(_modulus.L0, multipleE);
        a.Shift();
        b.Shift();
        a.Add(m.U, d.L1, m.V, e.L1);
        b.Add(m.Q, d.L1, m.R, e.L1);
        a.Add(_modulus.L1, multipleD);
        b.Add(_modulus.L1, multipleE);
        d.L0 = a.Shift();
        e.L0 = b.Shift();
        a.Add(m.U, d.L2, m.V, e.L2);
        b.Add(m.Q, d.L2, m.R, e.L2);
        a.Add(_modulus.L2, multipleD);
        b.Add(_modulus.L2, multipleE);
        d.L1 = a.Shift();
        e.L1 = b.Shift();
        a.Add(m.U, d.L3, m.V, e.L3);
        b.Add(m.Q, d.L3, m.R, e.L3);
        a.Add(_modulus.L3, multipleD);
        b.Add(_modulus.L3, multipleE);
        d.L2 = a.Shift();
        e.L2 = b.Shift();
        a.Add(m.U, d.L4, m.V, e.L4);
        b.Add(m.Q, d.L4, m.R, e.L4);
        a.Add(_modulus.L4, multipleD);
        b.Add(_modulus.L4, multipleE);
        d.L3 = a.Shift();
        e.L3 = b.Shift();
        d.L4 = a.Rest;
        e.L4 = b.Rest;
    }

    /// <summary>Brings d into 0…modulus−1, negated where <paramref name="sign"/> is all ones.</summary>
    private void MakeCanonical(ref Limbs d, long sign)
    {
        AddModulus(ref d, d.L4 >> 63); // −2·modulus…modulus becomes −modulus…modulus
        d.L0 = (d.L0 ^ sign) - sign;
        d.L1 = (d.L1 ^ sign) - sign;
        d.L2 = (d.L2 ^ sign) - sign;
        d.L3 = (d.L3 ^ sign) - sign;
        d.L4 = (d.L4 ^ sign) - sign;
        AddModulus(ref d, 0);
        AddModulus(ref d, d.L4 >> 63);
    }

    /// <summary>Adds the modulus where <paramref name="mask"/> is all ones, and carries.</summary>
    private void AddModulus(ref Limbs d, long mask)
    {
        long l0 = d.L0 + (_modulus.L0 & mask);
        long l1 = d.L1 + (_modulus.L1 & mask) + (l0 >> 62);
        long l2 = d.L2 + (_modulus.L2 & mask) + (l1 >> 62);
        long l3 = d.L3 + (_modulus.L3 & mask) + (l2 >> 62);
        d.L4 = d.L4 + (_modulus.L4 & mask) + (l3 >> 62);
        (d.L0, d.L1, d.L2, d.L3) = (l0 & Mask62, l1 & Mask62, l2 & Mask62, l3 & Mask62);
    }

    private readonly struct Matrix(long u, long v, long q, long r)
    {
        public readonly long U = u, V = v, Q = q, R = r;
    }

    private struct Limbs(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        public long L0 = (long)w0 & Mask62;
        public long L1 = (long)((w0 >> 62) | (w1 << 2)) & Mask62;
        public long L2 = (long)((w1 >> 60) | (w2 << 4)) & Mask62;
        public long L3 = (long)((w2 >> 58) | (w3 << 6)) & Mask62;
        public long L4 = (long)(w3 >> 56);

        public readonly void ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3)
        {
            w0 = (ulong)L0 | ((ulong)L1 << 62);
            w1 = ((ulong)L1 >> 2) | ((ulong)L2 << 60);
            w2 = ((ulong)L2 >> 4) | ((ulong)L3 << 58);
            w3 = ((ulong)L3 >> 6) | ((ulong)L4 << 56);
        }
    }

    /// <summary>A signed sum of 128 bits.</summary>
    private struct Accumulator
    {
        private long _high;

        public ulong Low { readonly get; private set; }

        public readonly long Rest => (long)Low;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(long a, long b)
        {
            ulong low = (ulong)a * (ulong)b;
            Low += low;
            _high += WideMath.MultiplyHigh(a, b) + (long)WideMath.Carry(Low, low);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(long a, long b, long c, long d)
        {
            Add(a, b);
            Add(c, d);
        }

        /// <summary>Takes the lowest 62 bits off and returns them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long Shift()
        {
            long limb = (long)Low & Mask62;
            Low = (Low >> 62) | ((ulong)_high << 2);
            _high >>= 62;
            return limb;
        }
    }
}
