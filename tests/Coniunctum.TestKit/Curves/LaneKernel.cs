using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Coniunctum.Crypto.Secp256k1;
using Coniunctum.Crypto.Secp256k1.Lanes;

namespace Coniunctum.TestKit.Curves;

/// <summary>The arithmetic of one kind of lanes, on lists of elements of nine limbs: as many as there are, a vector at a time.</summary>
internal abstract class LaneKernel
{
    /// <summary>The kinds of lanes. Those of another processor are inconclusive.</summary>
    public static string[] Names { get; } = ["checked", "few registers", "AVX2", "AVX-512VL", "AVX-512"];

    public abstract List<long[]> Multiply(List<long[]> a, List<long[]> b);

    public abstract List<long[]> MultiplySubtract(List<long[]> a, List<long[]> b, List<long[]> subtrahend);

    public abstract List<long[]> Square(List<long[]> a);

    public abstract List<long[]> SquareSubtract(List<long[]> a, List<long[]> subtrahend);

    /// <summary>Writes every result over an operand, and compares with those that went elsewhere.</summary>
    public abstract void AssertResultsMayBeOperands(List<long[]> a, List<long[]> b);

    public abstract List<long[]> ThreeHalves(List<long[]> a);

    public abstract List<long[]> Normalize(List<long[]> a);

    public abstract List<long[]> NormalizeWeakly(List<long[]> a);

    /// <summary>Takes each normalized element apart into words and puts it together again, negated in every second place.</summary>
    public abstract List<long[]> ThroughWords(List<long[]> a);

    public abstract List<long[]> SquareRoots(List<long[]> a);

    /// <summary>Adds points (X, Y, Z) and (x, y) for a scale.</summary>
    public abstract List<long[][]> AddPoints(List<long[][]> left, List<long[][]> right, long[]? scale);

    public abstract List<long[][]> DoublePoints(List<long[][]> points);

    public abstract void ComputeSums(Span<LiftedSum> sums);

    public static LaneKernel Find(string name)
    {
        bool isSupported = name switch
        {
            "AVX2" => Avx2.IsSupported && !Avx512F.VL.IsSupported,
            "AVX-512VL" => Avx512F.VL.IsSupported,
            "AVX-512" => Lanes8.IsSupported,
            _ => true,
        };
        Assume.That(isSupported, "this process has other lanes");
        return name switch
        {
            "checked" => new LaneKernel<CheckedLanes>(),
            "few registers" => new LaneKernel<PlainLanes>(),
            "AVX-512" => new LaneKernel<Lanes8>(),
            _ => new LaneKernel<Lanes4>(),
        };
    }

    /// <summary>The limbs of a number in [0, 2²⁵⁶).</summary>
    public static long[] Limbs(BigInteger value) => [.. Enumerable.Range(0, 9).Select(i => (long)((value >> (29 * i)) & ((1 << 29) - 1)))];

    /// <summary>The number that limbs stand for.</summary>
    public static BigInteger Value(long[] limbs) =>
        limbs.Select((limb, i) => (BigInteger)limb << (29 * i)).Aggregate(BigInteger.Zero, (sum, next) => sum + next);
}

