using System.Globalization;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Sql;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>One verification: first the file's structure, then every row, height by height.</summary>
internal sealed class Verifier(LedgerFile file, StoreCheck check, IProgress<StoreProgress>? progress, CancellationToken cancellation)
{
    private const int HeightsPerReport = 256;
    private const int MaxStructureMessages = 100;

    private readonly Database _database = file.Database;
    private readonly Findings _findings = new();
    private ChainTables? _opened;
    private ulong _bodiesFrom;
    private ulong _undoFrom;
    private ulong _lastPrunedBody;
    private ulong _lastPrunedUndo;
    private bool _isBodiesMarkSound;
    private bool _isUndoMarkSound;
    private BlockContent? _content;
    private SummitCheck? _summits;
    private long _rows;

    private ChainTables Tables => _opened ?? throw new InvalidOperationException("The tables were not opened.");

    public StoreReport Run()
    {
        if (file.HasLostItsWal)
            _findings.Add(RowKind.Mark, null, "The file was not closed cleanly, and its -wal is missing: what was committed last is lost.", DamageRemedy.Rebuild, static () => { });
        if (!Try(() => FileMark.Read(_database), out FileMark.Value? _)) _findings.Add(RowKind.Mark, null, "The mark of the file is damaged.", DamageRemedy.Rebuild, static () => { });
        CheckStructure();
        ulong? tip = null;
        try
        {
            _opened = new ChainTables(_database);
            tip = CheckRows();
        }
        catch (SqlException failure) when (failure.Code == raw.SQLITE_CORRUPT)
        {
            _findings.Add(RowKind.None, null, $"A table's own pages cannot be read, and no more was checked: {failure.Message}", DamageRemedy.None);
        }

        bool isRepaired = check.Repair && _findings.Repairs.Count > 0;
        if (isRepaired) Repair();
        return new StoreReport(_findings.Listed, _findings.Count, isRepaired, _rows, tip, _opened?.Checkpoint.Newest?.Block);
    }

    private ulong? CheckRows()
    {
        (_bodiesFrom, _isBodiesMarkSound) = ReadMark(RowKind.Body);
        (_undoFrom, _isUndoMarkSound) = ReadMark(RowKind.Undo);
        ulong? tip = Try(Tables.Best.Last, out ulong? last) ? last : null;
        ulong end = Math.Max(tip + 1 ?? 0, Tables.Heads.LastHeight() + 1 ?? 0);
        for (ulong height = 0; height < end; height++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (height % HeightsPerReport == 0) progress?.Report(new StoreProgress((long)height, (long)end));
            CheckHeight(height, isBest: height <= tip);
        }

        CheckSides();
        CheckMarks();
        CheckCheckpoint();
        CheckRecords();
        progress?.Report(new StoreProgress((long)end, (long)end));
        return tip;
    }

    private void CheckStructure()
    {
        List<string> messages = [];
        using (_database.Interrupt(cancellation))
        {
            _database.Query(
                string.Create(CultureInfo.InvariantCulture, $"PRAGMA integrity_check({MaxStructureMessages})"), row => messages.Add(row.Text(0)));
        }

        foreach (string message in messages)
        {
            if (string.Equals(message, "ok", StringComparison.Ordinal)) continue;
            bool isIndex = message.EndsWith("index heads_by_id", StringComparison.Ordinal);
            _findings.Add(
                RowKind.None, null, message, isIndex ? DamageRemedy.Rebuild : DamageRemedy.None, isIndex ? () => _database.Execute("REINDEX heads_by_id") : null);
        }
    }

    private void CheckHeight(ulong height, bool isBest)
    {
        long? best = null;
        bool isMarkSound = !isBest || (Try(() => Tables.Best.Read(height), out best) && best is not null);
        List<long> rows = Rows(height);
        if (!isMarkSound)
        {
            // Where there is one block only, it is that one.
            bool isPlain = rows.Count == 1;
            long only = isPlain ? rows[0] : 0;
            _findings.Add(
                RowKind.Best, height, "The mark of the best chain is damaged or missing.", isPlain ? DamageRemedy.Rebuild : DamageRemedy.None, isPlain ? () => Tables.Best.Replace(height, only) : null);
            if (isPlain) best = only;
        }

        if (best is { } marked && !rows.Contains(marked)) _findings.Add(RowKind.Head, height, "The header of the best chain's block is missing.", DamageRemedy.None);
        foreach (long row in rows) CheckBlock(row, height, isBest: row == best);
        foreach (long row in rows) CheckSummits(row, height, isBest: row == best);
    }

