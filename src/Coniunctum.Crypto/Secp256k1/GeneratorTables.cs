namespace Coniunctum.Crypto.Secp256k1;

/// <summary>Multiples of the generator, computed when first needed and never changed.</summary>
internal static class GeneratorTables
{
    /// <summary>The width of the digits that <see cref="OddMultiples"/> serves: 2¹⁰ points, 64 KiB.</summary>
    public const int OddMultiplesWidth = Curve.GeneratorDigitWidth;

    /// <summary>The number of points for each window in <see cref="Windows"/>.</summary>
    public const int PointsInWindow = 8;

    private const int WindowCount = 64;

    /// <summary>(2j + 1)·16ⁱ·G at 8i + j: 64 windows of eight points, 32 KiB, for secret scalars.</summary>
    public static ReadOnlySpan<PackedPoint> Windows => WindowsHolder.Points;

    /// <summary>(2j + 1)·G at j, for public scalars.</summary>
    public static ReadOnlySpan<PackedPoint> OddMultiples => OddMultiplesHolder.Points;

    private static PackedPoint[] ComputeWindows()
    {
        var points = new JacobianPoint[WindowCount * PointsInWindow];
        var start = JacobianPoint.From(Curve.Generator);
        for (int i = 0; i < WindowCount; i++)
        {
            WriteOddMultiples(start, points.AsSpan(i * PointsInWindow, PointsInWindow));
            for (int bit = 0; bit < 4; bit++)
                start.Double_Vartime();
        }

        return Pack(points);
    }

    private static PackedPoint[] ComputeOddMultiples()
    {
        var points = new JacobianPoint[1 << (OddMultiplesWidth - 2)];
        WriteOddMultiples(JacobianPoint.From(Curve.Generator), points);
        return Pack(points);
    }

    private static void WriteOddMultiples(in JacobianPoint point, Span<JacobianPoint> multiples)
    {
        JacobianPoint twice = point;
        twice.Double_Vartime();
        multiples[0] = point;
        for (int i = 1; i < multiples.Length; i++)
        {
            multiples[i] = multiples[i - 1];
            multiples[i].Add_Vartime(twice);
        }
    }

    private static PackedPoint[] Pack(JacobianPoint[] points)
    {
        FieldElement[] inverses = Array.ConvertAll(points, static point => point.Z);
        IInvertible<FieldElement>.InvertAll(inverses, new FieldElement[points.Length]);
        var packed = new PackedPoint[points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            points[i].ToAffine(inverses[i], out AffinePoint point);
            packed[i] = new PackedPoint(point);
        }

        return packed;
    }

    // A class of its own for each table: its initializer runs once, at the first use, whatever the number of threads.
    private static class WindowsHolder
    {
        public static readonly PackedPoint[] Points = ComputeWindows();
    }

    private static class OddMultiplesHolder
    {
        public static readonly PackedPoint[] Points = ComputeOddMultiples();
    }
}
