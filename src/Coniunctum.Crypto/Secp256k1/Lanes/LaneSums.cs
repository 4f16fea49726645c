using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <summary>
/// <see cref="LiftedSums"/> in lanes. All sums are dealt out to groups, one sum a lane; square roots and inversions are
/// shared by all groups, the ladders run group by group. A lane that is left over repeats the last sum.
/// </summary>
internal static unsafe class LaneSums<TLanes>
    where TLanes : unmanaged, ILanes<TLanes>
{
    private static int LaneCount => sizeof(TLanes) / sizeof(long);

    /// <summary>Computes 1 to <see cref="LiftedSums.MaxCount"/> sums.</summary>
    [SkipLocalsInit]
    public static void Compute_Vartime(Span<LiftedSum> sums)
    {
        Debug.Assert(sums.Length is > 0 and <= LiftedSums.MaxCount, "the stack is laid out for so many");
        int groupCount = (sums.Length + LaneCount - 1) / LaneCount;
        int perGroup = sizeof(LaneAffinePoint<TLanes>) + sizeof(LanePoint<TLanes>) + sizeof(LaneElement<TLanes>) + (2 * sizeof(TLanes));
        byte* memory = stackalloc byte[(groupCount * perGroup) + Alignment.Bytes];
        var points = (LaneAffinePoint<TLanes>*)Alignment.Up(memory);
        var results = (LanePoint<TLanes>*)(points + groupCount);
        var inverses = (LaneElement<TLanes>*)(results + groupCount);
        var isLifted = (TLanes*)(inverses + groupCount);
        TLanes* isExceptional = isLifted + groupCount;

        Lift(sums, points, isLifted, groupCount);
        for (int i = 0; i < groupCount; i += LaneLadder<TLanes>.MaxVectors)
            Climb(sums, i, Math.Min(LaneLadder<TLanes>.MaxVectors, groupCount - i), points + i, results + i);
        InvertZ(results, isExceptional, inverses, groupCount);
        for (int i = 0; i < groupCount; i++)
            Finish(sums, i, results + i, inverses + i, isLifted[i], isExceptional[i]);
    }

    /// <summary>The sum that a lane works on.</summary>
    private static int Index(ReadOnlySpan<LiftedSum> sums, int group, int lane) =>
        Math.Min((group * LaneCount) + lane, sums.Length - 1);

    /// <summary>Finds the points Q.</summary>
    [SkipLocalsInit]
    private static void Lift(Span<LiftedSum> sums, LaneAffinePoint<TLanes>* points, TLanes* isLifted, int groupCount)
    {
        const int perGroup = 2 + LaneField<TLanes>.SquareRootScratch;
        byte* memory = stackalloc byte[(groupCount * perGroup * sizeof(LaneElement<TLanes>)) + Alignment.Bytes];
        var rightSides = (LaneElement<TLanes>*)Alignment.Up(memory);
        LaneElement<TLanes>* roots = rightSides + groupCount;
        for (int i = 0; i < groupCount; i++)
        {
            LaneElement<TLanes>* x = &points[i].X;
            LoadX(sums, i, x);
            LaneField<TLanes>.Square(x, rightSides + i);
            LaneField<TLanes>.Multiply(rightSides + i, x, rightSides + i);
            rightSides[i].L0 += TLanes.Broadcast(Curve.B);
        }

        LaneField<TLanes>.SquareRoots(rightSides, groupCount, roots, roots + groupCount);
        for (int i = 0; i < groupCount; i++)
        {
            // Roots that are none go on as if they were: their lanes' results are thrown away.
            LaneElement<TLanes>* root = roots + i;
            LaneField<TLanes>.Normalize(root);
            TLanes odd = TLanes.Broadcast(0) - (root->L0 & TLanes.Broadcast(1));
            LaneField<TLanes>.NegateWhere(odd ^ OddMask(sums, i), root);
            LaneField<TLanes>.Normalize(root);
            points[i].Y = *root;
            StoreY(sums, i, root);
            LaneField<TLanes>.SquareSubtract(root, rightSides + i, rightSides + i);
            LaneField<TLanes>.Normalize(rightSides + i);
            isLifted[i] = LaneField<TLanes>.IsZero(rightSides + i);
        }
    }

    [SkipLocalsInit]
    private static void LoadX(ReadOnlySpan<LiftedSum> sums, int group, LaneElement<TLanes>* result)
    {
        TLanes* words = stackalloc TLanes[4];
        var numbers = (ulong*)words;
        for (int lane = 0; lane < LaneCount; lane++)
        {
            sums[Index(sums, group, lane)].Lifted.X.ToWords(
                out numbers[lane], out numbers[LaneCount + lane], out numbers[(2 * LaneCount) + lane], out numbers[(3 * LaneCount) + lane]);
        }

        LaneField<TLanes>.FromWords(words[0], words[1], words[2], words[3], default, result);
    }

    [SkipLocalsInit]
    private static void StoreY(Span<LiftedSum> sums, int group, LaneElement<TLanes>* y)
    {
        TLanes* words = stackalloc TLanes[4];
        LaneField<TLanes>.ToWords(y, words);
        for (int lane = 0; lane < LaneCount; lane++)
            sums[Index(sums, group, lane)].Lifted.Y = Element((ulong*)words, lane);
    }

    /// <summary>All ones in the lanes whose y is to be odd.</summary>
    private static TLanes OddMask(ReadOnlySpan<LiftedSum> sums, int group)
    {
        TLanes mask = default;
        for (int lane = 0; lane < LaneCount; lane++)
            ((long*)&mask)[lane] = sums[Index(sums, group, lane)].IsOdd ? -1 : 0;
        return mask;
    }

    /// <summary>Computes the sums.</summary>
    [SkipLocalsInit]
    private static void Climb(
        ReadOnlySpan<LiftedSum> sums, int firstGroup, int count, LaneAffinePoint<TLanes>* points, LanePoint<TLanes>* results)
    {
        Span<Scalar> a = stackalloc Scalar[count * LaneCount];
        Span<Scalar> b = stackalloc Scalar[count * LaneCount];
        for (int i = 0; i < a.Length; i++)
        {
            ref readonly LiftedSum sum = ref sums[Index(sums, firstGroup, i)];
            a[i] = sum.A;
            b[i] = sum.B;
        }

        LaneLadder<TLanes>.Compute_Vartime(a, b, points, results, count);
    }

    /// <summary>Inverts all Z by one inversion. Where Z is zero, 1 takes its place.</summary>
    [SkipLocalsInit]
    private static void InvertZ(LanePoint<TLanes>* results, TLanes* isExceptional, LaneElement<TLanes>* inverses, int count)
    {
        byte* memory = stackalloc byte[sizeof(LaneElement<TLanes>) + Alignment.Bytes];
        var inverse = (LaneElement<TLanes>*)Alignment.Up(memory);

        // First the products of all Z up to each group's.
        for (int i = 0; i < count; i++)
        {
            LaneElement<TLanes>* z = &results[i].Z;
            LaneField<TLanes>.Normalize(z);
            TLanes isZero = LaneField<TLanes>.IsZero(z);
            isExceptional[i] = isZero;
            z->L0 |= isZero & TLanes.Broadcast(1);
            if (i == 0)
                inverses[0] = *z;
            else
                LaneField<TLanes>.Multiply(inverses + i - 1, z, inverses + i);
        }

        *inverse = inverses[count - 1];
        InvertLanes(inverse);
        for (int i = count - 1; i > 0; i--)
        {
            LaneField<TLanes>.Multiply(inverses + i - 1, inverse, inverses + i);
            LaneField<TLanes>.Multiply(inverse, &results[i].Z, inverse);
        }

        inverses[0] = *inverse;
    }

    /// <summary>Inverts the elements of all lanes, none of which may be zero.</summary>
    [SkipLocalsInit]
    private static void InvertLanes(LaneElement<TLanes>* element)
    {
        TLanes* words = stackalloc TLanes[4];
        var numbers = (ulong*)words;
        LaneField<TLanes>.Normalize(element);
        LaneField<TLanes>.ToWords(element, words);
        Span<FieldElement> elements = stackalloc FieldElement[LaneCount];
        Span<FieldElement> scratch = stackalloc FieldElement[LaneCount];
        for (int lane = 0; lane < LaneCount; lane++)
            elements[lane] = Element(numbers, lane);
        IInvertible<FieldElement>.InvertAll(elements, scratch);
        for (int lane = 0; lane < LaneCount; lane++)
        {
            elements[lane].Normalize();
            elements[lane].ToWords(
                out numbers[lane], out numbers[LaneCount + lane], out numbers[(2 * LaneCount) + lane], out numbers[(3 * LaneCount) + lane]);
        }

        LaneField<TLanes>.FromWords(words[0], words[1], words[2], words[3], default, element);
    }

    /// <summary>Hands out a group's results.</summary>
    [SkipLocalsInit]
    private static void Finish(
        Span<LiftedSum> sums, int group, LanePoint<TLanes>* result, LaneElement<TLanes>* inverseOfZ, TLanes isLifted, TLanes isExceptional)
    {
        LaneElement<TLanes>* square = &result->Z;
        LaneField<TLanes>.Square(inverseOfZ, square);
        LaneField<TLanes>.Multiply(&result->X, square, &result->X);
        LaneField<TLanes>.Multiply(square, inverseOfZ, square);
        LaneField<TLanes>.Multiply(&result->Y, square, &result->Y);
        LaneField<TLanes>.Normalize(&result->X);
        LaneField<TLanes>.Normalize(&result->Y);

        TLanes* words = stackalloc TLanes[8];
        var numbers = (ulong*)words;
        LaneField<TLanes>.ToWords(&result->X, words);
        LaneField<TLanes>.ToWords(&result->Y, words + 4);
        int first = group * LaneCount;
        int end = Math.Min(LaneCount, sums.Length - first);
        for (int lane = 0; lane < end; lane++)
        {
            ref LiftedSum sum = ref sums[first + lane];
            if (((long*)&isLifted)[lane] == 0)
            {
                sum.Outcome = LiftedSumOutcome.NoSuchPoint;
            }
            else if (((long*)&isExceptional)[lane] != 0)
            {
                // Points met that the formulas are not made for.
                LiftedSums.ComputeScalar_Vartime(new Span<LiftedSum>(ref sum));
            }
            else
            {
                sum.Outcome = LiftedSumOutcome.Found;
                sum.Sum.X = Element(numbers, lane);
                sum.Sum.Y = Element(numbers + (4 * LaneCount), lane);
            }
        }
    }

    private static FieldElement Element(ulong* words, int lane) =>
        new(words[lane], words[LaneCount + lane], words[(2 * LaneCount) + lane], words[(3 * LaneCount) + lane]);
}
