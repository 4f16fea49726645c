namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>
/// A sorted run of entries in chunks. Runs hold ranges of transaction numbers that do not overlap, so that walking from run to
/// run walks through history.
/// </summary>
/// <param name="Id">The number of the run; its chunks are numbered from <c>Id * 2^24</c>.</param>
/// <param name="Level">How often its entries were merged.</param>
/// <param name="First">The first transaction's number.</param>
/// <param name="Below">The first number that is not in it.</param>
/// <param name="Keys">The first entry of each chunk.</param>
internal sealed record Run(long Id, int Level, long First, long Below, IReadOnlyList<IndexEntry> Keys)
{
    private const int ChunkBits = 24;

    public static long ChunkRow(long run, int chunk) => (run << ChunkBits) | (uint)chunk;

    public static long RunOf(long chunkRow) => chunkRow >> ChunkBits;

    /// <summary>Returns the chunk in which an entry lies or would lie.</summary>
    public int ChunkOf(in IndexEntry entry)
    {
        int low = 0;
        int high = Keys.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Keys[middle] <= entry)
                low = middle + 1;
            else
                high = middle;
        }

        return Math.Max(low - 1, 0);
    }
}
