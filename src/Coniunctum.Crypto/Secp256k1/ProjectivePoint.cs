using System.Runtime.CompilerServices;
using static Coniunctum.Crypto.Secp256k1.FieldElement;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// A point (X/Z, Y/Z), Z = 0 at infinity, for computations with secrets: its addition has no exceptional case, so nothing
/// depends on what is added. Magnitudes stay at most 3 for X, 2 for Y and Z.
/// </summary>
[SkipLocalsInit]
internal struct ProjectivePoint
{
    private const uint ThreeB = 3 * Curve.B;

    public FieldElement X;
    public FieldElement Y;
    public FieldElement Z;

    /// <summary>The point at infinity.</summary>
    public static ProjectivePoint Infinity => new() { Y = new FieldElement(1) };

    /// <summary>Adds a point whose X has magnitude 1 and whose Y has at most 2.</summary>
    /// <remarks>Renes, Costello and Batina, "Complete addition formulas for prime order elliptic curves" (2016), algorithm 8.</remarks>
    public void Add(in AffinePoint other)
    {
        Multiply(X, other.X, out FieldElement xx);
        Multiply(Y, other.Y, out FieldElement yy);

        // X·y + x·Y = (X + Y)·(x + y) − xx − yy
        FieldElement.Add(other.X, other.Y, out FieldElement xy);
        FieldElement.Add(X, Y, out FieldElement t);
        Multiply(xy, t, out xy);
        FieldElement.Add(xx, yy, out t);
        Subtract(xy, t, 2, out xy);

        Multiply(other.Y, Z, out FieldElement yz);
        FieldElement.Add(yz, Y, out yz);
        Multiply(other.X, Z, out FieldElement xz);
        FieldElement.Add(xz, X, out xz);
        MultiplySmall(xz, ThreeB, out xz);
        xz.NormalizeWeakly();
        MultiplySmall(xx, 3, out xx);
        MultiplySmall(Z, ThreeB, out FieldElement z);
        z.NormalizeWeakly();
        FieldElement.Add(yy, z, out FieldElement sum);
        Subtract(yy, z, 1, out FieldElement difference);

        Multiply(xy, difference, out X);
        Multiply(yz, xz, out t);
        Subtract(X, t, 1, out X);
        Multiply(difference, sum, out Y);
        Multiply(xz, xx, out t);
        FieldElement.Add(Y, t, out Y);
        Multiply(sum, yz, out Z);
        Multiply(xx, xy, out t);
        FieldElement.Add(Z, t, out Z);
    }

    /// <summary>The affine form of a point other than infinity, both coordinates normalized; (0, 0) for infinity.</summary>
    public readonly void ToAffine(out AffinePoint point)
    {
        Invert(Z, out FieldElement inverse);
        Multiply(X, inverse, out point.X);
        Multiply(Y, inverse, out point.Y);
        point.X.Normalize();
        point.Y.Normalize();
        Secret.Wipe(ref inverse); // Z tells about the scalar that led here
    }
}