/// <inheritdoc/>
internal sealed unsafe class LaneKernel<TLanes> : LaneKernel
    where TLanes : unmanaged, ILanes<TLanes>
{
    private static int LaneCount => sizeof(TLanes) / sizeof(long);

    private delegate void Operation(LaneElement<TLanes>* operands, LaneElement<TLanes>* results);

    public override List<long[]> Multiply(List<long[]> a, List<long[]> b) =>
        One([a, b], static (x, result) => LaneField<TLanes>.Multiply(x, x + 1, result));

    public override List<long[]> MultiplySubtract(List<long[]> a, List<long[]> b, List<long[]> subtrahend) =>
        One([a, b, subtrahend], static (x, result) => LaneField<TLanes>.MultiplySubtract(x, x + 1, x + 2, result));

    public override List<long[]> Square(List<long[]> a) => One([a], static (x, result) => LaneField<TLanes>.Square(x, result));

    public override List<long[]> SquareSubtract(List<long[]> a, List<long[]> subtrahend) =>
        One([a, subtrahend], static (x, result) => LaneField<TLanes>.SquareSubtract(x, x + 1, result));

    public override void AssertResultsMayBeOperands(List<long[]> a, List<long[]> b)
    {
        AssertSame(Multiply(a, b), static x => LaneField<TLanes>.Multiply(x, x + 1, x), 0);
        AssertSame(Multiply(a, b), static x => LaneField<TLanes>.Multiply(x, x + 1, x + 1), 1);
        AssertSame(Square(a), static x => LaneField<TLanes>.Square(x, x), 0);
        AssertSame(SquareSubtract(a, b), static x => LaneField<TLanes>.SquareSubtract(x, x + 1, x), 0);
        AssertSame(SquareSubtract(a, b), static x => LaneField<TLanes>.SquareSubtract(x, x + 1, x + 1), 1);
        AssertSame(MultiplySubtract(a, b, b), static x => LaneField<TLanes>.MultiplySubtract(x, x + 1, x + 1, x + 1), 1);
        AssertSame(MultiplySubtract(a, b, a), static x => LaneField<TLanes>.MultiplySubtract(x, x + 1, x, x), 0);
        AssertSame(ThreeHalves(a), static x => LaneField<TLanes>.ThreeHalves(x, x), 0);

        void AssertSame(List<long[]> expected, InPlace operation, int written)
        {
            List<long[]> actual = One([a, b], (x, result) =>
            {
                operation(x);
                *result = x[written];
            });
            Assert.That(actual, Is.EqualTo(expected));
        }
    }

    private delegate void InPlace(LaneElement<TLanes>* operands);

    public override List<long[]> ThreeHalves(List<long[]> a) => One([a], static (x, result) => LaneField<TLanes>.ThreeHalves(x, result));

    public override List<long[]> Normalize(List<long[]> a) => One([a], static (x, result) =>
    {
        *result = *x;
        LaneField<TLanes>.Normalize(result);
    });

    public override List<long[]> NormalizeWeakly(List<long[]> a) => One([a], static (x, result) =>
    {
        *result = *x;
        LaneField<TLanes>.NormalizeWeakly(result);
    });

    public override List<long[]> ThroughWords(List<long[]> a) => One([a], static (x, result) =>
    {
        TLanes* words = stackalloc TLanes[4];
        LaneField<TLanes>.ToWords(x, words);
        TLanes negative = default;
        for (int lane = 1; lane < LaneCount; lane += 2)
            ((long*)&negative)[lane] = -1;
        LaneField<TLanes>.FromWords(words[0], words[1], words[2], words[3], negative, result);
    });

    public override List<long[]> SquareRoots(List<long[]> a)
    {
        // All at once, as many vectors as there are.
        int count = (a.Count + LaneCount - 1) / LaneCount;
        using var memory = new Elements(count * (2 + LaneField<TLanes>.SquareRootScratch));
        for (int i = 0; i < count * LaneCount; i++)
            Put(memory.First + (i / LaneCount), i % LaneCount, a[Math.Min(i, a.Count - 1)]);
        LaneField<TLanes>.SquareRoots(memory.First, count, memory.First + count, memory.First + (2 * count));
        return [.. Enumerable.Range(0, a.Count).Select(i => Take(memory.First + count + (i / LaneCount), i % LaneCount))];
    }

    public override List<long[][]> AddPoints(List<long[][]> left, List<long[][]> right, long[]? scale)
    {
        List<long[]>[] operands = [.. Columns(left, 3), .. Columns(right, 2), Enumerable.Repeat(scale ?? new long[9], left.Count).ToList()];
        return Rows(Many(operands, 3, (x, result) =>
        {
            using var scratch = new Elements(sizeof(LanePoint<TLanes>.Scratch) / sizeof(LaneElement<TLanes>));
            *(LanePoint<TLanes>*)result = *(LanePoint<TLanes>*)x;
            LanePoint<TLanes>.Add(
                (LanePoint<TLanes>*)result,
                (LaneAffinePoint<TLanes>*)(x + 3),
                scale is null ? null : x + 5,
                (LanePoint<TLanes>.Scratch*)scratch.First);
        }));
    }

    public override List<long[][]> DoublePoints(List<long[][]> points) => Rows(Many(Columns(points, 3), 3, static (x, result) =>
    {
        using var scratch = new Elements(sizeof(LanePoint<TLanes>.Scratch) / sizeof(LaneElement<TLanes>));
        *(LanePoint<TLanes>*)result = *(LanePoint<TLanes>*)x;
        LanePoint<TLanes>.Double((LanePoint<TLanes>*)result, (LanePoint<TLanes>.Scratch*)scratch.First);
    }));

    public override void ComputeSums(Span<LiftedSum> sums) => LaneSums<TLanes>.Compute_Vartime(sums);

    private static List<long[]> One(List<long[]>[] operands, Operation operation) => Many(operands, 1, operation)[0];

    /// <summary>Runs an operation on all elements; results[r][i] is result r for the operands at i.</summary>
    private static List<long[]>[] Many(List<long[]>[] operands, int resultCount, Operation operation)
    {
        int count = operands[0].Count;
        using var memory = new Elements(operands.Length + resultCount);
        LaneElement<TLanes>* results = memory.First + operands.Length;
        List<long[]>[] taken = [.. Enumerable.Range(0, resultCount).Select(_ => new List<long[]>())];
        for (int start = 0; start < count; start += LaneCount)
        {
            for (int operand = 0; operand < operands.Length; operand++)
            {
                for (int lane = 0; lane < LaneCount; lane++)
                    Put(memory.First + operand, lane, operands[operand][Math.Min(start + lane, count - 1)]);
            }

            operation(memory.First, results);
            for (int lane = 0; lane < LaneCount && start + lane < count; lane++)
            {
                for (int result = 0; result < resultCount; result++)
                    taken[result].Add(Take(results + result, lane));
            }
        }

        return taken;
    }

    private static List<long[]>[] Columns(List<long[][]> rows, int count) =>
        [.. Enumerable.Range(0, count).Select(column => rows.ConvertAll(row => row[column]))];

    private static List<long[][]> Rows(List<long[]>[] columns) =>
        [.. Enumerable.Range(0, columns[0].Count).Select(row => columns.Select(column => column[row]).ToArray())];

    private static void Put(LaneElement<TLanes>* element, int lane, long[] limbs)
    {
        for (int i = 0; i < 9; i++)
            ((long*)element)[(i * LaneCount) + lane] = limbs[i];
    }

    private static long[] Take(LaneElement<TLanes>* element, int lane)
    {
        var numbers = (long*)element;
        long[] limbs = new long[9];
        for (int i = 0; i < 9; i++)
            limbs[i] = numbers[(i * LaneCount) + lane];
        return limbs;
    }

    private sealed class Elements(int count) : IDisposable
    {
        public LaneElement<TLanes>* First { get; } =
            (LaneElement<TLanes>*)NativeMemory.AlignedAlloc((nuint)(count * sizeof(LaneElement<TLanes>)), Alignment.Bytes);

        public void Dispose() => NativeMemory.AlignedFree(First);
    }
}
