using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Coniunctum.Crypto.Secp256k1;

/// <summary>A point in 64 bytes, as the tables keep it: each coordinate in four words, least significant first.</summary>
internal readonly struct PackedPoint
{
    private readonly Vector256<ulong> _x;
    private readonly Vector256<ulong> _y;

    /// <summary>Packs a point whose coordinates are normalized.</summary>
    public PackedPoint(in AffinePoint point)
    {
        point.X.ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        _x = Vector256.Create(w0, w1, w2, w3);
        point.Y.ToWords(out w0, out w1, out w2, out w3);
        _y = Vector256.Create(w0, w1, w2, w3);
    }

    private PackedPoint(Vector256<ulong> x, Vector256<ulong> y)
    {
        _x = x;
        _y = y;
    }

    /// <summary>Unpacks the point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unpack(out AffinePoint point)
    {
        point.X = new FieldElement(_x[0], _x[1], _x[2], _x[3]);
        point.Y = new FieldElement(_y[0], _y[1], _y[2], _y[3]);
    }

    /// <summary>Reads one of several points so that neither time nor addresses tell which.</summary>
    public static void Select(ReadOnlySpan<PackedPoint> points, uint index, out AffinePoint point)
    {
        Vector256<ulong> x = default, y = default;
        for (int i = 0; i < points.Length; i++)
        {
            Vector256<ulong> mask = Vector256.Create(WideMath.ZeroMask((uint)i ^ index));
            x |= points[i]._x & mask;
            y |= points[i]._y & mask;
        }

        new PackedPoint(x, y).Unpack(out point);
    }
}
