namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>
/// What was pruned of one table. A row below the mark counts as deleted at once; it is deleted a little later, some rows with
/// each commit, since to free a long row's pages takes as long as to write them.
/// </summary>
internal sealed class Pruning
{
    private readonly PrunedTable _marks;
    private readonly ContentTable _table;
    private readonly RowKind _kind;
    private readonly ulong _from;

    /// <summary>Reads the mark. A damaged one counts as none: what was deleted stays so.</summary>
    /// <param name="marks">Where the mark is kept.</param>
    /// <param name="table">The table.</param>
    /// <param name="kind">What its rows hold.</param>
    public Pruning(PrunedTable marks, ContentTable table, RowKind kind)
    {
        _marks = marks;
        _table = table;
        _kind = kind;
        _from = FirstOf(kind);
        State = new Progress(marks.TryRead(kind) ?? 0, IsDone: false);
    }

    /// <summary>What is known in memory, to be put back when a commit fails.</summary>
    public Progress State { get; set; }

    /// <summary>Returns the first height that may be pruned. The genesis block stays: it says which chain this is.</summary>
    public static ulong FirstOf(RowKind kind) => kind == RowKind.Body ? 1UL : 0;

    public void Prune(ulong below)
    {
        if (below <= State.Below) return;
        State = new Progress(below, IsDone: false);
        _marks.Write(_kind, below);
    }

    /// <summary>Says that blocks are connected from a height on, perhaps below the mark.</summary>
    public void ConnectFrom(ulong height)
    {
        if (height >= State.Below) return;
        _table.Delete(BlockRow.First(Math.Max(_from, height)), BlockRow.First(State.Below));
        State = State with { Below = height };
        _marks.Write(_kind, height);
    }

    /// <summary>Deletes some of the rows that count as deleted.</summary>
    /// <returns>Whether all are deleted.</returns>
    public bool Work(int rows)
    {
        if (!State.IsDone && State.Below > _from) _table.DeleteFirst(BlockRow.First(_from), BlockRow.First(State.Below), rows);
        bool isDone = State.IsDone || State.Below <= _from || !(_table.Next(BlockRow.First(_from)) < BlockRow.First(State.Below));
        State = State with { IsDone = isDone };
        return isDone;
    }

    /// <summary>How far pruning is.</summary>
    /// <param name="Below">The height below which all counts as deleted.</param>
    /// <param name="IsDone">Whether all is.</param>
    internal readonly record struct Progress(ulong Below, bool IsDone);
}
