using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// Sums a·G + b·Q of public numbers: both scalars are split in two by the endomorphism, and the four halves share their
/// 128 doublings (Strauss and Shamir).
/// </summary>
[SkipLocalsInit]
internal static class DoubleMultiplication
{
    private const int Width = 5;
    private const int TableSize = 1 << (Width - 2);

    /// <summary>Computes a·G + b·Q.</summary>
    public static void Compute_Vartime(in Scalar a, in Scalar b, in AffinePoint q, out JacobianPoint result)
    {
        Span<short> digits = stackalloc short[4 * HalfScalar.DigitCount];
        Span<short> digitsG = digits[..HalfScalar.DigitCount];
        Span<short> digitsLambdaG = digits.Slice(HalfScalar.DigitCount, HalfScalar.DigitCount);
        Span<short> digitsQ = digits.Slice(2 * HalfScalar.DigitCount, HalfScalar.DigitCount);
        Span<short> digitsLambdaQ = digits.Slice(3 * HalfScalar.DigitCount, HalfScalar.DigitCount);
        WriteDigits_Vartime(a, GeneratorTables.OddMultiplesWidth, digitsG, digitsLambdaG);
        WriteDigits_Vartime(b, Width, digitsQ, digitsLambdaQ);

        Span<AffinePoint> tableQ = stackalloc AffinePoint[TableSize];
        Span<AffinePoint> tableLambdaQ = stackalloc AffinePoint[TableSize];
        WriteOddMultiples_Vartime(q, tableQ, out FieldElement scale);
        FieldElement beta = Curve.Beta;
        for (int i = 0; i < TableSize; i++)
        {
            FieldElement.Multiply(tableQ[i].X, beta, out tableLambdaQ[i].X);
            tableLambdaQ[i].Y = tableQ[i].Y;
        }

        // The generator's multiples have to be moved to the curve of Q's table, x by scale² and y by scale³.
        FieldElement.Square(scale, out FieldElement scaleX);
        FieldElement.Multiply(scaleX, scale, out FieldElement scaleY);
        FieldElement.Multiply(scaleX, beta, out FieldElement scaleLambdaX);
        ReadOnlySpan<PackedPoint> tableG = GeneratorTables.OddMultiples;

        result = JacobianPoint.Infinity;
        for (int i = HalfScalar.DigitCount - 1; i >= 0; i--)
        {
            result.Double_Vartime();
            if (digitsQ[i] != 0) AddMultiple_Vartime(ref result, tableQ, digitsQ[i]);
            if (digitsLambdaQ[i] != 0) AddMultiple_Vartime(ref result, tableLambdaQ, digitsLambdaQ[i]);
            if (digitsG[i] != 0) AddGenerator_Vartime(ref result, tableG, digitsG[i], scaleX, scaleY);
            if (digitsLambdaG[i] != 0) AddGenerator_Vartime(ref result, tableG, digitsLambdaG[i], scaleLambdaX, scaleY);
        }

        FieldElement.Multiply(result.Z, scale, out result.Z);
    }

    private static void WriteDigits_Vartime(in Scalar k, int width, Span<short> digits, Span<short> lambdaDigits)
    {
        Scalar.SplitByEndomorphism_Vartime(k, out HalfScalar k1, out HalfScalar k2);
        k1.WriteDigits_Vartime(width, digits);
        k2.WriteDigits_Vartime(width, lambdaDigits);
    }

    private static void AddMultiple_Vartime(ref JacobianPoint sum, ReadOnlySpan<AffinePoint> table, int digit)
    {
        AffinePoint term = table[Math.Abs(digit) >> 1];
        if (digit < 0) FieldElement.Negate(term.Y, 1, out term.Y);
        sum.Add_Vartime(term);
    }

    private static void AddGenerator_Vartime(
        ref JacobianPoint sum, ReadOnlySpan<PackedPoint> table, int digit, in FieldElement scaleX, in FieldElement scaleY)
    {
        table[Math.Abs(digit) >> 1].Unpack(out AffinePoint term);
        FieldElement.Multiply(term.X, scaleX, out term.X);
        FieldElement.Multiply(term.Y, scaleY, out term.Y);
        if (digit < 0) FieldElement.Negate(term.Y, 1, out term.Y);
        sum.Add_Vartime(term);
    }

    /// <summary>
    /// Writes Q, 3Q, 5Q, … as points with Z = 1, without an inversion: not of the curve y² = x³ + b but of an isomorphic one,
    /// y² = x³ + b·scale⁶, on which a Jacobian Z is the true one divided by the scale.
    /// </summary>
    private static void WriteOddMultiples_Vartime(in AffinePoint q, Span<AffinePoint> table, out FieldElement scale)
    {
        // First to the curve on which 2Q has Z = 1.
        var doubled = JacobianPoint.From(q);
        doubled.Double_Vartime();
        AffinePoint twice = default;
        twice.X = doubled.X;
        twice.Y = doubled.Y;
        twice.X.NormalizeWeakly();
        twice.Y.NormalizeWeakly();
        FieldElement.Square(doubled.Z, out FieldElement zz);
        FieldElement.Multiply(zz, doubled.Z, out FieldElement zzz);
        FieldElement.Multiply(q.X, zz, out table[0].X);
        FieldElement.Multiply(q.Y, zzz, out table[0].Y);

        // Each sum has a Z of its own; the ratio of neighbours is remembered.
        Span<FieldElement> ratios = stackalloc FieldElement[TableSize];
        var sum = JacobianPoint.From(table[0]);
        for (int i = 1; i < TableSize; i++)
        {
            sum.AddDifferent_Vartime(twice, out ratios[i]);
            table[i].X = sum.X;
            table[i].Y = sum.Y;
            table[i].X.NormalizeWeakly();
            table[i].Y.NormalizeWeakly();
        }

        // Then all are given the last one's Z, which becomes part of the scale.
        FieldElement.Multiply(sum.Z, doubled.Z, out scale);
        FieldElement ratio = ratios[TableSize - 1];
        ratios[0] = new FieldElement(1);
        for (int i = TableSize - 2; i >= 0; i--)
        {
            FieldElement.Square(ratio, out zz);
            FieldElement.Multiply(zz, ratio, out zzz);
            FieldElement.Multiply(table[i].X, zz, out table[i].X);
            FieldElement.Multiply(table[i].Y, zzz, out table[i].Y);
            FieldElement.Multiply(ratio, ratios[i], out ratio);
        }
    }
}
