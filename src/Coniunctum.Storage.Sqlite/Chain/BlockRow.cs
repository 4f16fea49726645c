namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>
/// The number of a block's rows: its height, and which of the blocks at that height it is, in the order in which they became
/// part of the best chain. So rows are appended as a chain grows, and those below a height are one range.
/// </summary>
internal static class BlockRow
{
    private const int OrdinalBits = 24;

    /// <summary>The first height that has no row numbers: 2³⁹, at one block a millisecond 17 years.</summary>
    public const ulong HeightLimit = 1UL << (63 - OrdinalBits);

    public static long First(ulong height)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, HeightLimit);
        return height == HeightLimit ? long.MaxValue : (long)(height << OrdinalBits);
    }

    public static ulong HeightOf(long row) => (ulong)row >> OrdinalBits;
}
