using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>
/// The newest whole checkpoint, and the one that is being written. Slices are appended; what no checkpoint needs any more is
/// deleted a little with every new slice, so that no commit has to free a whole state's pages.
/// </summary>
internal sealed class CheckpointTable
{
    // More than one, so that a backlog of discarded ones shrinks while a new one is written.
    private const int DeletionsPerSlice = 2;

    private readonly ContentTable _slices;
    private readonly Statement _read;
    private readonly Statement _write;
    private readonly Statement _drop;
    private Progress _progress;

    public CheckpointTable(Database database)
    {
        _slices = new ContentTable(database, "slices", RowKind.Slice);
        _read = database.Prepare("SELECT id, height, first_slice, slices, checksum FROM checkpoint");
        _write = database.Prepare("INSERT OR REPLACE INTO checkpoint (one, id, height, first_slice, slices, checksum) VALUES (1, ?1, ?2, ?3, ?4, ?5)");

        _drop = database.Prepare("DELETE FROM checkpoint");

        // What a crash left unfinished is never continued.
        long next = _slices.Last() is { } last ? last + 1 : 0;
        _progress = new Progress(Read(), next, next);
    }

    /// <summary>The newest whole checkpoint, or <c>null</c>.</summary>
    public CheckpointRow? Newest => _progress.Newest;

    /// <summary>What is known of the table in memory, to be put back when a commit fails.</summary>
    public Progress Save() => _progress;

    public void Restore(Progress progress) => _progress = progress;

    public ReadOnlyMemory<byte>? ReadSlice(long row) => _slices.Read(row);

    /// <summary>Writes the next slice, and frees some old ones.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="mayDelete">Whether old slices may go; not while someone reads them.</param>
    public void Write(CheckpointSlice slice, bool mayDelete)
    {
        if (slice.Index == 0) _progress = _progress with { First = _progress.Next };
        if (slice.Index != _progress.Next - _progress.First)
            throw new ArgumentException(Invariant($"Slice {slice.Index} does not follow {_progress.Next - _progress.First - 1}."), nameof(slice));

        _slices.Write(_progress.Next, slice.Content.Span);
        _progress = _progress with { Next = _progress.Next + 1 };
        if (mayDelete) DeleteSome();
        if (!slice.IsLast) return;

        var whole = new CheckpointRow(new StoredTip(slice.Block, slice.Height), _progress.First, slice.Index + 1);
        _write.Bind(1, slice.Block.Value.AsSpan()).Bind(2, slice.Height).Bind(3, whole.FirstSlice).Bind(4, whole.Slices).Bind(5, Checksum(whole)).Execute();
        _progress = new Progress(whole, _progress.Next, _progress.Next);
    }

    private void DeleteSome()
    {
        for (int i = 0; i < DeletionsPerSlice; i++)
        {
            // The oldest slice that is neither of the whole checkpoint nor of the one being written.
            long? oldest = _slices.Next(0);
            if (Newest is { } newest && oldest >= newest.FirstSlice) oldest = _slices.Next(Math.Max(oldest.Value, newest.FirstSlice + newest.Slices));
            if (oldest is not { } row || row >= _progress.First) return;
            _slices.Delete(row, row + 1);
        }
    }

    /// <summary>Whether there is a mark that cannot be believed.</summary>
    public bool IsMarkDamaged { get; private set; }

    /// <summary>Forgets the newest checkpoint. Its slices are deleted while the next one is written.</summary>
    public void Drop()
    {
        _drop.Execute();
        _progress = _progress with { Newest = null };
    }

    private CheckpointRow? Read()
    {
        IsMarkDamaged = _read.TryFirst(Read, out CheckpointRow? row) && row is null;
        return row;
    }

    /// <summary>A damaged mark is none: the checkpoint is made again.</summary>
    private static CheckpointRow? Read(Statement found)
    {
        if (found.Bytes(0).Length != Hash256.Size) return null;
        var block = new StoredTip(new BlockId(new Hash256(found.Bytes(0))), found.UInt64(1));
        var row = new CheckpointRow(block, found.Int64(2), found.Int64(3));
        return found.UInt64(4) == Checksum(row) ? row : null;
    }

    private static ulong Checksum(CheckpointRow row)
    {
        var checksum = new RowChecksum(RowKind.Checkpoint, 1);
        Hash256 id = row.Block.Id.Value;
        checksum.Add(id.AsSpan());
        checksum.Add((long)row.Block.Height);
        checksum.Add(row.FirstSlice);
        checksum.Add(row.Slices);
        return checksum.Value;
    }

    /// <summary>What is known of the table in memory.</summary>
    /// <param name="Newest">The newest whole checkpoint.</param>
    /// <param name="First">The first row of the one being written.</param>
    /// <param name="Next">The row of the next slice.</param>
    internal readonly record struct Progress(CheckpointRow? Newest, long First, long Next);
}
