using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>
/// The summits of the history tree that each block completes, by the block's row; no row where it completes none. They depend on
/// the block's ancestors only, so that a reorganization changes none of them.
/// </summary>
internal sealed class SummitTable(Database database, BestTable best, HeadRange heads)
{
    /// <summary>The step of a file's version that brings the table.</summary>
    public const string Step = "CREATE TABLE summits (row INTEGER PRIMARY KEY, content BLOB NOT NULL, checksum INTEGER NOT NULL);";

    private const string Name = "summits";
    private const ulong HeightsAReport = 1024;

    private readonly ContentTable _table = new(database, Name, RowKind.Summits);

    /// <summary>What is known in memory, to be put back when a commit fails.</summary>
    public Progress State { get; set; } = new(HistorySummits.None, IsLost: false);

    /// <summary>Writes them for a whole chain, in a file of the version before.</summary>
    public static void Fill(Database database, FileTuning tuning)
    {
        var best = new BestTable(database);
        var heads = new HeadRange(database);
        var table = new SummitTable(database, best, heads);
        ulong end = best.Last() + 1 ?? 0;
        try
        {
            for (ulong height = 0; heads.Read(height, 1) is [var head]; height++)
            {
                table.Connect(best.Read(height) ?? throw Damage.Of(RowKind.Best, height), head);
                if (height % HeightsAReport != 0) continue;
                tuning.Cancellation.ThrowIfCancellationRequested();
                tuning.Progress?.Report(new StoreProgress((long)height + 1, (long)end));
            }
        }
        catch (Exception exception) when (Damage.IsDamage(exception))
        {
            // Above a damaged head there are none: proofs of ancestry are not to be had there, and all else goes on.
        }

        if (end > 0) tuning.Progress?.Report(new StoreProgress((long)end, (long)end));
    }

    /// <summary>Reads as <see cref="IChainReader.ReadSummits"/> says.</summary>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public ReadOnlyMemory<byte>? Read(ulong height)
    {
        if (best.Read(height) is not { } row) return null;
        return height % 2 == 0 ? ReadOnlyMemory<byte>.Empty : _table.Read(row);
    }

    /// <summary>Reads a row; <c>null</c> where there is none.</summary>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public ReadOnlyMemory<byte>? ReadRow(long row) => _table.Read(row);

    /// <summary>Writes what a block completes that joins the best chain behind those before it.</summary>
    public void Connect(long row, StoredHead head)
    {
        if (State.IsLost) return;
        try
        {
            HistorySummits before = State.Summits.Count == head.Height ? State.Summits : HistorySummits.After(head.Height, ReadSound, heads.Read);
            State = State with { Summits = before.With(head, out ReadOnlyMemory<byte> completed) };
            if (!completed.IsEmpty) Write(row, completed.Span);
        }
        catch (Exception exception) when (Damage.IsDamage(exception))
        {
            // Proofs of ancestry cannot be had above a head that is damaged. A node that goes on without is better than none.
            State = State with { IsLost = true };
        }
    }

    public void Write(long row, ReadOnlySpan<byte> content) => _table.Write(row, content);

    public void Delete(long row) => _table.Delete(row, row + 1);

    /// <summary>What is damaged here follows from what is below it.</summary>
    private ReadOnlyMemory<byte>? ReadSound(ulong height)
    {
        try
        {
            return Read(height);
        }
        catch (Exception exception) when (Damage.IsDamage(exception))
        {
            return null;
        }
    }

    /// <summary>How far the tree in memory is.</summary>
    /// <param name="Summits">The tree; read anew where it does not end at the chain's tip.</param>
    /// <param name="IsLost">Whether it cannot be had.</param>
    internal readonly record struct Progress(HistorySummits Summits, bool IsLost);
}
