using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>Which block is part of the best chain at a height: height → row.</summary>
internal sealed class BestTable(Database database)
{
    private readonly Statement _read = database.Prepare("SELECT row, checksum FROM best WHERE height = ?1");
    private readonly Statement _last = database.Prepare("SELECT max(height) FROM best");
    private readonly Statement _write = database.Prepare("INSERT INTO best (height, row, checksum) VALUES (?1, ?2, ?3)");
    private readonly Statement _delete = database.Prepare("DELETE FROM best WHERE height = ?1");
    private readonly Statement _cut = database.Prepare("DELETE FROM best WHERE height >= ?1");

    /// <summary>The greatest height; <c>null</c> in an empty store.</summary>
    public ulong? Last()
    {
        _last.TryFirst(static found => found.HasValue(0) ? found.UInt64(0) : (ulong?)null, out ulong? last);
        return last;
    }

    /// <summary>Returns the row of the best chain's block at a height, or <c>null</c> above its tip.</summary>
    /// <exception cref="InvalidDataException">The mark is damaged.</exception>
    public long? Read(ulong height)
    {
        if (height >= BlockRow.HeightLimit) return null;
        return _read.Bind(1, height).TryFirst(static found => (Row: found.Int64(0), Checksum: found.UInt64(1)), out (long Row, ulong Checksum) mark)
            ? mark.Checksum == Checksum(height, mark.Row) ? mark.Row : throw Damage.Of(RowKind.Best, height)
            : null;
    }

    public void Write(ulong height, long row) => _write.Bind(1, height).Bind(2, row).Bind(3, Checksum(height, row)).Execute();

    /// <summary>Writes a mark in the place of a damaged one.</summary>
    public void Replace(ulong height, long row)
    {
        _delete.Bind(1, height).Execute();
        Write(height, row);
    }

    /// <summary>Ends the best chain below a height.</summary>
    public void Cut(ulong height) => _cut.Bind(1, height).Execute();

    public static ulong Checksum(ulong height, long row)
    {
        var checksum = new RowChecksum(RowKind.Best, (long)height);
        checksum.Add(row);
        return checksum.Value;
    }
}
