using System.Globalization;
using System.Runtime.InteropServices;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>The chunks of runs: up to 1,024 sorted entries each, 24 KiB.</summary>
internal sealed class ChunkTable(Database database)
{
    public const int PerChunk = 1024;

    private readonly Statement _read = database.Prepare("SELECT content, checksum FROM chunks WHERE row = ?1");
    private readonly Statement _write = database.Prepare("INSERT INTO chunks (row, key, content, checksum) VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement _next = database.Prepare("SELECT row FROM chunks WHERE row >= ?1 ORDER BY row LIMIT 1");
    private readonly Statement _delete = database.Prepare("DELETE FROM chunks WHERE row >= ?1 AND row < ?2");

    public void Write(long run, int chunk, ReadOnlySpan<IndexEntry> entries)
    {
        long row = Run.ChunkRow(run, chunk);
        ReadOnlySpan<byte> content = MemoryMarshal.AsBytes(entries);
        _write.Bind(1, row).Bind(2, content[..IndexEntry.Bytes]).Bind(3, content).Bind(4, RowChecksum.Of(RowKind.IndexChunk, row, content)).Execute();
    }

    public IndexEntry[] Read(long run, int chunk)
    {
        long row = Run.ChunkRow(run, chunk);
        bool isSound = _read.Bind(1, row).TryFirst(
            found => found.UInt64(1) == RowChecksum.Of(RowKind.IndexChunk, row, found.Bytes(0)) ? MemoryMarshal.Cast<byte, IndexEntry>(found.Bytes(0)).ToArray() : null,
            out IndexEntry[]? entries);
        return isSound && entries is not null ? entries : throw Damage.Of(RowKind.IndexChunk, Invariant($"{row}"));
    }

    /// <summary>Reads the first entry of each chunk of a run.</summary>
    public List<IndexEntry> ReadKeys(long run)
    {
        List<IndexEntry> keys = [];
        database.Query(
            string.Create(CultureInfo.InvariantCulture, $"SELECT key FROM chunks WHERE row >= {Run.ChunkRow(run, 0)} AND row < {Run.ChunkRow(run + 1, 0)} ORDER BY row"),
            row => keys.Add(row.Bytes(0).Length == IndexEntry.Bytes ? MemoryMarshal.Read<IndexEntry>(row.Bytes(0)) : throw Damage.Of(RowKind.IndexChunk, Invariant($"{run}"))));
        return keys;
    }

    /// <summary>Returns the first chunk's row from a number on, or <c>null</c>.</summary>
    public long? Next(long row) => _next.Bind(1, row).TryFirst(static found => found.Int64(0), out long next) ? next : null;

    /// <summary>Deletes some chunks of a run, from its beginning.</summary>
    /// <returns>Whether any are left.</returns>
    public bool Delete(long run, int count)
    {
        if (Next(Run.ChunkRow(run, 0)) is not { } first || Run.RunOf(first) != run) return false;
        long below = Math.Min(first + count, Run.ChunkRow(run + 1, 0));
        _delete.Bind(1, first).Bind(2, below).Execute();
        return Next(below) is { } next && Run.RunOf(next) == run;
    }
}
