using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>The blocks of a ledger's file, by one connection: what is read of them.</summary>
internal sealed class ChainRows
{
    public ChainRows(Database database)
    {
        Heads = new HeadTable(database);
        Best = new BestTable(database);
        BestHeads = new HeadRange(database);
        Bodies = new ContentTable(database, "bodies", RowKind.Body);
        Undo = new ContentTable(database, "undo", RowKind.Undo);
        Summits = new SummitTable(database, Best, BestHeads);
        Pruned = new PrunedTable(database);
    }

    public HeadTable Heads { get; }

    public BestTable Best { get; }

    public HeadRange BestHeads { get; }

    public ContentTable Bodies { get; }

    public ContentTable Undo { get; }

    public SummitTable Summits { get; }

    public PrunedTable Pruned { get; }

    /// <summary>Reads which block is part of the best chain at a height; <c>null</c> above its tip.</summary>
    public StoredTip? At(ulong height)
    {
        if (Best.Read(height) is not { } row) return null;
        HeadRow head = Heads.Read(row) ?? throw new InvalidDataException($"The store's header at height {height} is missing.");
        return new StoredTip(head.Head.Id, height);
    }

    /// <summary>Reads a head; <c>null</c> when it is not there.</summary>
    public StoredHead? FindHead(BlockId id) => Heads.FindRow(id) is { } row ? Heads.Read(row)?.Head : null;

    /// <summary>Reads a block's encoding; <c>null</c> when it is not there, or no longer.</summary>
    public ReadOnlyMemory<byte>? ReadBody(BlockId id) => Read(id, Bodies, RowKind.Body);

    /// <summary>Reads what undoes a block; <c>null</c> when it is not there, or no longer.</summary>
    public ReadOnlyMemory<byte>? ReadUndo(BlockId id) => Read(id, Undo, RowKind.Undo);

    /// <summary>A damaged mark counts as none, as in <see cref="Pruning"/>.</summary>
    private ReadOnlyMemory<byte>? Read(BlockId id, ContentTable table, RowKind kind)
    {
        if (Heads.FindRow(id) is not { } row) return null;
        ulong height = BlockRow.HeightOf(row);
        bool isPruned = height >= Pruning.FirstOf(kind) && height < (Pruned.TryRead(kind) ?? 0);
        return isPruned ? null : table.Read(row);
    }
}
