using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <content>Products, and the split by the curve's endomorphism.</content>
internal partial struct Scalar
{
    /// <summary>The product modulo n.</summary>
    public static void Multiply(in Scalar a, in Scalar b, out Scalar result)
    {
        MultiplyWide(a, b, out Wide wide);
        Reduce(wide, out result);
        Secret.Wipe(ref wide);
    }

    /// <summary>
    /// Finds short numbers with k ≡ k₁ + k₂·λ modulo n, |k₁| and |k₂| below 2¹²⁸, where λ is the cube root of 1 for which
    /// λ·(x, y) = (β·x, y) (Gallant, Lambert and Vanstone, "Faster point multiplication on elliptic curves", 2001).
    /// </summary>
    public static void SplitByEndomorphism_Vartime(in Scalar k, out HalfScalar k1, out HalfScalar k2)
    {
        // c1 and c2 are k·b2/n and −k·b1/n, rounded, by way of 2³⁸⁴·b2/n and −2³⁸⁴·b1/n. Then k1 = k − c1·a1 − c2·a2 and
        // k2 = −c1·b1 − c2·b2 are short: 192 bits tell them and their signs.
        MultiplyAndRound(k, Curve.B2OverOrder, out ulong c10, out ulong c11);
        MultiplyAndRound(k, Curve.MinusB1OverOrder, out ulong c20, out ulong c21);
        Short first = new(k._w0, k._w1, k._w2 - c20); // 2¹²⁸ of a2
        first.SubtractProduct(c10, c11, Curve.A10, Curve.A11);
        first.SubtractProduct(c20, c21, Curve.A20, Curve.A21);
        Short second = default;
        second.SubtractProduct(c20, c21, Curve.A10, Curve.A11);
        second.AddProduct(c10, c11, Curve.MinusB10, Curve.MinusB11);
        k1 = first.ToHalfScalar();
        k2 = second.ToHalfScalar();
    }

    /// <summary>Finds numbers with k ≡ (2j₁ + 1) + (2j₂ + 1)·λ modulo n, |j₁| and |j₂| below 2¹²⁸: k in two odd halves.</summary>
    public static void SplitOddByEndomorphism_Vartime(in Scalar k, out HalfScalar j1, out HalfScalar j2)
    {
        // j₁ + j₂·λ = (k − 1 − λ)/2, and −1 − λ = λ².
        Add(k, Curve.LambdaSquared, out Scalar rest);
        rest.Halve();
        SplitByEndomorphism_Vartime(rest, out j1, out j2);
    }

    private static void MultiplyAndRound(in Scalar k, in Scalar factor, out ulong low, out ulong high)
    {
        MultiplyWide(k, factor, out Wide wide);
        ulong carry = wide.W5 >> 63;
        low = AddWithCarry(wide.W6, 0, ref carry);
        high = wide.W7 + carry;
    }

    private static void MultiplyWide(in Scalar a, in Scalar b, out Wide wide)
    {
        ulong a0 = a._w0, a1 = a._w1, a2 = a._w2, a3 = a._w3;
        ulong b0 = b._w0, b1 = b._w1, b2 = b._w2, b3 = b._w3;
        Column column = default;
        column.Add(a0, b0);
        wide.W0 = column.Take();
        column.Add(a0, b1);
        column.Add(a1, b0);
        wide.W1 = column.Take();
        column.Add(a0, b2);
        column.Add(a1, b1);
        column.Add(a2, b0);
        wide.W2 = column.Take();
        column.Add(a0, b3);
        column.Add(a1, b2);
        column.Add(a2, b1);
        column.Add(a3, b0);
        wide.W3 = column.Take();
        column.Add(a1, b3);
        column.Add(a2, b2);
        column.Add(a3, b1);
        wide.W4 = column.Take();
        column.Add(a2, b3);
        column.Add(a3, b2);
        wide.W5 = column.Take();
        column.Add(a3, b3);
        wide.W6 = column.Take();
        wide.W7 = column.Take();
    }

