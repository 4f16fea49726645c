using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite.Chain;
using Coniunctum.Storage.Sqlite.Files;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite;

/// <summary>
/// A ledger in one SQLite file. A commit has reached the disk when it returns. While it is open no one else can use the file;
/// after <see cref="Dispose"/> the file is all there is.
/// </summary>
/// <remarks>
/// Reads come from any thread. Those of blocks, by height or identity, have connections of their own on Linux, and see what was
/// committed when they begin: they do not wait for a commit that is under way. Records and checkpoints do, and elsewhere everything
/// but <see cref="Tip"/> and <see cref="Checkpoint"/>. Every row has a checksum that each read compares. After a commit has failed
/// only reads are possible.
/// On Linux and Windows the lock is the store's own, whatever else the process does with the file. Elsewhere do not copy or open
/// the file by other means in the process that has it open: closing such a copy drops the lock that keeps other processes out.
/// </remarks>
/// <example>
/// <code>
/// LedgerBuilder builder = LedgerBuilder.For(Profiles.Development).UseStore(SqliteChainStore.Open("save.db"));
/// </code>
/// </example>
public sealed class SqliteChainStore : IChainStore
{
    private readonly Lock _gate = new();
    private readonly LedgerFile _file;
    private readonly ChainTables _tables;
    private readonly ChainReaders? _readers;
    private volatile Marks _marks;
    private readonly HashSet<FileBackup> _backups = [];
    private int _checkpointReaders;
    private LedgerFileException? _failure;
    private bool _isDisposed;

    private SqliteChainStore(LedgerFile file)
    {
        _file = file;
        _tables = new ChainTables(file.Database);
        _marks = new Marks(_tables.Tip(), _tables.Checkpoint.Newest?.Block);
        if (!file.AllowsReaders) return;
        _readers = new ChainReaders(file.OpenReader);
        file.KeepReadersOut = _readers.KeepOut;
    }

    /// <summary>Where the file is, in full.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public StoredTip? Tip => _marks.Tip;

    /// <inheritdoc/>
    public StoredTip? Checkpoint => _marks.Checkpoint;

    /// <summary>Opens a ledger's file, or makes one.</summary>
    /// <param name="path">Where it is. Its folder must be there.</param>
    /// <exception cref="LedgerFileException">It cannot be had; the message says why.</exception>
    public static SqliteChainStore Open(string path) => Open(path, null);

    /// <summary>
    /// Opens a ledger's file, or makes one. A file of an older version is brought up to date first, in one step that is done wholly
    /// or not at all; it may take seconds for each gigabyte.
    /// </summary>
    /// <param name="path">Where it is. Its folder must be there.</param>
    /// <param name="progress">Is told now and then how far a file of an older version is, in heights.</param>
    /// <param name="cancellation">Stops that; the file stays as it was.</param>
    /// <exception cref="LedgerFileException">It cannot be had; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static SqliteChainStore Open(string path, IProgress<StoreProgress>? progress, CancellationToken cancellation = default) =>
        Open(path, ChainSchema.Kind, new FileTuning { Progress = progress, Cancellation = cancellation });

