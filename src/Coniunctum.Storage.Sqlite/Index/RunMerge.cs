namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>Merges neighbouring runs into one of the next level, a little at a time, so that no one waits for all of it.</summary>
internal sealed class RunMerge
{
    private readonly RunTable _table;
    private readonly Source[] _sources;
    private readonly IReadOnlyList<Run> _runs;
    private readonly long _id;
    private readonly List<IndexEntry> _keys = [];
    private readonly IndexEntry[] _chunk = new IndexEntry[ChunkTable.PerChunk];
    private int _filled;
    private int _left;

    public RunMerge(RunTable table, IReadOnlyList<Run> runs)
    {
        _table = table;
        _runs = runs;
        _id = table.NewId();
        _sources = [.. runs.Select(run => new Source(run))];
        _left = _sources.Length;
    }

    public int Level => _runs[0].Level;

    /// <summary>Merges some entries.</summary>
    /// <returns>How many of them were not needed any more: above 0 when the merge is done, and its run is in the place of the old ones.</returns>
    public int Step(int entries)
    {
        for (; entries > 0 && TryNext(out IndexEntry entry); entries--)
        {
            _chunk[_filled++] = entry;
            if (_filled == _chunk.Length) WriteChunk();
        }

        if (entries == 0) return 0;
        if (_filled > 0) WriteChunk();
        _table.Add(new Run(_id, Level + 1, _runs[0].First, _runs[^1].Below, _keys), _runs);
        return entries;
    }

    /// <summary>Takes the least of the sources' next entries.</summary>
    private bool TryNext(out IndexEntry least)
    {
        int best = -1;
        least = default;
        for (int i = 0; i < _left; i++)
        {
            ref Source source = ref _sources[i];
            if (!source.TryPeek(_table.Chunks, out IndexEntry entry))
            {
                _sources[i--] = _sources[--_left];
                continue;
            }

            if (best >= 0 && entry >= least) continue;
            (best, least) = (i, entry);
        }

        if (best < 0) return false;
        _sources[best].Skip();
        return true;
    }

    private void WriteChunk()
    {
        _table.Chunks.Write(_id, _keys.Count, _chunk.AsSpan(0, _filled));
        _keys.Add(_chunk[0]);
        _filled = 0;
    }

    private struct Source(Run run)
    {
        private IndexEntry[] _entries = [];
        private int _next;
        private int _nextChunk;

        public bool TryPeek(ChunkTable chunks, out IndexEntry entry)
        {
            if (_next == _entries.Length)
            {
                entry = default;
                if (_nextChunk == run.Keys.Count) return false;
                _entries = chunks.Read(run.Id, _nextChunk++);
                _next = 0;
            }

            entry = _entries[_next];
            return true;
        }

        public void Skip() => _next++;
    }
}