    /// <summary>Replaces what lies above 2²⁵⁶ by its multiple of 2²⁵⁶ − n, from 512 bits to 385, to 259, to 256.</summary>
    private static void Reduce(in Wide wide, out Scalar result)
    {
        ulong n0 = wide.W4, n1 = wide.W5, n2 = wide.W6, n3 = wide.W7;
        Column column = default;
        column.Add(wide.W0);
        column.Add(n0, Fold0);
        ulong m0 = column.Take();
        column.Add(wide.W1);
        column.Add(n1, Fold0);
        column.Add(n0, Fold1);
        ulong m1 = column.Take();
        column.Add(wide.W2);
        column.Add(n2, Fold0);
        column.Add(n1, Fold1);
        column.Add(n0);
        ulong m2 = column.Take();
        column.Add(wide.W3);
        column.Add(n3, Fold0);
        column.Add(n2, Fold1);
        column.Add(n1);
        ulong m3 = column.Take();
        column.Add(n3, Fold1);
        column.Add(n2);
        ulong m4 = column.Take();
        column.Add(n3);
        ulong m5 = column.Take();
        ulong m6 = column.Take();

        column.Add(m0);
        column.Add(m4, Fold0);
        m0 = column.Take();
        column.Add(m1);
        column.Add(m5, Fold0);
        column.Add(m4, Fold1);
        m1 = column.Take();
        column.Add(m2);
        column.Add(m6, Fold0);
        column.Add(m5, Fold1);
        column.Add(m4);
        m2 = column.Take();
        column.Add(m3);
        column.Add(m6, Fold1);
        column.Add(m5);
        m3 = column.Take();
        column.Add(m6);
        m4 = column.Take();

        column.Add(m0);
        column.Add(m4, Fold0);
        m0 = column.Take();
        column.Add(m1);
        column.Add(m4, Fold1);
        m1 = column.Take();
        column.Add(m2);
        column.Add(m4);
        m2 = column.Take();
        column.Add(m3);
        m3 = column.Take();
        ReduceOnce(m0, m1, m2, m3, column.Take(), out result);
    }

    /// <summary>A number of 512 bits, least significant word first.</summary>
    private struct Wide
    {
        public ulong W0, W1, W2, W3, W4, W5, W6, W7;
    }

    /// <summary>A signed number of 192 bits.</summary>
    private struct Short(ulong w0, ulong w1, ulong w2)
    {
        private ulong _w0 = w0;
        private ulong _w1 = w1;
        private ulong _w2 = w2;

        public void AddProduct(ulong a0, ulong a1, ulong b0, ulong b1)
        {
            Column column = default;
            column.Add(_w0);
            column.Add(a0, b0);
            _w0 = column.Take();
            column.Add(_w1);
            column.Add(a0, b1);
            column.Add(a1, b0);
            _w1 = column.Take();
            _w2 += column.Take() + (a1 * b1);
        }

        public void SubtractProduct(ulong a0, ulong a1, ulong b0, ulong b1)
        {
            // −x = ~x + 1, before and after: w − p = −(−w + p) = ~(~w + p).
            (_w0, _w1, _w2) = (~_w0, ~_w1, ~_w2);
            AddProduct(a0, a1, b0, b1);
            (_w0, _w1, _w2) = (~_w0, ~_w1, ~_w2);
        }

        public readonly HalfScalar ToHalfScalar()
        {
            var low = new UInt128(_w1, _w0);
            bool negative = _w2 >> 63 != 0;
            return new HalfScalar(negative ? UInt128.Zero - low : low, negative);
        }
    }

    /// <summary>A sum of 192 bits, taken off word by word.</summary>
    private struct Column
    {
        private ulong _low;
        private ulong _middle;
        private ulong _high;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ulong a, ulong b)
        {
            ulong high = WideMath.MultiplyHigh(a, b);
            ulong low = a * b;
            _low += low;
            high += WideMath.Carry(_low, low); // at most 2⁶⁴ − 1: a product's upper word is at most 2⁶⁴ − 2
            _middle += high;
            _high += WideMath.Carry(_middle, high);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ulong a)
        {
            _low += a;
            ulong carry = WideMath.Carry(_low, a);
            _middle += carry;
            _high += WideMath.Carry(_middle, carry);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong Take()
        {
            ulong word = _low;
            (_low, _middle, _high) = (_middle, _high, 0);
            return word;
        }
    }
}
