using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>Tables of odd multiples, and the reading of one entry in every lane.</summary>
internal static unsafe class LaneTable<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>The number of entries that <see cref="WriteOddMultiples"/> makes for each lane: Q, 3Q, … 31Q.</summary>
    public const int Size = 16;

    private static int LaneCount => sizeof(TLanes) / sizeof(long);

    /// <summary>For every lane the number of its first entry in the table of <see cref="WriteOddMultiples"/>.</summary>
    public static TLanes FirstEntries
    {
        get
        {
            TLanes numbers = default;
            for (int lane = 0; lane < LaneCount; lane++)
                ((long*)&numbers)[lane] = lane * Size;
            return numbers;
        }
    }

    /// <summary>
    /// Writes Q, 3Q, 5Q, … as points with Z = 1, without an inversion: not of the curve y² = x³ + b but of an isomorphic one,
    /// on which (x/scale², y/scale³) is the true point.
    /// </summary>
    /// <param name="point">Q, of magnitude 1. It is overwritten.</param>
    /// <param name="entries">Room for <see cref="Size"/> points.</param>
    /// <param name="ratios">Room for as many elements.</param>
    /// <param name="table">Receives the entries packed: those of lane 0, then those of lane 1, and so on.</param>
    /// <param name="scale">Receives the scale, reduced.</param>
    /// <param name="scratch">Room.</param>
    public static void WriteOddMultiples(
        LaneAffinePoint<TLanes>* point,
        LaneAffinePoint<TLanes>* entries,
        LaneElement<TLanes>* ratios,
        PackedPoint* table,
        LaneElement<TLanes>* scale,
        LanePoint<TLanes>.Scratch* scratch)
    {
        *scale = point->Y;
        Double(point, entries, scratch);
        for (int i = 1; i < Size; i++)
            AddTwice(point, entries + i - 1, entries + i, ratios + i, scratch);

        // Entry i has the Z of entry i − 1 times a ratio. All are given the last one's Z, which becomes part of the scale.
        LaneElement<TLanes>* product = &scratch->A;
        LaneElement<TLanes>* square = &scratch->B;
        *product = ratios[Size - 1];
        WriteEntry(entries + Size - 1, Size - 1, table);
        for (int i = Size - 2; i >= 0; i--)
        {
            LaneField<TLanes>.Square(product, square);
            LaneField<TLanes>.Multiply(&entries[i].X, square, &entries[i].X);
            LaneField<TLanes>.Multiply(square, product, square);
            LaneField<TLanes>.Multiply(&entries[i].Y, square, &entries[i].Y);
            WriteEntry(entries + i, i, table);
            if (i != 0) LaneField<TLanes>.Multiply(product, ratios + i, product);
        }

        LaneField<TLanes>.Multiply(scale, product, scale);
    }

    /// <summary>Reads the entry for an odd digit of a half scalar in every lane, negated for a negative digit.</summary>
    /// <param name="table">The entries: 2^(width − 1) odd multiples.</param>
    /// <param name="firstEntries">In every lane the number of the entry that stands for the digit 1.</param>
    /// <param name="digits">The half scalar as <see cref="LaneDigits"/> writes it.</param>
    /// <param name="index">The digit's index, lowest first.</param>
    /// <param name="width">The digits' width in bits.</param>
    /// <param name="offsets">Room for one vector.</param>
    /// <param name="result">Receives the point, of magnitude 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(
        PackedPoint* table, TLanes* firstEntries, TLanes* digits, int index, int width, TLanes* offsets, LaneAffinePoint<TLanes>* result)
    {
        // The bits w of a window stand for the digit 2w − (2^width − 1).
        int digitsInLimb = LaneDigits.LimbBits / width;
        TLanes window = digits[index / digitsInLimb] >>> (index % digitsInLimb * width);
        TLanes positive = (window >>> (width - 1)) & TLanes.Broadcast(1);
        TLanes negative = positive - TLanes.Broadcast(1);
        *offsets = (*firstEntries + ((window ^ negative) & TLanes.Broadcast((1L << (width - 1)) - 1))) << 6;

        var rows = (byte*)table;
        TLanes.LoadPairs(rows, (long*)offsets, out TLanes word0, out TLanes word1);
        TLanes.LoadPairs(rows + 16, (long*)offsets, out TLanes word2, out TLanes word3);
        LaneField<TLanes>.FromWords(word0, word1, word2, word3, default, &result->X);
        TLanes.LoadPairs(rows + 32, (long*)offsets, out word0, out word1);
        TLanes.LoadPairs(rows + 48, (long*)offsets, out word2, out word3);
        LaneField<TLanes>.FromWords(word0, word1, word2, word3, negative, &result->Y);
    }

    /// <summary>Doubles a point; <paramref name="same"/> becomes the old one in the form that shares the new one's Z, its old y.</summary>
    private static void Double(
        LaneAffinePoint<TLanes>* point, LaneAffinePoint<TLanes>* same, LanePoint<TLanes>.Scratch* scratch)
    {
        // LanePoint.Double for Z = 1: Z' = Y, and Q itself is (X·Y², Y·Y³) for that Z.
        LaneElement<TLanes>* slope = &scratch->A;
        LaneElement<TLanes>* t = &scratch->B;
        LaneField<TLanes>.Square(&point->Y, &same->Y);
        LaneField<TLanes>.Multiply(&point->X, &same->Y, &same->X);
        LaneField<TLanes>.Square(&same->Y, &same->Y);
        LaneField<TLanes>.Square(&point->X, slope);
        LaneField<TLanes>.ThreeHalves(slope, slope);
        LaneField<TLanes>.Add(&same->X, &same->X, t);
        LaneField<TLanes>.SquareSubtract(slope, t, &point->X);
        LaneField<TLanes>.Subtract(&same->X, &point->X, t);
        LaneField<TLanes>.MultiplySubtract(t, slope, &same->Y, &point->Y);
    }

    /// <summary>
    /// sum ← twice + entry for two points of the same Z. Twice is then brought to the sum's Z, which is the old one times the
    /// ratio (Meloni, "New point addition formulae for ECC applications", 2007).
    /// </summary>
    private static void AddTwice(
        LaneAffinePoint<TLanes>* twice,
        LaneAffinePoint<TLanes>* entry,
        LaneAffinePoint<TLanes>* sum,
        LaneElement<TLanes>* ratio,
        LanePoint<TLanes>.Scratch* scratch)
    {
        LaneElement<TLanes>* square = &scratch->A;
        LaneElement<TLanes>* moved = &scratch->B;
        LaneElement<TLanes>* slope = &scratch->C;
        LaneElement<TLanes>* t = &scratch->D;
        LaneField<TLanes>.Subtract(&twice->X, &entry->X, ratio);
        LaneField<TLanes>.Square(ratio, square);
        LaneField<TLanes>.Subtract(&twice->Y, &entry->Y, slope);
        LaneField<TLanes>.Multiply(&twice->X, square, &twice->X);
        LaneField<TLanes>.Multiply(&entry->X, square, moved);
        LaneField<TLanes>.Subtract(&twice->X, moved, t);
        LaneField<TLanes>.Add(&twice->X, moved, moved);
        LaneField<TLanes>.Multiply(&twice->Y, t, &twice->Y);
        LaneField<TLanes>.SquareSubtract(slope, moved, &sum->X);
        LaneField<TLanes>.Subtract(&twice->X, &sum->X, t);
        LaneField<TLanes>.MultiplySubtract(slope, t, &twice->Y, &sum->Y);
    }

    [SkipLocalsInit]
    private static void WriteEntry(LaneAffinePoint<TLanes>* entry, int index, PackedPoint* table)
    {
        long* offsets = stackalloc long[LaneCount];
        for (int lane = 0; lane < LaneCount; lane++)
            offsets[lane] = (long)sizeof(PackedPoint) * ((lane * Size) + index);

        TLanes* words = stackalloc TLanes[4];
        byte* rows = (byte*)table;
        LaneField<TLanes>.NormalizeWeakly(&entry->X);
        LaneField<TLanes>.ToWords(&entry->X, words);
        TLanes.StorePairs(rows, offsets, words[0], words[1]);
        TLanes.StorePairs(rows + 16, offsets, words[2], words[3]);
        LaneField<TLanes>.NormalizeWeakly(&entry->Y);
        LaneField<TLanes>.ToWords(&entry->Y, words);
        TLanes.StorePairs(rows + 32, offsets, words[0], words[1]);
        TLanes.StorePairs(rows + 48, offsets, words[2], words[3]);
    }
}
