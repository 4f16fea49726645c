using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>The tables of a ledger's file together: what one batch writes.</summary>
internal sealed class ChainTables(Database database)
{
    public HeadTable Heads { get; } = new(database);

    public BestTable Best { get; } = new(database);

    public ContentTable Bodies { get; } = new(database, "bodies", RowKind.Body);

    public ContentTable Undo { get; } = new(database, "undo", RowKind.Undo);

    public RecordTable Records { get; } = new(database);

    public PrunedTable Pruned { get; } = new(database);

    public CheckpointTable Checkpoint { get; } = new(database);

    /// <summary>Reads the tip of the best chain; <c>null</c> in an empty store.</summary>
    public StoredTip? Tip() => Best.Last() is { } height ? At(height) : null;

    /// <summary>Reads which block is part of the best chain at a height; <c>null</c> above its tip.</summary>
    public StoredTip? At(ulong height)
    {
        if (Best.Read(height) is not { } row) return null;
        HeadRow head = Heads.Read(row) ?? throw new InvalidDataException($"The store's header at height {height} is missing.");
        return new StoredTip(head.Head.Id, height);
    }

    /// <summary>Writes a batch into the transaction that is open.</summary>
    /// <returns>The tip after it.</returns>
    /// <exception cref="ArgumentException">The batch does not follow what is stored.</exception>
    public StoredTip? Write(StoreBatch batch, StoredTip? tip, bool mayDeleteSlices)
    {
        tip = Connect(batch, tip);
        foreach (StoreBatch.Record record in batch.Records) Records.Write(record.Key, record.Value.Span);
        if (batch.Slice is { } slice) Checkpoint.Write(slice, mayDeleteSlices);
        if (batch.PruneUndoBelow is { } undo) Prune(Undo, RowKind.Undo, 0, undo);

        // The genesis block stays: it says which chain this is.
        if (batch.PruneBodiesBelow is { } bodies) Prune(Bodies, RowKind.Body, 1, bodies);
        return tip;
    }

    /// <summary>Counts the rows of a kind, and the bytes of their contents.</summary>
    public StoreStatistics.Table Measure(RowKind kind)
    {
        (string table, string bytes) = kind switch
        {
            RowKind.Head => ("heads", "length(id) + length(header) + length(rule) + length(weight)"),
            RowKind.Best => ("best", "0"),
            RowKind.Body => ("bodies", "length(content)"),
            RowKind.Undo => ("undo", "length(content)"),
            RowKind.Slice => ("slices", "length(content)"),
            RowKind.Record => ("records", "length(content)"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return new StoreStatistics.Table(
            kind, database.Number($"SELECT count(*) FROM {table}"), database.Number($"SELECT coalesce(sum({bytes}), 0) FROM {table}"));
    }

    /// <summary>Forgets a block that is not part of the best chain.</summary>
    public void Drop(long row)
    {
        Heads.Delete(row);
        Bodies.Delete(row, row + 1);
        Undo.Delete(row, row + 1);
    }

    private StoredTip? Connect(StoreBatch batch, StoredTip? tip)
    {
        if (batch.Connected.IsEmpty) return tip;
        ulong next = tip is { } last ? last.Height + 1 : 0;
        ulong height = batch.Connected[0].Head.Height;
        if (height > next) throw new ArgumentException($"The batch starts at height {height}, the store ends at {next}.", nameof(batch));
        if (height < next) Best.Cut(height);
        foreach (StoredBlock block in batch.Connected)
        {
            if (block.Head.Height != height) throw new ArgumentException($"The batch has height {block.Head.Height} where {height} follows.", nameof(batch));
            Connect(block);
            height++;
        }

        return new StoredTip(batch.Connected[^1].Head.Id, height - 1);
    }

    private void Connect(StoredBlock block)
    {
        // A block that was part of the best chain before has its row already.
        long row = Heads.FindRow(block.Head.Id) ?? Heads.NextRow(block.Head.Height);
        Heads.Write(row, block);
        if (!block.Encoded.IsEmpty) Bodies.Write(row, block.Encoded.Span);
        if (!block.Undo.IsEmpty) Undo.Write(row, block.Undo.Span);
        Best.Write(block.Head.Height, row);
    }

    private void Prune(ContentTable table, RowKind kind, ulong from, ulong below)
    {
        ulong limit = Checkpoint.Newest?.Block.Height ?? 0;
        if (below > limit)
            throw new ArgumentException($"Nothing at or above the checkpoint at {limit} is pruned, but up to {below} was asked for.", nameof(below));
        table.Delete(BlockRow.First(from), BlockRow.First(below));
        if (below > Pruned.Read(kind)) Pruned.Write(kind, below);
    }
}
