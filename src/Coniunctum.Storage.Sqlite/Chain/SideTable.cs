using System.Collections.Immutable;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>
/// Blocks beside the best chain, for as long as they weigh. Their rows are numbered by height as those of heads are, apart from them:
/// few at any height, so that one is found among its height's.
/// </summary>
internal sealed class SideTable(Database database)
{
    /// <summary>The step of a file's version that brings the table. Older files have known of no such blocks.</summary>
    public const string Step = """
        CREATE TABLE sides (
            row INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            header BLOB NOT NULL,
            arrival INTEGER NOT NULL,
            fault INTEGER NOT NULL,
            checksum INTEGER NOT NULL);
        """;

    private readonly Statement _find = database.Prepare("SELECT row FROM sides WHERE row >= ?1 AND row < ?2 AND id = ?3");
    private readonly Statement _last = database.Prepare("SELECT max(row) FROM sides WHERE row >= ?1 AND row < ?2");
    private readonly Statement _range = database.Prepare("SELECT row, id, header, arrival, fault, checksum FROM sides WHERE row >= ?1 AND row < ?2 ORDER BY row");
    private readonly Statement _write = database.Prepare(
        "INSERT OR REPLACE INTO sides (row, id, header, arrival, fault, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

    private readonly Statement _delete = database.Prepare("DELETE FROM sides WHERE row >= ?1 AND row < ?2");
    private readonly Statement _next = database.Prepare("SELECT row FROM sides WHERE row >= ?1 ORDER BY row LIMIT 1");

    /// <summary>Reads as <see cref="IChainReader.ReadSides"/> says.</summary>
    public ImmutableArray<StoredSide> Read(ulong from, ulong to)
    {
        if (from >= BlockRow.HeightLimit || to < from) return [];
        var sides = new List<StoredSide>();
        _range.Bind(1, BlockRow.First(from)).Bind(2, BlockRow.First(Math.Min(to, BlockRow.HeightLimit - 1) + 1)).ForEach(found =>
        {
            if (ReadOne(found) is { } side) sides.Add(side);
            return true;
        });
        return [.. sides.OrderBy(side => side.Height).ThenBy(side => side.Arrival)];
    }

    /// <summary>Reads a row; <c>null</c> when it is damaged, or not there.</summary>
    public StoredSide? ReadRow(long row)
    {
        _range.Bind(1, row).Bind(2, row + 1).TryFirst(ReadOne, out StoredSide? side);
        return side;
    }

    /// <summary>Writes a block, in the place of what is kept of it.</summary>
    public void Write(StoredSide side)
    {
        long row = Find(side.Id, side.Height) ?? NextRow(side.Height);
        ulong checksum = Checksum(row, side.Id.Value.AsSpan(), side.Header.Span, side.Arrival, (long)side.Fault);
        _write.Bind(1, row).Bind(2, side.Id.Value.AsSpan()).Bind(3, side.Header.Span).Bind(4, side.Arrival).Bind(5, (long)side.Fault).Bind(6, checksum).Execute();
    }

    public void Remove(in StoreBatch.SideKey side)
    {
        if (Find(side.Id, side.Height) is { } row) Delete(row);
    }

    public void Delete(long row) => _delete.Bind(1, row).Bind(2, row + 1).Execute();

    public void DeleteBelow(ulong height) => _delete.Bind(1, 0L).Bind(2, BlockRow.First(Math.Min(height, BlockRow.HeightLimit))).Execute();

    /// <summary>Returns the first row from a number on, or <c>null</c>.</summary>
    public long? Next(long from) => _next.Bind(1, from).TryFirst(static found => found.Int64(0), out long row) ? row : null;

    private static StoredSide? ReadOne(Statement found)
    {
        long row = found.Int64(0), arrival = found.Int64(3), fault = found.Int64(4);
        ReadOnlySpan<byte> id = found.Bytes(1), header = found.Bytes(2);
        return id.Length == Hash256.Size && found.UInt64(5) == Checksum(row, id, header, arrival, fault)
            ? new StoredSide(new BlockId(new Hash256(id)), BlockRow.HeightOf(row), header.ToArray(), arrival, (BlockRule)fault)
            : null;
    }

    private static ulong Checksum(long row, ReadOnlySpan<byte> id, ReadOnlySpan<byte> header, long arrival, long fault)
    {
        var checksum = new RowChecksum(RowKind.Side, row);
        checksum.Add(id);
        checksum.Add(header);
        checksum.Add(arrival);
        checksum.Add(fault);
        return checksum.Value;
    }

    private long? Find(BlockId id, ulong height) =>
        _find.Bind(1, BlockRow.First(height)).Bind(2, BlockRow.First(height + 1)).Bind(3, id.Value.AsSpan()).TryFirst(static found => found.Int64(0), out long row) ? row : null;

    private long NextRow(ulong height)
    {
        long first = BlockRow.First(height);

        // The greatest of no rows is NULL.
        _last.Bind(1, first).Bind(2, BlockRow.First(height + 1)).TryFirst(static found => found.HasValue(0) ? found.Int64(0) : (long?)null, out long? last);
        return last + 1 ?? first;
    }
}
