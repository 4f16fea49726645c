using System.Runtime.InteropServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>A point (X, Y) in every lane, other than infinity.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LaneAffinePoint<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    public LaneElement<TLanes> X;
    public LaneElement<TLanes> Y;
}

/// <summary>
/// A point (X/Z², Y/Z³) in every lane, its coordinates reduced. The formulas are not complete: where both operands are the
/// same point, opposite ones, or infinity, Z becomes 0 modulo p. It then stays 0, being only ever multiplied, so that one
/// look at the end tells which lanes have to be computed otherwise.
/// </summary>
/// <remarks>The formulas do not use the constant b, so they hold on every curve y² = x³ + b, which the tables make use of.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LanePoint<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    public LaneElement<TLanes> X;
    public LaneElement<TLanes> Y;
    public LaneElement<TLanes> Z;

    /// <summary>Room for intermediate values, aligned like the points.</summary>
    public struct Scratch
    {
        public LaneElement<TLanes> A;
        public LaneElement<TLanes> B;
        public LaneElement<TLanes> C;
        public LaneElement<TLanes> D;
        public LaneElement<TLanes> E;
    }

    /// <summary>Doubles a point.</summary>
    [System.Runtime.CompilerServices.MethodImpl(AggressiveOptimization)]
    public static void Double(LanePoint<TLanes>* point, Scratch* scratch)
    {
        // With L = 3X²/2 and T = X·Y²: X' = L² − 2T, Y' = L·(T − X') − Y⁴, Z' = Y·Z.
        LaneElement<TLanes>* slope = &scratch->A;
        LaneElement<TLanes>* yy = &scratch->B;
        LaneElement<TLanes>* t = &scratch->C;
        LaneElement<TLanes>* twice = &scratch->D;
        LaneField<TLanes>.Square(&point->Y, yy);
        LaneField<TLanes>.Square(&point->X, slope);
        LaneField<TLanes>.Multiply(&point->X, yy, t);
        LaneField<TLanes>.ThreeHalves(slope, slope);
        LaneField<TLanes>.Multiply(&point->Z, &point->Y, &point->Z);
        LaneField<TLanes>.Add(t, t, twice);
        LaneField<TLanes>.SquareSubtract(slope, twice, &point->X);
        LaneField<TLanes>.Square(yy, yy);
        LaneField<TLanes>.Subtract(t, &point->X, t);
        LaneField<TLanes>.MultiplySubtract(t, slope, yy, &point->Y);
    }

    /// <summary>Adds a point whose coordinates have magnitude 1.</summary>
    /// <param name="point">The point to change.</param>
    /// <param name="other">The point to add, as (x/scale², y/scale³).</param>
    /// <param name="scale">A reduced factor, or null for 1.</param>
    /// <param name="scratch">Room.</param>
    [System.Runtime.CompilerServices.MethodImpl(AggressiveOptimization)]
    public static void Add(
        LanePoint<TLanes>* point, LaneAffinePoint<TLanes>* other, LaneElement<TLanes>* scale, Scratch* scratch)
    {
        // h = x·Z² − X, r = y·Z³ − Y with Z·scale for Z; v = X·h²; then X' = r² − h³ − 2v, Y' = r·(v − X') − Y·h³, Z' = Z·h.
        LaneElement<TLanes>* zz = &scratch->A;
        LaneElement<TLanes>* h = &scratch->B;
        LaneElement<TLanes>* r = &scratch->C;
        LaneElement<TLanes>* v = &scratch->D;
        LaneElement<TLanes>* t = &scratch->E;
        LaneElement<TLanes>* z = &point->Z;
        if (scale != null)
        {
            LaneField<TLanes>.Multiply(z, scale, t);
            z = t;
        }

        LaneField<TLanes>.Square(z, zz);
        LaneField<TLanes>.Multiply(&other->X, zz, h);
        LaneField<TLanes>.Multiply(zz, z, zz);
        LaneField<TLanes>.Subtract(h, &point->X, h);
        LaneField<TLanes>.Multiply(&other->Y, zz, r);
        LaneField<TLanes>.Square(h, t);
        LaneField<TLanes>.Subtract(r, &point->Y, r);
        LaneField<TLanes>.Multiply(&point->X, t, v);
        LaneField<TLanes>.Multiply(t, h, t);
        LaneField<TLanes>.Multiply(&point->Z, h, &point->Z);
        LaneField<TLanes>.AddTwice(t, v, zz);
        LaneField<TLanes>.SquareSubtract(r, zz, &point->X);
        LaneField<TLanes>.Multiply(t, &point->Y, t);
        LaneField<TLanes>.Subtract(v, &point->X, v);
        LaneField<TLanes>.MultiplySubtract(v, r, t, &point->Y);
    }
}
