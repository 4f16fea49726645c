using System.Runtime.CompilerServices;
using static Coniunctum.Crypto.Secp256k1.FieldElement;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// A point (X/Z², Y/Z³), or infinity, for computations on public data. Magnitudes stay at most 6 for X, 3 for Y, 1 for Z.
/// </summary>
/// <remarks>The formulas do not use the constant b, so they hold on every curve y² = x³ + b, which the tables make use of.</remarks>
[SkipLocalsInit]
internal struct JacobianPoint
{
    public FieldElement X;
    public FieldElement Y;
    public FieldElement Z;
    public bool IsInfinity;

    /// <summary>The point at infinity.</summary>
    public static JacobianPoint Infinity => new() { IsInfinity = true };

    /// <summary>The same point with Z = 1.</summary>
    public static JacobianPoint From(in AffinePoint point) => new() { X = point.X, Y = point.Y, Z = new FieldElement(1) };

    /// <summary>Doubles the point.</summary>
    public void Double_Vartime()
    {
        // No point has y = 0: the group's order is odd.
        if (IsInfinity) return;

        // With L = 3X²/2 and T = −X·Y²: X' = L² + 2T, Y' = −(L·(X' + T) + Y⁴), Z' = Y·Z.
        Multiply(Y, Z, out Z);
        Square(Y, out FieldElement yy);
        Square(X, out FieldElement slope);
        MultiplySmall(slope, 3, out slope);
        Half(slope, out slope);
        Negate(yy, 1, out FieldElement t);
        Multiply(t, X, out t);
        Square(slope, out X);
        Add(X, t, out X);
        Add(X, t, out X);
        Square(yy, out yy);
        Add(t, X, out t);
        Multiply(t, slope, out Y);
        Add(Y, yy, out Y);
        Negate(Y, 2, out Y);
    }

    /// <summary>Adds a point whose coordinates have magnitude 1, Y at most 2.</summary>
    public void Add_Vartime(in AffinePoint other)
    {
        if (IsInfinity)
        {
            this = From(other);
            return;
        }

        Square(Z, out FieldElement zz);
        Multiply(other.X, zz, out FieldElement u2);
        Multiply(zz, Z, out FieldElement s2);
        Multiply(other.Y, s2, out s2);
        Subtract(u2, X, 6, out FieldElement h);
        Subtract(s2, Y, 3, out FieldElement i);
        if (h.IsZeroModulo())
        {
            AddSameX(i);
            return;
        }

        Multiply(Z, h, out Z);
        Finish(h, i, X, Y);
    }

    /// <summary>
    /// Adds a point that is known to be neither this one nor its negative, while this one is not infinity.
    /// </summary>
    /// <param name="other">A point whose coordinates have magnitude 1.</param>
    /// <param name="ratio">The new Z divided by the old one, of magnitude 8.</param>
    public void AddDifferent_Vartime(in AffinePoint other, out FieldElement ratio)
    {
        Square(Z, out FieldElement zz);
        Multiply(other.X, zz, out FieldElement u2);
        Multiply(zz, Z, out FieldElement s2);
        Multiply(other.Y, s2, out s2);
        Subtract(u2, X, 6, out ratio);
        Subtract(s2, Y, 3, out FieldElement i);
        Multiply(Z, ratio, out Z);
        Finish(ratio, i, X, Y);
    }

    /// <summary>Adds another point.</summary>
    public void Add_Vartime(in JacobianPoint other)
    {
        if (other.IsInfinity) return;
        if (IsInfinity)
        {
            this = other;
            return;
        }

        Square(Z, out FieldElement zz);
        Square(other.Z, out FieldElement otherZz);
        Multiply(X, otherZz, out FieldElement u1);
        Multiply(other.X, zz, out FieldElement u2);
        Multiply(otherZz, other.Z, out FieldElement s1);
        Multiply(Y, s1, out s1);
        Multiply(zz, Z, out FieldElement s2);
        Multiply(other.Y, s2, out s2);
        Subtract(u2, u1, 1, out FieldElement h);
        Subtract(s2, s1, 1, out FieldElement i);
        if (h.IsZeroModulo())
        {
            AddSameX(i);
            return;
        }

        Multiply(Z, other.Z, out Z);
        Multiply(Z, h, out Z);
        Finish(h, i, u1, s1);
    }

    /// <summary>Whether the affine x coordinate is this field element of magnitude 1; never for infinity.</summary>
    public readonly bool HasX_Vartime(in FieldElement x)
    {
        if (IsInfinity) return false;
        Square(Z, out FieldElement zz);
        Multiply(zz, x, out FieldElement expected);
        return AreEqual(expected, X);
    }

    /// <summary>The affine form for a known inverse of Z, both coordinates normalized.</summary>
    public readonly void ToAffine(in FieldElement inverseOfZ, out AffinePoint point)
    {
        Square(inverseOfZ, out FieldElement zz);
        Multiply(X, zz, out point.X);
        Multiply(zz, inverseOfZ, out zz);
        Multiply(Y, zz, out point.Y);
        point.X.Normalize();
        point.Y.Normalize();
    }

    /// <summary>The x coordinates are equal: the points are the same, or each other's negative.</summary>
    private void AddSameX(in FieldElement differenceOfY)
    {
        if (differenceOfY.IsZeroModulo())
            Double_Vartime();
        else
            this = Infinity;
    }

    /// <summary>X' = i² − h³ − 2·u1·h², Y' = i·(u1·h² − X') − s1·h³, where Z is done already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(in FieldElement h, in FieldElement i, in FieldElement u1, in FieldElement s1)
    {
        Square(h, out FieldElement hh);
        Multiply(hh, u1, out FieldElement t);
        Multiply(hh, h, out hh);
        Multiply(s1, hh, out FieldElement last);
        Square(i, out FieldElement square);
        MultiplySmall(t, 2, out FieldElement twice);
        Add(twice, hh, out twice);
        Subtract(square, twice, 3, out X);
        Subtract(t, X, 6, out t);
        Multiply(t, i, out Y);
        Subtract(Y, last, 1, out Y);
    }
}
