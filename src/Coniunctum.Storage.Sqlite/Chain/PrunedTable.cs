using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>Below which height bodies or undo were pruned, so that a row that is missing can be told from one that was lost.</summary>
internal sealed class PrunedTable(Database database)
{
    private readonly Statement _read = database.Prepare("SELECT below, checksum FROM pruned WHERE kind = ?1");
    private readonly Statement _write = database.Prepare("INSERT OR REPLACE INTO pruned (kind, below, checksum) VALUES (?1, ?2, ?3)");

    /// <summary>Returns the height below which the rows of a kind were pruned; 0 when they never were.</summary>
    /// <exception cref="InvalidDataException">The mark is damaged.</exception>
    public ulong Read(RowKind kind)
    {
        if (!_read.Bind(1, $"{kind}").TryFirst(static found => (Below: found.UInt64(0), Checksum: found.UInt64(1)), out (ulong Below, ulong Checksum) mark))
            return 0;
        return mark.Checksum == Checksum(kind, mark.Below) ? mark.Below : throw Damage.Of(RowKind.Pruned, $"{kind}");
    }

    public void Write(RowKind kind, ulong below) => _write.Bind(1, $"{kind}").Bind(2, below).Bind(3, Checksum(kind, below)).Execute();

    private static ulong Checksum(RowKind kind, ulong below)
    {
        var checksum = new RowChecksum(RowKind.Pruned, (long)kind);
        checksum.Add((long)below);
        return checksum.Value;
    }
}
