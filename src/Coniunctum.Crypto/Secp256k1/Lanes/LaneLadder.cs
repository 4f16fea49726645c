using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>
/// Sums a·G + b·Q in every lane. Both scalars are split in two by the endomorphism, and the four halves share their
/// doublings, as in <see cref="DoubleMultiplication"/>; but the digits stand at fixed places and are never zero.
/// </summary>
internal static unsafe class LaneLadder<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    private const int Width = 5;
    private const int GeneratorWidth = GeneratorTables.OddMultiplesWidth - 1;
    private const int DigitCount = 26;
    private const int GeneratorDigitCount = 12;

    private static int LaneCount => sizeof(TLanes) / sizeof(long);

    /// <summary>Computes a·G + b·Q; a lane's Z is 0 modulo p where it could not.</summary>
    /// <param name="a">The factors of the generator, one for each lane.</param>
    /// <param name="b">The factors of Q.</param>
    /// <param name="point">Q, of magnitude 1. It is overwritten.</param>
    /// <param name="sum">Receives the sum.</param>
    [SkipLocalsInit]
    public static void Compute_Vartime(ReadOnlySpan<Scalar> a, ReadOnlySpan<Scalar> b, LaneAffinePoint<TLanes>* point, LanePoint<TLanes>* sum)
    {
        byte* memory = stackalloc byte[sizeof(Workspace) + Alignment.Bytes];
        var workspace = (Workspace*)Alignment.Up(memory);
        WriteDigits(a, b, workspace);
        fixed (PackedPoint* generatorTable = GeneratorTables.OddMultiples)
            Run(workspace, generatorTable, point, sum);
    }

    private static void Run(Workspace* workspace, PackedPoint* generatorTable, LaneAffinePoint<TLanes>* point, LanePoint<TLanes>* sum)
    {
        LanePoint<TLanes>.Scratch* scratch = &workspace->Scratch;
        LaneAffinePoint<TLanes>* term = &workspace->Term;
        LaneElement<TLanes>* scale = &workspace->Scale;
        LaneElement<TLanes>* betaSquared = &workspace->BetaSquared;
        LaneElement<TLanes>* scaleBeta = &workspace->ScaleBeta;
        var table = (PackedPoint*)&workspace->Table;
        LaneTable<TLanes>.WriteOddMultiples(
            point, (LaneAffinePoint<TLanes>*)&workspace->Entries, (LaneElement<TLanes>*)&workspace->Ratios, table, scale, scratch);

        // λ·(x, y) is (β·x, y): adding it is adding (x, y) with the scale β², as β⁴ = β and β⁶ = 1.
        SetBetaSquared(betaSquared);
        LaneField<TLanes>.Multiply(scale, betaSquared, scaleBeta);

        TLanes firstEntries = LaneNumbers() * TLanes.Broadcast(LaneTable<TLanes>.Size);
        TLanes* digits = (TLanes*)&workspace->Digits;
        TLanes* digitsLambda = digits + LaneDigits.LimbCount;
        TLanes* digitsG = digits + (2 * LaneDigits.LimbCount);
        TLanes* digitsLambdaG = digits + (3 * LaneDigits.LimbCount);

        const int top = Width * (DigitCount - 1);
        for (int bit = top; bit >= 0; bit--)
        {
            if (bit != top) LanePoint<TLanes>.Double(sum, scratch);
            if (bit % Width == 0)
            {
                LaneTable<TLanes>.Read(table, firstEntries, digits, bit / Width, Width, term);
                if (bit == top)
                    Start(term, sum);
                else
                    LanePoint<TLanes>.Add(sum, term, null, scratch);
                LaneTable<TLanes>.Read(table, firstEntries, digitsLambda, bit / Width, Width, term);
                LanePoint<TLanes>.Add(sum, term, betaSquared, scratch);
            }

            if (bit % GeneratorWidth == 0)
            {
                LaneTable<TLanes>.Read(generatorTable, default, digitsG, bit / GeneratorWidth, GeneratorWidth, term);
                LanePoint<TLanes>.Add(sum, term, scale, scratch);
                LaneTable<TLanes>.Read(generatorTable, default, digitsLambdaG, bit / GeneratorWidth, GeneratorWidth, term);
                LanePoint<TLanes>.Add(sum, term, scaleBeta, scratch);
            }
        }

        LaneField<TLanes>.Multiply(&sum->Z, scale, &sum->Z);
    }

    private static void Start(LaneAffinePoint<TLanes>* term, LanePoint<TLanes>* sum)
    {
        sum->X = term->X;
        sum->Y = term->Y;
        LaneField<TLanes>.Set(1, &sum->Z);
    }

    private static void WriteDigits(ReadOnlySpan<Scalar> a, ReadOnlySpan<Scalar> b, Workspace* workspace)
    {
        long* digits = (long*)&workspace->Digits;
        int halfSize = LaneDigits.LimbCount * LaneCount;
        for (int lane = 0; lane < LaneCount; lane++)
        {
            Scalar.SplitOddByEndomorphism_Vartime(b[lane], out HalfScalar first, out HalfScalar second);
            LaneDigits.Write(first, Width * DigitCount, digits + lane, LaneCount);
            LaneDigits.Write(second, Width * DigitCount, digits + halfSize + lane, LaneCount);
            Scalar.SplitOddByEndomorphism_Vartime(a[lane], out first, out second);
            LaneDigits.Write(first, GeneratorWidth * GeneratorDigitCount, digits + (2 * halfSize) + lane, LaneCount);
            LaneDigits.Write(second, GeneratorWidth * GeneratorDigitCount, digits + (3 * halfSize) + lane, LaneCount);
        }
    }

    private static void SetBetaSquared(LaneElement<TLanes>* result)
    {
        FieldElement.Square(AffinePoint.Beta, out FieldElement square);
        square.Normalize();
        square.ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        LaneField<TLanes>.FromWords(
            TLanes.Broadcast((long)w0), TLanes.Broadcast((long)w1), TLanes.Broadcast((long)w2), TLanes.Broadcast((long)w3), result);
    }

    [SkipLocalsInit]
    private static TLanes LaneNumbers()
    {
        TLanes numbers = default;
        for (int lane = 0; lane < LaneCount; lane++)
            ((long*)&numbers)[lane] = lane;
        return numbers;
    }

    /// <summary>What one group of lanes needs while its sums are computed.</summary>
    private struct Workspace
    {
        public LanePoint<TLanes>.Scratch Scratch;
        public LaneAffinePoint<TLanes> Term;
        public LaneElement<TLanes> Scale;
        public LaneElement<TLanes> BetaSquared;
        public LaneElement<TLanes> ScaleBeta;
        public DigitLimbs Digits;
        public TableEntries Entries;
        public TableRatios Ratios;
        public PackedTable Table;
    }

    [InlineArray(4 * LaneDigits.LimbCount)]
    private struct DigitLimbs
    {
        private TLanes _first;
    }

    [InlineArray(LaneTable<TLanes>.Size)]
    private struct TableEntries
    {
        private LaneAffinePoint<TLanes> _first;
    }

    [InlineArray(LaneTable<TLanes>.Size)]
    private struct TableRatios
    {
        private LaneElement<TLanes> _first;
    }

    /// <summary>A packed point of four 64-bit words a coordinate for each entry, in each lane.</summary>
    [InlineArray(8 * LaneTable<TLanes>.Size)]
    private struct PackedTable
    {
        private TLanes _first;
    }
}
