using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>The runs that the index consists of, oldest first.</summary>
internal sealed class RunTable
{

    private const int DeletedAtOnce = 64;

    private readonly Statement _write;
    private readonly Statement _delete;
    private readonly List<Run> _runs = [];
    private readonly Queue<long> _garbage = new();
    private long _nextId;

    public RunTable(Database database)
    {
        Chunks = new ChunkTable(database);
        _write = database.Prepare("INSERT INTO runs (run, level, first, below, chunks, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _delete = database.Prepare("DELETE FROM runs WHERE run = ?1");
        database.Query("SELECT run, level, first, below, chunks, checksum FROM runs ORDER BY first", row => _runs.Add(Read(row)));
        CollectGarbage();
    }

    public ChunkTable Chunks { get; }

    public IReadOnlyList<Run> Runs => _runs;

    /// <summary>The first number that no run holds.</summary>
    public long Below => _runs.Count > 0 ? _runs[^1].Below : 0;

    public long NewId() => _nextId++;

    /// <summary>Adds a run whose chunks are written, in the place of the older ones that it was merged from.</summary>
    public void Add(Run run, IReadOnlyList<Run> merged)
    {
        foreach (Run old in merged)
        {
            _delete.Bind(1, old.Id).Execute();
            _runs.Remove(old);
            _garbage.Enqueue(old.Id);
        }

        _write.Bind(1, run.Id).Bind(2, run.Level).Bind(3, run.First).Bind(4, run.Below).Bind(5, run.Keys.Count).Bind(6, Checksum(run)).Execute();
        int place = _runs.FindIndex(other => other.First > run.First);
        _runs.Insert(place < 0 ? _runs.Count : place, run);
    }

    /// <summary>Deletes some chunks that no run needs any more.</summary>
    public void DeleteGarbage(int chunks)
    {
        for (; chunks > 0 && _garbage.TryPeek(out long run); chunks -= DeletedAtOnce)
        {
            if (!Chunks.Delete(run, DeletedAtOnce)) _garbage.Dequeue();
        }
    }

    private Run Read(Statement row)
    {
        var run = new Run(row.Int64(0), (int)row.Int64(1), row.Int64(2), row.Int64(3), Chunks.ReadKeys(row.Int64(0)));
        return run.Keys.Count == row.Int64(4) && row.UInt64(5) == Checksum(run) ? run : throw Damage.Of(RowKind.IndexRun, Invariant($"{run.Id}"));
    }

    /// <summary>Finds the chunks that a crash has left without a run: of merges that did not end, and of runs that were merged.</summary>
    private void CollectGarbage()
    {
        HashSet<long> known = [.. _runs.Select(run => run.Id)];
        for (long? row = Chunks.Next(0); row is { } found; row = Chunks.Next(Run.ChunkRow(Run.RunOf(found) + 1, 0)))
        {
            if (!known.Contains(Run.RunOf(found))) _garbage.Enqueue(Run.RunOf(found));
            _nextId = Run.RunOf(found) + 1;
        }
    }

    private static ulong Checksum(Run run)
    {
        var checksum = new RowChecksum(RowKind.IndexRun, run.Id);
        checksum.Add(run.Level);
        checksum.Add(run.First);
        checksum.Add(run.Below);
        checksum.Add(run.Keys.Count);
        foreach (IndexEntry key in run.Keys) checksum.Add((long)key.High);
        return checksum.Value;
    }
}
