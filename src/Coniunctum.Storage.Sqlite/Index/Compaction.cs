namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>Keeps runs few: as soon as eight of a level are there they are merged into one of the next.</summary>
internal sealed class Compaction(RunTable table)
{
    private const int Fanout = 8;

    // Each level merges every entry once, so that work for six entries per new one keeps up with six levels: 10¹¹ transactions.
    private const int WorkPerEntry = 6;

    private readonly List<RunMerge> _merges = [];

    /// <summary>Does as much as keeps up with the entries that were added.</summary>
    public void Work(int added)
    {
        int left = Math.Max(added * WorkPerEntry, ChunkTable.PerChunk);
        while (left > 0 && Next() is { } merge)
        {
            left = merge.Step(left);
            if (left > 0) _merges.Remove(merge);
        }

        // As many chunks as were written, and some more.
        table.DeleteGarbage((added * WorkPerEntry / ChunkTable.PerChunk) + (Fanout * Fanout));
    }

    /// <summary>Returns the merge at the lowest level, where runs are added fastest.</summary>
    private RunMerge? Next()
    {
        foreach (IGrouping<int, Run> level in table.Runs.GroupBy(run => run.Level).OrderBy(level => level.Key))
        {
            if (_merges.Find(merge => merge.Level == level.Key) is { } begun) return begun;
            if (level.Count() < Fanout) continue;
            var merge = new RunMerge(table, [.. level.Take(Fanout)]);
            _merges.Add(merge);
            return merge;
        }

        return null;
    }
}
