using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>The heads of all blocks that were ever part of the best chain, found by row or by identity.</summary>
internal sealed class HeadTable(Database database)
{
    private readonly Statement _find = database.Prepare("SELECT row FROM heads WHERE substr(id, 1, 8) = substr(?1, 1, 8) AND id = ?1");
    private readonly Statement _read = database.Prepare("SELECT id, header, rule, weight, body_bytes, undo_bytes, checksum FROM heads WHERE row = ?1");
    private readonly Statement _last = database.Prepare("SELECT max(row) FROM heads WHERE row >= ?1 AND row < ?2");
    private readonly Statement _write = database.Prepare(
        "INSERT OR REPLACE INTO heads (row, id, header, rule, weight, body_bytes, undo_bytes, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

    private readonly Statement _next = database.Prepare("SELECT row FROM heads WHERE row >= ?1 ORDER BY row LIMIT 1");
    private readonly Statement _lastRow = database.Prepare("SELECT row FROM heads ORDER BY row DESC LIMIT 1");
    private readonly Statement _delete = database.Prepare("DELETE FROM heads WHERE row = ?1");

    public long? FindRow(BlockId id) =>
        _find.Bind(1, id.Value.AsSpan()).TryFirst(static found => found.Int64(0), out long row) ? row : null;

    /// <summary>Returns the number of the next new block at a height.</summary>
    public long NextRow(ulong height)
    {
        long first = BlockRow.First(height);
        long limit = BlockRow.First(height + 1);

        // The greatest of no rows is NULL, which reads as 0.
        _last.Bind(1, first).Bind(2, limit).TryFirst(static found => (IsAny: found.HasValue(0), Row: found.Int64(0)), out (bool IsAny, long Row) last);
        long next = last.IsAny ? last.Row + 1 : first;
        return next < limit ? next : throw new InvalidOperationException($"Too many blocks were part of the best chain at height {height}.");
    }

    public void Write(long row, StoredBlock block)
    {
        StoredHead head = block.Head;
        Hash256 weight = head.ChainWeight.ToBytes();
        ulong checksum = Checksum(row, head.Id.Value.AsSpan(), head.Header.Span, head.RuleState.Span, weight.AsSpan(), block.Encoded.Length, block.Undo.Length);
        _write.Bind(1, row).Bind(2, head.Id.Value.AsSpan()).Bind(3, head.Header.Span).Bind(4, head.RuleState.Span).Bind(5, weight.AsSpan())
            .Bind(6, block.Encoded.Length).Bind(7, block.Undo.Length).Bind(8, checksum).Execute();
    }

    /// <summary>Reads a head; <c>null</c> when there is no such row.</summary>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public HeadRow? Read(long row)
    {
        _read.Bind(1, row).TryFirst(found => Read(found, row), out HeadRow? head);
        return head;
    }

    /// <summary>Returns the first row from a number on, or <c>null</c>.</summary>
    public long? Next(long from) => _next.Bind(1, from).TryFirst(static found => found.Int64(0), out long row) ? row : null;

    /// <summary>Returns the greatest height of all heads, or <c>null</c>.</summary>
    public ulong? LastHeight() => _lastRow.TryFirst(static found => found.Int64(0), out long row) ? BlockRow.HeightOf(row) : null;

    public void Delete(long row) => _delete.Bind(1, row).Execute();

    /// <summary>Reads the row that a statement stands on: id, header, rule, weight, body_bytes, undo_bytes, checksum.</summary>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public static HeadRow Read(Statement found, long row, int firstColumn = 0)
    {
        ReadOnlySpan<byte> id = found.Bytes(firstColumn);
        ReadOnlySpan<byte> header = found.Bytes(firstColumn + 1);
        ReadOnlySpan<byte> rule = found.Bytes(firstColumn + 2);
        ReadOnlySpan<byte> weight = found.Bytes(firstColumn + 3);
        long bodyBytes = found.Int64(firstColumn + 4);
        long undoBytes = found.Int64(firstColumn + 5);
        ulong checksum = Checksum(row, id, header, rule, weight, bodyBytes, undoBytes);
        if (checksum != found.UInt64(firstColumn + 6) || id.Length != Hash256.Size || weight.Length != Hash256.Size)
            throw Damage.Of(RowKind.Head, BlockRow.HeightOf(row));
        var head = new StoredHead(
            new BlockId(new Hash256(id)),
            BlockRow.HeightOf(row),
            header.ToArray(),
            rule.ToArray(),
            Work.FromBytes(new Hash256(weight)));
        return new HeadRow(head, bodyBytes, undoBytes);
    }

    public static ulong Checksum(
        long row, ReadOnlySpan<byte> id, ReadOnlySpan<byte> header, ReadOnlySpan<byte> rule, ReadOnlySpan<byte> weight, long bodyBytes, long undoBytes)
    {
        var checksum = new RowChecksum(RowKind.Head, row);
        checksum.Add(id);
        checksum.Add(header);
        checksum.Add(rule);
        checksum.Add(weight);
        checksum.Add(bodyBytes);
        checksum.Add(undoBytes);
        return checksum.Value;
    }
}
