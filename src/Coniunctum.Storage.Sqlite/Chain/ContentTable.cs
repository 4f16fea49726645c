using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>One of the tables that hold bytes by row: bodies, undo, slices.</summary>
internal sealed class ContentTable(Database database, string table, RowKind kind)
{
    private readonly Statement _read = database.Prepare($"SELECT content, checksum FROM {table} WHERE row = ?1");
    private readonly Statement _write = database.Prepare($"INSERT OR REPLACE INTO {table} (row, content, checksum) VALUES (?1, ?2, ?3)");
    private readonly Statement _delete = database.Prepare($"DELETE FROM {table} WHERE row >= ?1 AND row < ?2");
    private readonly Statement _deleteFirst = database.Prepare($"DELETE FROM {table} WHERE row IN (SELECT row FROM {table} WHERE row >= ?1 AND row < ?2 ORDER BY row LIMIT ?3)");
    private readonly Statement _next = database.Prepare($"SELECT row FROM {table} WHERE row >= ?1 ORDER BY row LIMIT 1");
    private readonly Statement _last = database.Prepare($"SELECT max(row) FROM {table}");

    /// <summary>Reads a row; <c>null</c> when there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public ReadOnlyMemory<byte>? Read(long row)
    {
        if (!_read.Bind(1, row).TryFirst(static found => (Content: found.Bytes(0).ToArray(), Checksum: found.UInt64(1)), out (byte[] Content, ulong Checksum) stored))
            return null;
        if (stored.Checksum == RowChecksum.Of(kind, row, stored.Content)) return stored.Content;
        throw kind is RowKind.Slice or RowKind.IndexSummary ? Damage.Of(kind, Invariant($"{row}")) : Damage.Of(kind, BlockRow.HeightOf(row));
    }

    public void Write(long row, ReadOnlySpan<byte> content) => _write.Bind(1, row).Bind(2, content).Bind(3, RowChecksum.Of(kind, row, content)).Execute();

    /// <summary>Deletes the rows from one number to below another. Their pages are used again.</summary>
    public void Delete(long from, long below) => _delete.Bind(1, from).Bind(2, below).Execute();

    /// <summary>Deletes the first few rows of a range.</summary>
    public void DeleteFirst(long from, long below, int count) => _deleteFirst.Bind(1, from).Bind(2, below).Bind(3, count).Execute();

    /// <summary>Returns the first row from a number on, or <c>null</c>.</summary>
    public long? Next(long from) => _next.Bind(1, from).TryFirst(static found => found.Int64(0), out long row) ? row : null;

    /// <summary>Returns the last row, or <c>null</c>.</summary>
    public long? Last()
    {
        _last.TryFirst(static found => found.HasValue(0) ? found.Int64(0) : (long?)null, out long? last);
        return last;
    }
}
