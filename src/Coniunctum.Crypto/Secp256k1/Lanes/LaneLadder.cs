using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>
/// Sums a·G + b·Q in every lane. Both scalars are split in two by the endomorphism, and the four halves share their
/// doublings, as in <see cref="DoubleMultiplication"/>; but the digits stand at fixed places and are never zero.
/// </summary>
internal static unsafe class LaneLadder<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>
    /// How many vectors of sums one call takes. Two climb together: while one waits for its results, the processor works on
    /// the other. More tables would not fit into the first cache.
    /// </summary>
    public const int MaxVectors = 2;

    private const int Width = 5;
    private const int GeneratorWidth = GeneratorTables.OddMultiplesWidth - 1;
    private const int DigitCount = 26;
    private const int GeneratorDigitCount = ((Width * DigitCount) + GeneratorWidth - 1) / GeneratorWidth;

    private static int LaneCount => sizeof(TLanes) / sizeof(long);

    /// <summary>Computes a·G + b·Q; a lane's Z is 0 modulo p where it could not.</summary>
    /// <param name="a">The factors of the generator, one for each lane.</param>
    /// <param name="b">The factors of Q.</param>
    /// <param name="points">Q, of magnitude 1. They are overwritten.</param>
    /// <param name="sums">Receives the sums.</param>
    /// <param name="count">The number of vectors, at most <see cref="MaxVectors"/>.</param>
    [SkipLocalsInit]
    public static void Compute_Vartime(
        ReadOnlySpan<Scalar> a, ReadOnlySpan<Scalar> b, LaneAffinePoint<TLanes>* points, LanePoint<TLanes>* sums, int count)
    {
        Debug.Assert(count is > 0 and <= MaxVectors, "the stack is laid out for so many");
        byte* memory = stackalloc byte[(count * sizeof(Workspace)) + sizeof(LaneElement<TLanes>) + Alignment.Bytes];
        var betaSquared = (LaneElement<TLanes>*)Alignment.Up(memory);
        var workspaces = (Workspace*)(betaSquared + 1);
        SetBetaSquared(betaSquared);
        TLanes firstEntries = LaneTable<TLanes>.FirstEntries;
        for (int i = 0; i < count; i++)
        {
            workspaces[i].FirstEntries = firstEntries;
            workspaces[i].NoEntries = default;
            WriteDigits(a.Slice(i * LaneCount, LaneCount), b.Slice(i * LaneCount, LaneCount), workspaces + i);
            WriteTable(points + i, workspaces + i);

            // λ·(x, y) is (β·x, y): adding it is adding (x, y) with the scale β², as β⁴ = β and β⁶ = 1.
            LaneField<TLanes>.Multiply(&workspaces[i].Scale, betaSquared, &workspaces[i].ScaleBetaSquared);
        }

        fixed (PackedPoint* generatorTable = GeneratorTables.OddMultiples)
            Climb(workspaces, betaSquared, generatorTable, sums, count);

        for (int i = 0; i < count; i++)
            LaneField<TLanes>.Multiply(&sums[i].Z, &workspaces[i].Scale, &sums[i].Z);
    }

    private static void Climb(
        Workspace* workspaces, LaneElement<TLanes>* betaSquared, PackedPoint* generatorTable, LanePoint<TLanes>* sums, int count)
    {
        const int top = Width * (DigitCount - 1);
        for (int bit = top; bit >= 0; bit--)
        {
            for (int i = 0; i < count && bit != top; i++)
                LanePoint<TLanes>.Double(sums + i, &workspaces[i].Scratch);

            if (bit % Width == 0)
            {
                for (int i = 0; i < count; i++)
                    AddMultiple(workspaces + i, (TLanes*)&workspaces[i].Digits, bit / Width, null, sums + i, isFirst: bit == top);
                for (int i = 0; i < count; i++)
                    AddMultiple(workspaces + i, (TLanes*)&workspaces[i].LambdaDigits, bit / Width, betaSquared, sums + i, isFirst: false);
            }

            if (bit % GeneratorWidth == 0)
            {
                for (int i = 0; i < count; i++)
                    AddGenerator(workspaces + i, (TLanes*)&workspaces[i].GeneratorDigits, bit / GeneratorWidth, &workspaces[i].Scale, generatorTable, sums + i);
                for (int i = 0; i < count; i++)
                    AddGenerator(workspaces + i, (TLanes*)&workspaces[i].GeneratorLambdaDigits, bit / GeneratorWidth, &workspaces[i].ScaleBetaSquared, generatorTable, sums + i);
            }
        }
    }

    private static void AddMultiple(
        Workspace* workspace, TLanes* digits, int index, LaneElement<TLanes>* scale, LanePoint<TLanes>* sum, bool isFirst)
    {
        LaneAffinePoint<TLanes>* term = &workspace->Term;
        LaneTable<TLanes>.Read((PackedPoint*)&workspace->Table, &workspace->FirstEntries, digits, index, Width, &workspace->Offsets, term);
        if (!isFirst)
        {
            LanePoint<TLanes>.Add(sum, term, scale, &workspace->Scratch);
            return;
        }

        // A negated y has limbs below zero, and the next addition subtracts it: the difference would be too large to square.
        sum->X = term->X;
        sum->Y = term->Y;
        LaneField<TLanes>.NormalizeWeakly(&sum->Y);
        LaneField<TLanes>.Set(1, &sum->Z);
    }

    private static void AddGenerator(
        Workspace* workspace, TLanes* digits, int index, LaneElement<TLanes>* scale, PackedPoint* table, LanePoint<TLanes>* sum)
    {
        LaneAffinePoint<TLanes>* term = &workspace->Term;
        LaneTable<TLanes>.Read(table, &workspace->NoEntries, digits, index, GeneratorWidth, &workspace->Offsets, term);
        LanePoint<TLanes>.Add(sum, term, scale, &workspace->Scratch);
    }

    [SkipLocalsInit]
    private static void WriteTable(LaneAffinePoint<TLanes>* point, Workspace* workspace)
    {
        const int size = LaneTable<TLanes>.Size;
        int perEntry = sizeof(LaneAffinePoint<TLanes>) + sizeof(LaneElement<TLanes>);
        byte* memory = stackalloc byte[(size * perEntry) + Alignment.Bytes];
        var entries = (LaneAffinePoint<TLanes>*)Alignment.Up(memory);
        LaneTable<TLanes>.WriteOddMultiples(
            point, entries, (LaneElement<TLanes>*)(entries + size), (PackedPoint*)&workspace->Table, &workspace->Scale, &workspace->Scratch);
    }

    private static void WriteDigits(ReadOnlySpan<Scalar> a, ReadOnlySpan<Scalar> b, Workspace* workspace)
    {
        for (int lane = 0; lane < LaneCount; lane++)
        {
            Scalar.SplitOddByEndomorphism_Vartime(b[lane], out HalfScalar first, out HalfScalar second);
            LaneDigits.Write(first, Width * DigitCount, (long*)&workspace->Digits + lane, LaneCount);
            LaneDigits.Write(second, Width * DigitCount, (long*)&workspace->LambdaDigits + lane, LaneCount);
            Scalar.SplitOddByEndomorphism_Vartime(a[lane], out first, out second);
            LaneDigits.Write(first, GeneratorWidth * GeneratorDigitCount, (long*)&workspace->GeneratorDigits + lane, LaneCount);
            LaneDigits.Write(second, GeneratorWidth * GeneratorDigitCount, (long*)&workspace->GeneratorLambdaDigits + lane, LaneCount);
        }
    }

    private static void SetBetaSquared(LaneElement<TLanes>* result)
    {
        FieldElement.Square(Curve.Beta, out FieldElement square);
        square.Normalize();
        square.ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        LaneField<TLanes>.FromWords(
            TLanes.Broadcast((long)w0), TLanes.Broadcast((long)w1), TLanes.Broadcast((long)w2), TLanes.Broadcast((long)w3), default, result);
    }

    /// <summary>What one vector of sums needs on the way.</summary>
    private struct Workspace
    {
        public LanePoint<TLanes>.Scratch Scratch;
        public LaneAffinePoint<TLanes> Term;
        public LaneElement<TLanes> Scale;
        public LaneElement<TLanes> ScaleBetaSquared;
        public Limbs Digits;
        public Limbs LambdaDigits;
        public Limbs GeneratorDigits;
        public Limbs GeneratorLambdaDigits;
        public TLanes FirstEntries;
        public TLanes NoEntries;
        public TLanes Offsets;
        public PackedTable Table;
    }

    [InlineArray(LaneDigits.LimbCount)]
    private struct Limbs
    {
        private TLanes _first;
    }

    /// <summary>A packed point of eight 64-bit words for each entry, in each lane.</summary>
    [InlineArray(8 * LaneTable<TLanes>.Size)]
    private struct PackedTable
    {
        private TLanes _first;
    }
}
