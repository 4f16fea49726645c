using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>A point (x, y) of y² = x³ + 7 other than infinity. Coordinates have magnitude 1 unless a member says otherwise.</summary>
[SkipLocalsInit]
internal struct AffinePoint
{
    public FieldElement X;
    public FieldElement Y;

    /// <summary>The generator G (SEC 2, §2.4.1).</summary>
    public static AffinePoint Generator => new()
    {
        X = new FieldElement(0x59F2_815B_16F8_1798, 0x029B_FCDB_2DCE_28D9, 0x55A0_6295_CE87_0B07, 0x79BE_667E_F9DC_BBAC),
        Y = new FieldElement(0x9C47_D08F_FB10_D4B8, 0xFD17_B448_A685_5419, 0x5DA4_FBFC_0E11_08A8, 0x483A_DA77_26A3_C465),
    };

    /// <summary>β, the cube root of 1 for which (β·x, y) = λ·(x, y).</summary>
    public static FieldElement Beta =>
        new(0xC139_6C28_7195_01EE, 0x9CF0_4975_12F5_8995, 0x6E64_479E_AC34_34E9, 0x7AE9_6A2B_657C_0710);

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
            // y = 0 does not occur: −7 is not a cube modulo p, and the order n is odd.
            FieldElement.Negate(point.Y, 1, out point.Y);
            point.Y.Normalize();
        }

        return found;
    }

    private static void RightSide(in FieldElement x, out FieldElement result)
    {
        FieldElement.Square(x, out result);
        FieldElement.Multiply(result, x, out result);
        FieldElement.Add(result, new FieldElement(7), out result);
    }
}
