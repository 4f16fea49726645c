using Coniunctum.Crypto.Internal;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>
/// An open file of one kind: recognised, found to be whole (<see cref="FileParts"/>), brought to this version's tables, locked
/// against everybody else. Its failures are <see cref="LedgerFileException"/>s.
/// </summary>
internal sealed class LedgerFile : IDisposable
{
    /// <summary>How many pages are given back at once: about 4 MiB and some milliseconds.</summary>
    public const int PagesPerStep = 1000;

    // Their pages lie in the system's cache too, and they are several.
    private static FileTuning ReaderTuning { get; } = new() { CacheBytes = 1 << 20 };

    private readonly FileKind _kind;
    private readonly long _maxWalBytes;
    private readonly FileLock _lock;
    private readonly FileMark? _mark;
    private bool _isMarkedOpen;
    private bool _isWalEmpty;
    private bool _isBroken;

    private LedgerFile(string path, FileKind kind, FileTuning tuning, FileLock held, Database database, FileMark? mark)
    {
        Path = path;
        _kind = kind;
        _maxWalBytes = tuning.MaxWalBytes;
        _lock = held;
        _mark = mark;
        Database = database;
        _isWalEmpty = WalBytes == 0;
    }

    /// <summary>Where it is, in full, and not through a link: what lies beside it has its name from here.</summary>
    public string Path { get; }

    public Database Database { get; }

    /// <summary>Whether it was opened to be read only.</summary>
    public bool IsReadOnly { get; private set; }

    /// <summary>Whether it was opened although commits are lost with a WAL that is missing.</summary>
    public bool HasLostItsWal { get; private init; }

    /// <summary>Whether <see cref="OpenReader"/> is possible.</summary>
    public bool AllowsReaders => _lock.AllowsReaders;

    /// <summary>Does something while no one reads by a connection of his own; whoever opens such connections sets it.</summary>
    public Action<Action> KeepReadersOut { get; set; } = static act => act();

    public long Bytes => LengthOf(Path);

    public long WalBytes => LengthOf(WalOf(Path));

    public long PageBytes => Database.Number("PRAGMA page_size");

    /// <summary>How many pages of the file hold nothing.</summary>
    public long FreePages => Database.Number("PRAGMA freelist_count");

    /// <summary>Returns where the WAL of a file lies.</summary>
    public static string WalOf(string path) => path + "-wal";

    /// <summary>Opens a file, or makes one. Nothing is written to a file that is there already before the first commit.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="kind">What it must be.</param>
    /// <param name="tuning">Sizes.</param>
    /// <param name="acceptsLoss">Whether a file is opened whose WAL is missing; what was in there is lost then.</param>
    /// <exception cref="LedgerFileException">It cannot be had; the message says why.</exception>
    public static LedgerFile Open(string path, FileKind kind, FileTuning tuning, bool acceptsLoss = false)
    {
        path = PlaceOf(path, kind, mayMake: true);
        FileLock? held = null;
        Database? database = null;
        bool keepsWal = false;
        try
        {
            if (LengthOf(path) == 0) FileCreation.Create(path, kind, tuning);
            held = FileLock.TryTake(path, isExclusive: true) ?? throw FileFaults.InUse(path, kind);
            var parts = FileParts.Look(path, kind, held);
            if (!acceptsLoss || !parts.IsWalMissing) parts.ThrowIfIncomplete();
            keepsWal = parts.HasCommits;
            database = held.AllowsReaders ? Database.OpenBeside(path, held.Vfs) : Database.Open(path, held.Vfs);
            if (database.IsReadOnly) throw FileFaults.ReadOnly(path, kind);
            parts.ThrowIfForeign(database);
            FileSetup.Recognise(database, path, kind);
            FileSetup.Configure(database, path, kind, tuning);
            FileSetup.Migrate(database, path, kind, tuning, beginsWal: !parts.HasCommits);
            OwnerNote.Write(path);
            return new LedgerFile(path, kind, tuning, held, database, new FileMark(database)) { HasLostItsWal = parts.IsWalMissing };
        }
        catch (Exception exception)
        {
            // Nothing moves from a WAL that may not belong here.
            if (keepsWal) database?.KeepWalOnClose();
            database?.Dispose();
            held?.Dispose();
            if (FileFaults.Explain(exception, path, kind) is { } explained) throw explained;
            throw;
        }
    }