    private void CheckSummits(long row, ulong height, bool isBest)
    {
        _summits ??= new SummitCheck(asked => Try(() => Tables.Summits.ReadRow(asked), out ReadOnlyMemory<byte>? kept) ? (true, kept) : (false, null));
        HeadRow? head = null;
        if (isBest) Try(() => Tables.Heads.Read(row), out head);
        string? fault = _summits.FaultOf(row, head?.Head, isBest, out ReadOnlyMemory<byte> right);
        if (!right.IsEmpty) _rows++;
        if (fault is null) return;
        bool isKnown = !right.IsEmpty;
        _findings.Add(
            RowKind.Summits,
            height,
            fault,
            isKnown ? DamageRemedy.Rebuild : DamageRemedy.Drop,
            isKnown ? () => Tables.Summits.Write(row, right.Span) : () => Tables.Summits.Delete(row));
    }

    /// <summary>What is damaged beside the best chain weighs no longer, until someone sends the block again.</summary>
    private void CheckSides()
    {
        long next = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            long from = next;
            if (!Try(() => Tables.Sides.Next(from), out long? found))
            {
                _findings.Add(RowKind.Side, null, "A page of headers beside the best chain cannot be read.", DamageRemedy.None);
                return;
            }

            if (found is not { } row) return;
            next = row + 1;
            _rows++;
            bool isSound = Try(() => Tables.Sides.ReadRow(row), out StoredSide? side) && side is not null;
            if (isSound && check.Profile is { } profile) isSound = (_content ??= new BlockContent(profile)).IsHead(side!);
            if (!isSound) _findings.Add(RowKind.Side, BlockRow.HeightOf(row), "The header beside the best chain is damaged.", DamageRemedy.Drop, () => Tables.Sides.Delete(row));
        }
    }

    /// <summary>Returns the rows at a height: those of heads, and of bodies and undo whose head is missing.</summary>
    private List<long> Rows(ulong height)
    {
        var rows = new SortedSet<long>();
        Collect(Tables.Heads.Next, RowKind.Head);
        Collect(Tables.Bodies.Next, RowKind.Body);
        Collect(Tables.Undo.Next, RowKind.Undo);
        return [.. rows];

        void Collect(Func<long, long?> next, RowKind kind)
        {
            long row = BlockRow.First(height);
            while (true)
            {
                if (!Try(() => next(row), out long? found))
                {
                    _findings.Add(kind, height, "The page that holds it cannot be read.", DamageRemedy.None);
                    return;
                }

                if (found is not { } some || some >= BlockRow.First(height + 1)) return;
                rows.Add(some);
                row = some + 1;
            }
        }
    }

    private void CheckBlock(long row, ulong height, bool isBest)
    {
        if (!Try(() => Tables.Heads.Read(row), out HeadRow? head))
        {
            _findings.Add(RowKind.Head, height, "The header's checksum is wrong.", isBest ? DamageRemedy.None : DamageRemedy.Drop, isBest ? null : () => Tables.Drop(row));
        }
        else if (head is null)
        {
            _findings.Add(RowKind.Head, height, "There is a block or an undo record without a header.", isBest ? DamageRemedy.None : DamageRemedy.Drop, isBest ? null : () => Tables.Drop(row));
        }

        if (head is not null) _rows++;
        if (head is not null && check.Profile is { } profile) CheckHeader(head.Head, profile, isBest);
        bool mayLackBody = height > 0 && (!_isBodiesMarkSound || height < _bodiesFrom);
        bool mayLackUndo = !_isUndoMarkSound || height < _undoFrom;
        bool hasBody = CheckContent(Tables.Bodies, RowKind.Body, row, head?.BodyBytes, mayLackBody, isBest ? DamageRemedy.None : DamageRemedy.Drop, body => CheckBody(head?.Head, body, isBest));
        bool hasUndo = CheckContent(Tables.Undo, RowKind.Undo, row, head?.UndoBytes, mayLackUndo, isBest ? DamageRemedy.Replay : DamageRemedy.Drop, _ => null);
        if (head?.BodyBytes > 0 && !hasBody) _lastPrunedBody = height;
        if (head?.UndoBytes > 0 && !hasUndo) _lastPrunedUndo = height;
    }

    /// <summary>Checks a row of bytes; false when it is not there.</summary>
    private bool CheckContent(ContentTable table, RowKind kind, long row, long? bytes, bool mayLack, DamageRemedy remedy, Func<ReadOnlyMemory<byte>, string?> look)
    {
        ulong height = BlockRow.HeightOf(row);
        string? fault = null;
        if (!Try(() => table.Read(row), out ReadOnlyMemory<byte>? content)) fault = "The checksum is wrong.";
        else if (content is null) fault = bytes > 0 && !mayLack ? "The row is missing." : null;
        else if (bytes is { } expected && content.Value.Length != expected) fault = Invariant($"It has {content.Value.Length} bytes instead of {expected}.");
        else fault = look(content.Value);

        bool isThere = fault is not null || content is not null;
        if (isThere) _rows++;
        if (fault is not null) _findings.Add(kind, height, fault, remedy, remedy == DamageRemedy.Drop ? () => Tables.Drop(row) : null);
        return isThere;
    }

    private void CheckHeader(StoredHead head, ChainProfile profile, bool isBest)
    {
        _content ??= new BlockContent(profile);
        if (_content.FaultOf(head, isBest) is { } fault) _findings.Add(RowKind.Head, head.Height, fault, DamageRemedy.None);
    }

    private string? CheckBody(StoredHead? head, ReadOnlyMemory<byte> body, bool isBest) =>
        _content is not null && head is not null && isBest ? _content.FaultOf(head, body) : null;

    private (ulong Below, bool IsValid) ReadMark(RowKind kind) =>
        Try(() => Tables.Pruned.Read(kind), out ulong below) ? (below, true) : (0, false);

    /// <summary>A damaged mark of what was pruned follows from what is there.</summary>
    private void CheckMarks()
    {
        if (!_isBodiesMarkSound) Damaged(RowKind.Body, _lastPrunedBody);
        if (!_isUndoMarkSound) Damaged(RowKind.Undo, _lastPrunedUndo);

        void Damaged(RowKind kind, ulong last) =>
            _findings.Add(RowKind.Pruned, null, $"The mark of what was pruned of {kind} is damaged.", DamageRemedy.Rebuild, () => Tables.Pruned.Write(kind, last + 1));
    }

    private void CheckCheckpoint()
    {
        // Blocks that are still all there give the state back.
        DamageRemedy remedy = _bodiesFrom <= 1 ? DamageRemedy.Drop : DamageRemedy.None;
        Action? drop = remedy == DamageRemedy.Drop ? Tables.Checkpoint.Drop : null;
        if (Tables.Checkpoint.IsMarkDamaged)
        {
            _findings.Add(RowKind.Checkpoint, null, "The mark of the checkpoint is damaged.", remedy, drop);
            return;
        }

        if (Tables.Checkpoint.Newest is not { } newest) return;
        for (long i = 0; i < newest.Slices; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long row = newest.FirstSlice + i;
            bool isSound = Try(() => Tables.Checkpoint.ReadSlice(row), out ReadOnlyMemory<byte>? slice) && slice is not null;
            if (isSound)
            {
                _rows++;
                continue;
            }

            _findings.Add(RowKind.Slice, newest.Block.Height, Invariant($"Piece {i} of the checkpoint is damaged or missing."), remedy, drop);
            drop = null;
        }
    }

    private void CheckRecords()
    {
        foreach (string key in Tables.Records.Keys())
        {
            _rows++;
            if (!Try(() => Tables.Records.Read(key), out _)) _findings.Add(RowKind.Record, null, $"The checksum of the record '{PrintableText.Of(key)}' is wrong.", DamageRemedy.None);
        }
    }

    private void Repair()
    {
        // With whatever is written the file gets a new mark.
        file.Write(() =>
        {
            foreach (Action repair in _findings.Repairs) repair();
        });
    }

    /// <summary>Reads, and returns false when what is there is damaged: a checksum, or the page around it.</summary>
    private static bool Try<T>(Func<T> read, out T? value)
    {
        try
        {
            value = read();
            return true;
        }
        catch (Exception exception) when (Damage.IsDamage(exception))
        {
            value = default;
            return false;
        }
    }
}
