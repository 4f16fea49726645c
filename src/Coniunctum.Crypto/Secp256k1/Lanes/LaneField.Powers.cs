namespace Coniunctum.Crypto.Secp256k1.Lanes;

/// <content>
/// Powers of several elements by one ladder. They take turns: while one waits for its square, the processor works on the next.
/// </content>
internal static unsafe partial class LaneField<TLanes>
{
    /// <summary>How many times the number of elements <see cref="SquareRoots"/> needs as scratch.</summary>
    public const int SquareRootScratch = 5;

    /// <summary>roots ← valuesᵉ, e = (p + 1)/4: the square roots of those that have one, p being 3 modulo 4.</summary>
    /// <param name="values">The elements, reduced or of magnitude 1.</param>
    /// <param name="count">Their number.</param>
    /// <param name="roots">Receives as many elements; not <paramref name="values"/>.</param>
    /// <param name="scratch">Room for <see cref="SquareRootScratch"/> · count elements.</param>
    public static void SquareRoots(LaneElement<TLanes>* values, int count, LaneElement<TLanes>* roots, LaneElement<TLanes>* scratch)
    {
        LaneElement<TLanes>* x2 = scratch;
        LaneElement<TLanes>* x3 = scratch + count;
        LaneElement<TLanes>* x22 = scratch + (2 * count);
        LaneElement<TLanes>* x44 = scratch + (3 * count);
        LaneElement<TLanes>* t = scratch + (4 * count);

        // The chain of FieldElement.TrySquareRoot. x_k is the power 2ᵏ − 1.
        RaiseAndMultiply(values, 1, values, count, x2);
        RaiseAndMultiply(x2, 1, values, count, x3);
        RaiseAndMultiply(x3, 3, x3, count, t); // x6
        RaiseAndMultiply(t, 3, x3, count, t); // x9
        RaiseAndMultiply(t, 2, x2, count, t); // x11
        RaiseAndMultiply(t, 11, t, count, x22);
        RaiseAndMultiply(x22, 22, x22, count, x44);
        RaiseAndMultiply(x44, 44, x44, count, t); // x88
        RaiseAndMultiply(t, 88, t, count, roots); // x176
        RaiseAndMultiply(roots, 44, x44, count, roots); // x220
        RaiseAndMultiply(roots, 3, x3, count, roots); // x223
        RaiseAndMultiply(roots, 23, x22, count, roots);
        RaiseAndMultiply(roots, 6, x2, count, roots);
        for (int i = 0; i < count; i++)
        {
            Square(roots + i, roots + i);
            Square(roots + i, roots + i);
        }
    }

    /// <summary>results ← bases^(2^squarings)·factors; factors may be the bases where results are not.</summary>
    private static void RaiseAndMultiply(
        LaneElement<TLanes>* bases, int squarings, LaneElement<TLanes>* factors, int count, LaneElement<TLanes>* results)
    {
        for (int i = 0; i < count; i++)
            Square(bases + i, results + i);
        for (int round = 1; round < squarings; round++)
        {
            for (int i = 0; i < count; i++)
                Square(results + i, results + i);
        }

        for (int i = 0; i < count; i++)
            Multiply(results + i, factors + i, results + i);
    }
}
