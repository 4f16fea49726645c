using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>The tables of a ledger's file together: what one batch writes.</summary>
internal sealed class ChainTables
{
    // More than one commit adds, so that pruning keeps up with a chain that grows.
    private const int PrunedRowsPerCommit = 8;
    private const int PrunedRowsPerStep = 256;

    private readonly Database _database;
    private readonly Pruning _bodies;
    private readonly Pruning _undo;

    public ChainTables(Database database)
    {
        _database = database;
        Rows = new ChainRows(database);
        Records = new RecordTable(database);
        Sides = new SideTable(database);
        Checkpoint = new CheckpointTable(database);
        _bodies = new Pruning(Pruned, Bodies, RowKind.Body);
        _undo = new Pruning(Pruned, Undo, RowKind.Undo);
    }

    /// <summary>What is read of the blocks.</summary>
    public ChainRows Rows { get; }

    public HeadTable Heads => Rows.Heads;

    public BestTable Best => Rows.Best;

    public HeadRange BestHeads => Rows.BestHeads;

    public ContentTable Bodies => Rows.Bodies;

    public ContentTable Undo => Rows.Undo;

    public SummitTable Summits => Rows.Summits;

    public PrunedTable Pruned => Rows.Pruned;

    public RecordTable Records { get; }

    public SideTable Sides { get; }

    public CheckpointTable Checkpoint { get; }

    /// <summary>What is known in memory, to be put back when a commit fails.</summary>
    public Memory Save() => new(Checkpoint.Save(), _bodies.State, _undo.State, Summits.State);

    public void Restore(Memory memory)
    {
        Checkpoint.Restore(memory.Checkpoint);
        _bodies.State = memory.Bodies;
        _undo.State = memory.Undo;
        Summits.State = memory.Summits;
    }

    /// <summary>Reads the tip of the best chain; <c>null</c> in an empty store.</summary>
    public StoredTip? Tip() => Best.Last() is { } height ? Rows.At(height) : null;

    /// <summary>Writes a batch into the transaction that is open.</summary>
    /// <returns>The tip after it.</returns>
    /// <exception cref="ArgumentException">The batch does not follow what is stored.</exception>
    public StoredTip? Write(StoreBatch batch, StoredTip? tip, bool mayDeleteSlices)
    {
        tip = Connect(batch, tip);
        foreach (StoreBatch.Record record in batch.Records) Records.Write(record.Key, record.Value.Span);
        foreach (StoreBatch.SideKey removed in batch.RemovedSides) Sides.Remove(removed);
        foreach (StoredSide side in batch.Sides) Sides.Write(side);
        if (batch.PruneSidesBelow is { } sides) Sides.DeleteBelow(sides);
        if (batch.Slice is { } slice) Checkpoint.Write(slice, mayDeleteSlices);
        if (batch.PruneUndoBelow is { } undo) Prune(_undo, undo);
        if (batch.PruneBodiesBelow is { } bodies) Prune(_bodies, bodies);
        _undo.Work(PrunedRowsPerCommit);
        _bodies.Work(PrunedRowsPerCommit);
        return tip;
    }

    /// <summary>Deletes many of the rows that were pruned.</summary>
    /// <returns>Whether all are deleted.</returns>
    public bool DeletePruned() => _undo.Work(PrunedRowsPerStep) & _bodies.Work(PrunedRowsPerStep);

    /// <summary>Counts the rows of a kind, and the bytes of their contents.</summary>
    public StoreStatistics.Table Measure(RowKind kind)
    {
        (string table, string bytes) = kind switch
        {
            RowKind.Head => ("heads", "length(id) + length(header) + length(rule) + length(weight)"),
            RowKind.Best => ("best", "0"),
            RowKind.Body => ("bodies", "length(content)"),
            RowKind.Undo => ("undo", "length(content)"),
            RowKind.Summits => ("summits", "length(content)"),
            RowKind.Side => ("sides", "length(id) + length(header)"),
            RowKind.Slice => ("slices", "length(content)"),
            RowKind.Record => ("records", "length(content)"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return new StoreStatistics.Table(
            kind, _database.Number($"SELECT count(*) FROM {table}"), _database.Number($"SELECT coalesce(sum({bytes}), 0) FROM {table}"));
    }

    /// <summary>Forgets a block that is not part of the best chain.</summary>
    public void Drop(long row)
    {
        Heads.Delete(row);
        Bodies.Delete(row, row + 1);
        Undo.Delete(row, row + 1);
        Summits.Delete(row);
    }

    private StoredTip? Connect(StoreBatch batch, StoredTip? tip)
    {
        if (batch.CutAbove is { } top)
        {
            if (!(top <= tip?.Height)) throw new ArgumentException($"The batch cuts above height {top}, the store ends at {tip?.Height}.", nameof(batch));
            CutFrom(top + 1);
            tip = Tip();
        }

        if (batch.Connected.IsEmpty) return tip;
        ulong next = tip is { } last ? last.Height + 1 : 0;
        ulong height = batch.Connected[0].Head.Height;
        if (height > next) throw new ArgumentException($"The batch starts at height {height}, the store ends at {next}.", nameof(batch));
        if (height < next) CutFrom(height);

        foreach (StoredBlock block in batch.Connected)
        {
            if (block.Head.Height != height) throw new ArgumentException($"The batch has height {block.Head.Height} where {height} follows.", nameof(batch));
            Connect(block);
            height++;
        }

        return new StoredTip(batch.Connected[^1].Head.Id, height - 1);
    }

    /// <summary>Ends the best chain below a height.</summary>
    private void CutFrom(ulong height)
    {
        Best.Cut(height);
        _bodies.ConnectFrom(height);
        _undo.ConnectFrom(height);
    }

    private void Connect(StoredBlock block)
    {
        // A block that was part of the best chain before has its row already.
        long row = Heads.FindRow(block.Head.Id) ?? Heads.NextRow(block.Head.Height);
        Heads.Write(row, block);
        if (!block.Encoded.IsEmpty) Bodies.Write(row, block.Encoded.Span);
        if (!block.Undo.IsEmpty) Undo.Write(row, block.Undo.Span);
        Best.Write(block.Head.Height, row);
        Summits.Connect(row, block.Head);
    }

    private void Prune(Pruning pruning, ulong below)
    {
        // A checkpoint whose block has left the best chain is opened by undoing what no longer belongs to it.
        ulong limit = Checkpoint.Newest is { Block: var block } && Rows.At(block.Height) == block ? block.Height : 0;
        if (below > limit)
            throw new ArgumentException($"Nothing at or above the best chain's checkpoint at {limit} is pruned, but up to {below} was asked for.", nameof(below));
        pruning.Prune(below);
    }

    /// <summary>What is known in memory.</summary>
    internal readonly record struct Memory(CheckpointTable.Progress Checkpoint, Pruning.Progress Bodies, Pruning.Progress Undo, SummitTable.Progress Summits);
}
