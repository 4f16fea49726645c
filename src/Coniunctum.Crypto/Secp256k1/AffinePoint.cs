using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>A point (x, y) of y² = x³ + b other than infinity. Coordinates have magnitude 1 unless a member says otherwise.</summary>
[SkipLocalsInit]
internal struct AffinePoint
{
    public FieldElement X;
    public FieldElement Y;

    /// <summary>Whether the coordinates satisfy the curve's equation.</summary>
    public readonly bool IsOnCurve()
    {
        RightSide(X, out FieldElement right);
        FieldElement.Square(Y, out FieldElement left);
        return FieldElement.AreEqual(left, right);
    }

    /// <summary>Finds the point with this x coordinate and this parity of y.</summary>
    /// <param name="x">The coordinate, of magnitude 1.</param>
    /// <param name="odd">Whether y, below p, is odd.</param>
    /// <param name="point">The point, its y normalized; without meaning when there is none.</param>
    /// <returns>Whether there is such a point.</returns>
    public static bool TryLift_Vartime(in FieldElement x, bool odd, out AffinePoint point)
    {
        RightSide(x, out FieldElement right);
        point.X = x;
        bool found = FieldElement.TrySquareRoot(right, out point.Y);
        point.Y.Normalize();
        if (point.Y.IsOdd != odd)
        {
            // y = 0 does not occur: −b is not a cube modulo p, as the number of points is odd.
            FieldElement.Negate(point.Y, 1, out point.Y);
            point.Y.Normalize();
        }

        return found;
    }

    private static void RightSide(in FieldElement x, out FieldElement result)
    {
        FieldElement.Square(x, out result);
        FieldElement.Multiply(result, x, out result);
        FieldElement.Add(result, new FieldElement(Curve.B), out result);
    }
}