    /// <summary>
    /// Opens a file to read it. One that was closed cleanly is read without writing anything, and without keeping other readers
    /// out; from one that was not, what its WAL holds has to be taken in first, and one of an older version is brought up to date.
    /// </summary>
    /// <exception cref="LedgerFileException">It cannot be had; the message says why.</exception>
    public static LedgerFile OpenToRead(string path, FileKind kind, FileTuning tuning)
    {
        path = PlaceOf(path, kind, mayMake: false);
        if (WalScan.PagesOfFirstCommit(WalOf(path)) is not null)
            return OpenWriting(path, kind, tuning, "was not closed cleanly, so that even reading has to write: what its -wal holds has to be taken in first");
        return TryOpenAsItIs(path, kind, tuning)
            ?? OpenWriting(path, kind, tuning, Invariant($"was written by an older program, so that even reading has to write: it is brought up to version {kind.Version} first"));
    }

    /// <summary>Opens a file that was closed cleanly to read it; <c>null</c> where it is one of an older version.</summary>
    private static LedgerFile? TryOpenAsItIs(string path, FileKind kind, FileTuning tuning)
    {
        FileLock? held = null;
        Database? database = null;
        try
        {
            held = FileLock.TryTake(path, isExclusive: false) ?? throw FileFaults.InUse(path, kind);
            FileParts.Look(path, kind, held).ThrowIfIncomplete();
            database = Database.OpenImmutable(path, held.Vfs);
            if (!FileSetup.RecogniseToRead(database, path, kind))
            {
                database.Dispose();
                held.Dispose();
                return null;
            }

            FileSetup.ConfigureToRead(database, tuning);
            return new LedgerFile(path, kind, tuning, held, database, mark: null) { IsReadOnly = true };
        }
        catch (Exception exception)
        {
            database?.Dispose();
            held?.Dispose();
            if (FileFaults.Explain(exception, path, kind) is { } explained) throw explained;
            throw;
        }
    }