    /// <summary>
    /// Opens a ledger's file that is there, only to read it. Where it was closed cleanly nothing is written, so that the disk may be
    /// full or read-only, and others may read it as well; where it was not, what its WAL holds is taken in first, and a file of an
    /// older version is brought up to date.
    /// </summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="LedgerFileException">It cannot be had; the message says why.</exception>
    public static SqliteChainStore OpenToRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(LedgerFile.OpenToRead(path, ChainSchema.Kind, new FileTuning()));
    }

    internal static SqliteChainStore Open(string path, FileKind kind, FileTuning tuning)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Open(LedgerFile.Open(path, kind, tuning));
    }

    private static SqliteChainStore Open(LedgerFile file)
    {
        try
        {
            return new SqliteChainStore(file);
        }
        catch (SqlException failure)
        {
            file.Dispose();
            throw file.Explain(failure);
        }
        catch (InvalidDataException damage)
        {
            file.Dispose();
            throw new LedgerFileException(LedgerFileFault.Damaged, $"The ledger '{file.Path}' is damaged: {damage.Message}", damage);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    /// <exception cref="ArgumentException">A batch does not follow what is stored. Nothing was written, and the store goes on.</exception>
    /// <exception cref="InvalidOperationException">The store was opened to be read only.</exception>
    public void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            ChainTables.Memory before = _tables.Save();
            try
            {
                _file.Begin();
                StoredTip? tip = _marks.Tip;
                foreach (StoreBatch batch in batches) tip = _tables.Write(batch, tip, mayDeleteSlices: _checkpointReaders == 0);
                _file.Commit();
                _marks = new Marks(tip, _tables.Checkpoint.Newest?.Block);
            }
            catch (Exception exception)
            {
                _tables.Restore(before);
                throw Undo(exception);
            }

            MoveWal();
        }
    }

    /// <inheritdoc/>
    public BlockId? IdAt(ulong height) => ReadBlocks(rows => rows.At(height)?.Id);

    /// <inheritdoc/>
    public StoredHead? FindHead(BlockId id) => ReadBlocks(rows => rows.FindHead(id));

    /// <inheritdoc/>
    public ImmutableArray<StoredHead> ReadHeads(ulong from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return ReadBlocks(rows => rows.BestHeads.Read(from, count));
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadSummits(ulong height) => ReadBlocks(rows => rows.Summits.Read(height));

    /// <inheritdoc/>
    public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to) => Read(tables => tables.Sides.Read(from, to));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadBlock(BlockId id) => ReadBlocks(rows => rows.ReadBody(id));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadUndo(BlockId id) => ReadBlocks(rows => rows.ReadUndo(id));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadRecord(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Read(tables => tables.Records.Read(key));
    }

    /// <inheritdoc/>
    /// <remarks>Slices are read one by one. Commits go on meanwhile, but free nothing of older checkpoints.</remarks>
    public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint()
    {
        return Checkpoint is null ? throw new InvalidOperationException("The store holds no whole checkpoint.") : ReadSlices();
    }

    /// <summary>Measures the file. Reads every row's beginning, so that it takes seconds at millions of blocks.</summary>
    public StoreStatistics Measure() => Read(tables =>
    {
        RowKind[] kinds = [RowKind.Head, RowKind.Best, RowKind.Body, RowKind.Undo, RowKind.Summits, RowKind.Side, RowKind.Slice, RowKind.Record];
        return new StoreStatistics(
            Tip,
            Checkpoint,
            tables.Pruned.Read(RowKind.Body),
            tables.Pruned.Read(RowKind.Undo),
            _file.Bytes,
            _file.WalBytes,
            _file.FreePages * _file.PageBytes,
            [.. kinds.Select(tables.Measure)]);
    });

    /// <summary>
    /// Deletes all that was pruned, and gives the room back to the disk, in small steps between which commits and reads go on. It
    /// needs no room of its own. Without it the room is used again by what is written later.
    /// </summary>
    /// <param name="progress">Is told after each step, in pages.</param>
    /// <param name="cancellation">Stops it; what was given back stays so.</param>
    /// <exception cref="LedgerFileException">Writing failed; the store must be closed.</exception>
    public void Shrink(IProgress<StoreProgress>? progress = null, CancellationToken cancellation = default)
    {
        bool isDeleted = false;
        while (!isDeleted)
        {
            cancellation.ThrowIfCancellationRequested();
            Write(() => _file.Write(() => isDeleted = _tables.DeletePruned()));
        }

        long total = Read(_ => _file.FreePages);
        for (long done = 0; done < total; done += LedgerFile.PagesPerStep)
        {
            cancellation.ThrowIfCancellationRequested();
            Write(() => _file.Write(_file.GiveBackPages));
            progress?.Report(new StoreProgress(Math.Min(done + LedgerFile.PagesPerStep, total), total));
        }

        Write(_file.MoveAllOfWal);
    }

    /// <summary>
    /// Copies the ledger into a new file while it is in use: in small steps, between which commits and reads go on, and what is committed
    /// until the last step is in the copy. A crash leaves all of the copy or nothing. The copy is a ledger of its own, closed cleanly.
    /// </summary>
    /// <param name="path">Where the copy is to be. Its folder must be there, and nothing under that name.</param>
    /// <param name="progress">Is told after each step, in pages.</param>
    /// <param name="cancellation">Stops it; nothing is left of the copy.</param>
    /// <exception cref="LedgerFileException">The name is taken, the disk is full, or the file cannot be read; the store goes on.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void Backup(string path, IProgress<StoreProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        FileBackup.ThrowUnlessNew(path, ChainSchema.Kind);
        using var backup = new FileBackup(path, Path, ChainSchema.Kind);
        try
        {
            backup.Copy(_gate, () => BeginStep(backup), progress, cancellation);
            backup.Finish();
        }
        catch (Exception exception)
        {
            if (backup.IsCallersFault || FileFaults.Explain(exception, path, ChainSchema.Kind) is not { } explained) throw;
            throw new LedgerFileException(explained.Fault, $"The ledger '{Path}' could not be copied. {explained.Message}", exception);
        }
        finally
        {
            lock (_gate) _backups.Remove(backup);
        }
    }

    /// <summary>Closes the file: everything lies in it then, and nothing beside it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            // Copies that are under way end with this.
            foreach (FileBackup backup in _backups) backup.EndCopy();
            _readers?.Dispose();
            _file.Dispose();
        }
    }

    private Database BeginStep(FileBackup backup)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _backups.Add(backup);
        return _file.Database;
    }

    private IEnumerable<ReadOnlyMemory<byte>> ReadSlices()
    {
        // From here on its slices stay until they were read.
        CheckpointRow checkpoint = Read(tables =>
        {
            _checkpointReaders++;
            return tables.Checkpoint.Newest!;
        });
        try
        {
            for (long i = 0; i < checkpoint.Slices; i++)
            {
                long row = checkpoint.FirstSlice + i;
                yield return Read(tables => tables.Checkpoint.ReadSlice(row))
                    ?? throw new InvalidDataException(Invariant($"The store's checkpoint at height {checkpoint.Block.Height} lacks its piece {i}."));
            }
        }
        finally
        {
            lock (_gate) _checkpointReaders--;
        }
    }

    /// <summary>Writes something that is not part of a commit.</summary>
    private void Write(Action write)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            try
            {
                write();
            }
            catch (SqlException exception)
            {
                throw Undo(exception);
            }
        }
    }

    private void ThrowIfClosed()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_file.IsReadOnly) throw new InvalidOperationException($"The ledger '{Path}' was opened to be read only.");
        if (_failure is not null) throw new LedgerFileException(_failure.Fault, $"Nothing is written any more, because: {_failure.Message}", _failure);
    }

    private T ReadBlocks<T>(Func<ChainRows, T> read)
    {
        if (_readers is null) return Read(tables => read(tables.Rows));
        try
        {
            return _readers.Read(read);
        }
        catch (SqlException failure)
        {
            throw _file.Explain(failure);
        }
    }

    /// <summary>Reads by the connection that writes, behind what is being written.</summary>
    private T Read<T>(Func<ChainTables, T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                return read(_tables);
            }
            catch (SqlException failure)
            {
                throw _file.Explain(failure);
            }
        }
    }

    /// <summary>What was committed is safe whatever happens here, so that a failure is reported by the next commit.</summary>
    private void MoveWal()
    {
        try
        {
            _file.MoveWal();
        }
        catch (SqlException failure)
        {
            Fail(_file.Explain(failure));
        }
    }

    private void Fail(LedgerFileException failure)
    {
        _failure = failure;
        _file.MarkBroken();
    }

    /// <summary>Undoes what a commit has begun. After anything but a caller's mistake nothing is written any more.</summary>
    private Exception Undo(Exception exception)
    {
        try
        {
            _file.Database.Rollback();
        }
        catch (SqlException)
        {
            // What failed first is what is reported.
        }

        if (exception is ArgumentException) return exception;
        LedgerFileException fault = exception is SqlException failure
            ? _file.Explain(failure)
            : new LedgerFileException(LedgerFileFault.Failed, $"A commit to the ledger '{Path}' has failed: {exception.Message}", exception);
        Fail(fault);
        return fault;
    }

    private sealed record Marks(StoredTip? Tip, StoredTip? Checkpoint);
}
