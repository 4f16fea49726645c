namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>Walks through the entries of one key, over all runs in turn.</summary>
internal sealed class RunReader(RunTable table)
{
    /// <summary>Returns the numbers of a key's transactions in falling order, below a number.</summary>
    /// <param name="key">The key; its number does not matter.</param>
    /// <param name="below">The first number that is too high.</param>
    public IEnumerable<long> Falling(IndexEntry key, long below)
    {
        // Entries are found while runs stay as they are: the caller holds the lock until it has enough.
        for (int i = table.Runs.Count - 1; i >= 0; i--)
        {
            Run run = table.Runs[i];
            if (run.First >= below) continue;
            var last = new IndexEntry(key.High, key.Low, IndexEntry.LocationOf(below - 1, (key.Location & 1) != 0));
            int chunk = run.ChunkOf(last);
            IndexEntry[] entries = table.Chunks.Read(run.Id, chunk);
            int index = Array.BinarySearch(entries, last);
            index = index >= 0 ? index : ~index - 1;
            while (true)
            {
                for (; index >= 0 && IsOf(entries[index]); index--)
                {
                    if (entries[index].HasKeyOf(key)) yield return entries[index].Number;
                }

                if (index >= 0 || chunk == 0) break;
                entries = table.Chunks.Read(run.Id, --chunk);
                index = entries.Length - 1;
            }
        }

        bool IsOf(in IndexEntry entry) => entry.High == key.High && entry.Low == key.Low;
    }

    /// <summary>Returns the numbers of a key's transactions in rising order, from a number on.</summary>
    /// <param name="key">The key; its number does not matter.</param>
    /// <param name="from">The first number.</param>
    public IEnumerable<long> Rising(IndexEntry key, long from)
    {
        for (int i = 0; i < table.Runs.Count; i++)
        {
            Run run = table.Runs[i];
            if (run.Below <= from) continue;
            var first = new IndexEntry(key.High, key.Low, IndexEntry.LocationOf(from, isAddress: false));
            int chunk = run.ChunkOf(first);
            IndexEntry[] entries = table.Chunks.Read(run.Id, chunk);
            int index = Array.BinarySearch(entries, first);
            index = index >= 0 ? index : ~index;
            while (true)
            {
                for (; index < entries.Length && IsOf(entries[index]); index++)
                {
                    if (entries[index].HasKeyOf(key)) yield return entries[index].Number;
                }

                if (index < entries.Length || chunk == run.Keys.Count - 1) break;
                entries = table.Chunks.Read(run.Id, ++chunk);
                index = 0;
            }
        }

        bool IsOf(in IndexEntry entry) => entry.High == key.High && entry.Low == key.Low;
    }
}