    /// <summary>Opens a connection of its own for someone who reads; it is closed before the file is.</summary>
    /// <exception cref="SqlException">It cannot be opened.</exception>
    public Database OpenReader()
    {
        var database = Database.OpenBeside(Path, _lock.Vfs);
        try
        {
            FileSetup.ConfigureToRead(database, ReaderTuning);
            database.Execute("PRAGMA query_only = 1");
            database.KeepWalOnClose();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Deletes a file that no one has open, and what lies beside it.</summary>
    public static void Delete(string path)
    {
        path = RealPath.Of(path);
        foreach (string suffix in (string[])["", "-wal", "-shm", "-journal"]) File.Delete(path + suffix);
        OwnerNote.Delete(path);
    }

    /// <summary>Begins to write. The first time this marks the file as one that is open, durably, before anything else.</summary>
    /// <exception cref="SqlException">It failed.</exception>
    public void Begin()
    {
        if (IsReadOnly || _mark is not { } mark) throw new InvalidOperationException($"The {_kind.Name} '{Path}' was opened to be read only.");
        if (!_isMarkedOpen)
        {
            // What a crash has left in the WAL goes to its place first.
            if (!_isWalEmpty) MoveAllOfWal();
            Database.Begin();
            mark.Advance();
            Commit();
            MoveAllOfWal();
            _isMarkedOpen = true;
        }

        Database.Begin();
        if (_isWalEmpty) mark.Advance();
    }

    /// <summary>Ends what <see cref="Begin"/> has begun; it is durable then as its kind says.</summary>
    /// <exception cref="SqlException">It failed.</exception>
    public void Commit()
    {
        Database.Commit();
        _isWalEmpty = false;
    }

    /// <summary>Writes something as one.</summary>
    /// <exception cref="SqlException">It failed, and must be undone.</exception>
    public void Write(Action write)
    {
        Begin();
        write();
        Commit();
        MoveWal();
    }

    /// <summary>Says in the file that it must be made anew, for its next opener.</summary>
    public void Outdate()
    {
        try
        {
            Database.Rollback();
            Write(() => Database.Execute("PRAGMA user_version = 0"));
        }
        catch (SqlException)
        {
            // The next opener meets the damage itself.
        }
    }

    /// <summary>Says what a refusal of SQLite means for this file.</summary>
    public LedgerFileException Explain(SqlException failure) => FileFaults.Of(failure, Path, _kind);

    /// <summary>
    /// Says that a write has failed. The file is left as it is then, for the next opener to recover: after a failed flush no one
    /// knows which pages the system still holds (the "fsync gate" of 2018), so nothing is copied out of the WAL any more.
    /// </summary>
    public void MarkBroken() => _isBroken = true;

    /// <summary>Moves everything out of the WAL into the file, marks it as closed, deletes the WAL, and releases the file.</summary>
    public void Dispose()
    {
        // Before the lock is gone: afterwards the note may be someone else's.
        if (_mark is not null) OwnerNote.Delete(Path);
        if (_isBroken || !TryClose()) Database.KeepWalOnClose();
        Database.Dispose();
        _lock.Dispose();
    }

    /// <summary>
    /// Moves the WAL into the file when it has grown long, and empties it. SQLite by itself would keep the old frames and write
    /// over them: a WAL that is damaged in such a frame would then bring old pages back into a newer file. Emptied, whatever
    /// part of the WAL survives is a state that was committed.
    /// </summary>
    /// <exception cref="SqlException">It failed; what was committed is safe in the WAL.</exception>
    public void MoveWal()
    {
        if (WalBytes > _maxWalBytes) MoveAllOfWal();
    }

    /// <summary>Moves the WAL into the file, and empties it. Readers wait while it is emptied, which is soon done.</summary>
    /// <exception cref="SqlException">It failed; what was committed is safe in the WAL.</exception>
    public void MoveAllOfWal()
    {
        Database.CopyWal();
        KeepReadersOut(Database.MoveWal);
        _isWalEmpty = true;
    }

    /// <summary>Gives some free pages back to the disk: <see cref="PagesPerStep"/>, or all that there are.</summary>
    public void GiveBackPages() => Database.Execute(Invariant($"PRAGMA incremental_vacuum({PagesPerStep})"));

    private static LedgerFile OpenWriting(string path, FileKind kind, FileTuning tuning, string why)
    {
        try
        {
            LedgerFile file = Open(path, kind, tuning);
            file.IsReadOnly = true;
            return file;
        }
        catch (LedgerFileException refusal) when (refusal.Fault is LedgerFileFault.ReadOnly or LedgerFileFault.CannotOpen or LedgerFileFault.DiskFull)
        {
            throw new LedgerFileException(
                refusal.Fault, $"The {kind.Name} '{path}' {why}. {refusal.Message}", refusal);
        }
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Returns where the file itself lies, after a look at what is there.</summary>
    private static string PlaceOf(string path, FileKind kind, bool mayMake)
    {
        string given = System.IO.Path.GetFullPath(path);
        try
        {
            path = RealPath.Of(given);
        }
        catch (IOException exception)
        {
            throw new LedgerFileException(LedgerFileFault.CannotOpen, exception.Message, exception);
        }

        if (Directory.Exists(path))
            throw new LedgerFileException(LedgerFileFault.CannotOpen, $"'{path}' is a folder; the {kind.Name} is a file.");
        string folder = System.IO.Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            throw new LedgerFileException(LedgerFileFault.CannotOpen, $"There is no folder '{folder}' for the {kind.Name} '{path}'.");
        if (LengthOf(path) > 0) return path;
        if (!File.Exists(path) && RealPath.IsLink(given))
            throw new LedgerFileException(LedgerFileFault.CannotOpen, $"'{given}' is a symbolic link to '{path}', where there is no file.");
        if (LengthOf(WalOf(path)) > 0)
            throw new LedgerFileException(LedgerFileFault.MissingPart, $"'{WalOf(path)}' is there, but the {kind.Name} '{path}' that it belongs to is {(File.Exists(path) ? "empty" : "missing")}. Copy both together.");
        if (!mayMake)
            throw new LedgerFileException(LedgerFileFault.NoLedger, File.Exists(path) ? $"'{path}' is empty: no {kind.Name} was begun in it." : $"There is no {kind.Name} '{path}'.");
        return path;
    }

    /// <summary>Leaves a file that is whole by itself; false where that fails, and the WAL has to stay.</summary>
    private bool TryClose()
    {
        if (_mark is null) return true;
        try
        {
            if (_mark.IsOpen)
            {
                Database.Begin();
                if (_isWalEmpty) _mark.Advance();
                _mark.Close();
                Commit();
            }

            if (!_isWalEmpty) MoveAllOfWal();
            return true;
        }
        catch (SqlException)
        {
            // A full disk, say. The next opener finds file and WAL as after a crash.
            return false;
        }
    }
}
