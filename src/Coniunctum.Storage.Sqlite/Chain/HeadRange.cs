using System.Collections.Immutable;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>Heads of the best chain in rising height, in one query.</summary>
internal sealed class HeadRange(Database database)
{
    private readonly Statement _read = database.Prepare("""
        SELECT h.id, h.header, h.rule, h.weight, h.body_bytes, h.undo_bytes, h.checksum, b.height, b.row, b.checksum
        FROM best b LEFT JOIN heads h ON h.row = b.row WHERE b.height >= ?1 ORDER BY b.height LIMIT ?2
        """);

    /// <summary>Reads as <see cref="IChainReader.ReadHeads"/> says.</summary>
    /// <exception cref="InvalidDataException">A mark of the best chain or a head is damaged or missing.</exception>
    public ImmutableArray<StoredHead> Read(ulong from, int count)
    {
        if (from >= BlockRow.HeightLimit) return [];
        ImmutableArray<StoredHead>.Builder heads = ImmutableArray.CreateBuilder<StoredHead>();
        long bytes = 0;
        _read.Bind(1, from).Bind(2, Math.Min(count, IChainReader.MaxHeads)).ForEach(found =>
        {
            StoredHead head = ReadOne(found, from + (ulong)heads.Count);
            heads.Add(head);
            bytes += head.Size;
            return bytes < IChainReader.MaxHeadsBytes;
        });
        return heads.DrainToImmutable();
    }

    private static StoredHead ReadOne(Statement found, ulong height)
    {
        long row = found.Int64(8);
        if (found.UInt64(7) != height) throw new InvalidDataException($"The store's mark of the best chain at height {height} is missing.");
        if (found.UInt64(9) != BestTable.Checksum(height, row)) throw Damage.Of(RowKind.Best, height);
        return found.HasValue(0) ? HeadTable.Read(found, row).Head : throw new InvalidDataException($"The store's header at height {height} is missing.");
    }
}
