using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>
/// The blocks of the best chain by the number of their first transaction. A block that is taken out leaves a gap: what leads
/// into a gap is no longer part of the chain. Numbers rise with heights.
/// </summary>
internal sealed class BlockTable(Database database)
{
    private const string Columns = "first, height, id, transactions, checksum";

    private readonly Statement _at = database.Prepare($"SELECT {Columns} FROM blocks WHERE first <= ?1 ORDER BY first DESC LIMIT 1");
    private readonly Statement _atHeight = database.Prepare($"SELECT {Columns} FROM blocks WHERE height <= ?1 ORDER BY height DESC LIMIT 1");
    private readonly Statement _write = database.Prepare($"INSERT INTO blocks ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5)");
    private readonly Statement _delete = database.Prepare("DELETE FROM blocks WHERE first = ?1");

    public void Write(IndexedBlock block)
    {
        Hash256 id = block.Id.Value;
        _write.Bind(1, block.First).Bind(2, block.Height).Bind(3, id.AsSpan()).Bind(4, block.Transactions).Bind(5, Checksum(block)).Execute();
    }

    public void Delete(IndexedBlock block) => _delete.Bind(1, block.First).Execute();

    /// <summary>Returns the last block; <c>null</c> when there is none.</summary>
    public IndexedBlock? Last() => First(_at.Bind(1, long.MaxValue));

    /// <summary>Returns the block that holds a transaction, or <c>null</c> when that block was taken out.</summary>
    public IndexedBlock? Holding(long number) => First(_at.Bind(1, number)) is { } block && number < block.Below ? block : null;

    /// <summary>Returns the last block at or below a height.</summary>
    public IndexedBlock? AtOrBelow(ulong height) => First(_atHeight.Bind(1, Math.Min(height, long.MaxValue)));

    private static IndexedBlock? First(Statement statement)
    {
        statement.TryFirst(Read, out IndexedBlock? block);
        return block;
    }

    private static IndexedBlock Read(Statement found)
    {
        if (found.Bytes(2).Length == Hash256.Size)
        {
            var block = new IndexedBlock(found.Int64(0), found.UInt64(1), new BlockId(new Hash256(found.Bytes(2))), (int)found.Int64(3));
            if (found.UInt64(4) == Checksum(block)) return block;
        }

        throw Damage.Of(RowKind.IndexBlock, found.UInt64(1));
    }

    private static ulong Checksum(IndexedBlock block)
    {
        var checksum = new RowChecksum(RowKind.IndexBlock, block.First);
        Hash256 id = block.Id.Value;
        checksum.Add((long)block.Height);
        checksum.Add(id.AsSpan());
        checksum.Add(block.Transactions);
        return checksum.Value;
    }
}
