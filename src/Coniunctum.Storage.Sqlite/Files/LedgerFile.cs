using System.Globalization;
using Coniunctum.Storage.Sqlite.Sql;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>
/// An open file of one kind: recognised, brought to this version's tables, locked against everybody else. Its failures are
/// <see cref="LedgerFileException"/>s.
/// </summary>
internal sealed class LedgerFile : IDisposable
{
    /// <summary>How many pages are given back at once: about 4 MiB and some milliseconds.</summary>
    public const int PagesPerStep = 1000;

    private readonly FileKind _kind;
    private readonly long _maxWalBytes;
    private bool _isBroken;

    private LedgerFile(string path, FileKind kind, FileTuning tuning, Database database)
    {
        Path = path;
        _kind = kind;
        _maxWalBytes = tuning.MaxWalBytes;
        Database = database;
    }

    /// <summary>Where it is, in full.</summary>
    public string Path { get; }

    public Database Database { get; }

    public long Bytes => LengthOf(Path);

    public long WalBytes => LengthOf(Path + "-wal");

    public long PageBytes => Database.Number("PRAGMA page_size");

    /// <summary>How many pages of the file hold nothing.</summary>
    public long FreePages => Database.Number("PRAGMA freelist_count");

    /// <summary>Opens a file, or makes one.</summary>
    /// <exception cref="LedgerFileException">It cannot be had; the message says why.</exception>
    public static LedgerFile Open(string path, FileKind kind, FileTuning tuning)
    {
        path = System.IO.Path.GetFullPath(path);
        RequirePlace(path, kind);
        Database? database = null;
        try
        {
            database = Database.Open(path);
            if (database.IsReadOnly)
                throw new LedgerFileException(LedgerFileFault.ReadOnly, $"The {kind.Name} '{path}' can only be read: its permissions, or its disk, forbid writing.");
            Recognise(database, path, kind);
            Configure(database, path, kind, tuning);
            Migrate(database, path, kind);
            OwnerNote.Write(path);
            return new LedgerFile(path, kind, tuning, database);
        }
        catch (SqlException failure)
        {
            database?.Dispose();
            throw Explain(failure, path, kind);
        }
        catch
        {
            database?.Dispose();
            throw;
        }
    }

    /// <summary>Deletes a file that nobody has open, and what lies beside it.</summary>
    public static void Delete(string path)
    {
        foreach (string suffix in (string[])["", "-wal", "-shm", "-journal"]) File.Delete(path + suffix);
        OwnerNote.Delete(path);
    }

    /// <summary>Says in the file that it must be made anew, for its next opener.</summary>
    public void Outdate()
    {
        try
        {
            Database.Execute("PRAGMA user_version = 0");
        }
        catch (SqlException)
        {
            // The next opener meets the damage itself.
        }
    }

    /// <summary>Says what a refusal of SQLite means for this file.</summary>
    public LedgerFileException Explain(SqlException failure) => Explain(failure, Path, _kind);

    /// <summary>
    /// Says that a write has failed. The file is left as it is then, for the next opener to recover: after a failed flush nobody
    /// knows which pages the system still holds (the "fsync gate" of 2018), so nothing is copied out of the WAL any more.
    /// </summary>
    public void MarkBroken() => _isBroken = true;

    /// <summary>Moves everything out of the WAL into the file, deletes the WAL, and lets go of the file.</summary>
    public void Dispose()
    {
        // Before the lock is gone: afterwards the note may be somebody else's.
        OwnerNote.Delete(Path);
        if (_isBroken) Database.KeepWalOnClose();
        Database.Dispose();
    }

    /// <summary>
    /// Moves the WAL into the file when it has grown long, and empties it. SQLite by itself would keep the old frames and write
    /// over them: a WAL that is damaged in such a frame would then bring old pages back into a newer file. Emptied, whatever
    /// part of the WAL survives is a state that was committed.
    /// </summary>
    /// <exception cref="SqlException">It failed; what was committed is safe in the WAL.</exception>
    public void MoveWal()
    {
        if (WalBytes > _maxWalBytes) Database.MoveWal();
    }

    /// <summary>Gives some free pages back to the disk: <see cref="PagesPerStep"/>, or all that there are.</summary>
    public void GiveBackPages() => Database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({PagesPerStep})"));

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static void RequirePlace(string path, FileKind kind)
    {
        if (Directory.Exists(path))
            throw new LedgerFileException(LedgerFileFault.CannotOpen, $"'{path}' is a folder; the {kind.Name} is a file.");
        string folder = System.IO.Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            throw new LedgerFileException(LedgerFileFault.CannotOpen, $"There is no folder '{folder}' for the {kind.Name} '{path}'.");
    }

    /// <summary>Looks at the file without changing it: an empty one, or one of this kind that this version understands.</summary>
    private static void Recognise(Database database, string path, FileKind kind)
    {
        // Before the first access: with it the index of the WAL lies in memory instead of a -shm file, and the lock is kept
        // until the file is closed. That lock is what a second opener meets.
        database.Execute("PRAGMA locking_mode = EXCLUSIVE");
        long application = database.Number("PRAGMA application_id");
        long version = database.Number("PRAGMA user_version");
        if (application == 0 && version == 0 && database.Number("SELECT count(*) FROM sqlite_schema") == 0) return;
        if (application != kind.ApplicationId)
            throw new LedgerFileException(LedgerFileFault.NoLedger, $"'{path}' is a SQLite file, but no {kind.Name}.");
        if (version < kind.Version && kind.IsDerived)
            throw new LedgerFileException(LedgerFileFault.Damaged, Invariant($"The {kind.Name} '{path}' has version {version} and must be made anew."));
        if (version > kind.Version)
        {
            throw new LedgerFileException(
                LedgerFileFault.FutureVersion,
                Invariant($"The {kind.Name} '{path}' has version {version}; this program knows versions up to {kind.Version}. A newer program wrote it."));
        }
    }

    private static void Configure(Database database, string path, FileKind kind, FileTuning tuning)
    {
        // These two take effect in a new file only.
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA page_size = {tuning.PageBytes}"));

        // Free pages are used again, and given back to the disk in small steps on request. VACUUM would need room for a second
        // ledger, which whoever prunes for want of room does not have. Costs 2 % of what is written.
        Require("auto_vacuum", "2");
        Require("journal_mode", "wal");

        // FULL: each commit is flushed before it returns. NORMAL keeps the file whole but may lose the newest commits.
        Require("synchronous", kind.FlushesEachCommit ? "2" : "1");

        // On macOS a plain fsync leaves the bytes in the drive's cache.
        Require("fullfsync", "1");
        Require("checkpoint_fullfsync", "1");

        // The WAL is moved into the file by MoveWal.
        Require("wal_autocheckpoint", "0");

        // In KiB, negative by SQLite's convention: inner pages of tables and of the look-up by identity.
        Require("cache_size", (-tuning.CacheBytes / 1024).ToString(CultureInfo.InvariantCulture));

        // A file that somebody else made must not run code of theirs, and a page that makes no sense is named at once.
        Require("trusted_schema", "0");
        Require("cell_size_check", "1");

        // Reads through a mapping turn a disk's failure into the death of the process.
        Require("mmap_size", "0");

        // No file but the two: statement journals stay in memory.
        Require("temp_store", "2");
        if (tuning.MaxPages is { } pages) database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {pages}"));

        void Require(string pragma, string value)
        {
            database.Execute($"PRAGMA {pragma} = {value}");
            string got = "";
            database.Query($"PRAGMA {pragma}", row => got = row.Text(0));
            if (!string.Equals(got, value, StringComparison.Ordinal))
                throw new LedgerFileException(LedgerFileFault.Failed, $"The {kind.Name} '{path}' cannot be used: SQLite's {pragma} stays {got} instead of {value}.");
        }
    }

    private static void Migrate(Database database, string path, FileKind kind)
    {
        long version = database.Number("PRAGMA user_version");
        if (version < kind.Version)
        {
            // One transaction: a crash on the way leaves the old version.
            database.Begin();
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {kind.ApplicationId}"));
            for (; version < kind.Version; version++) database.Execute(kind.Steps[(int)version]);
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {kind.Version}"));
            database.Commit();
        }

        if (!SchemaOf(database).SequenceEqual(ExpectedSchema(kind), StringComparer.Ordinal))
        {
            throw new LedgerFileException(
                LedgerFileFault.Damaged, Invariant($"The {kind.Name} '{path}' does not have the tables of version {kind.Version}: it is damaged, or was changed."));
        }
    }

    private static List<string> ExpectedSchema(FileKind kind)
    {
        using var model = Database.Open(":memory:");
        foreach (string step in kind.Steps) model.Execute(step);
        return SchemaOf(model);
    }

    private static List<string> SchemaOf(Database database)
    {
        List<string> schema = [];
        database.Query("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name", row => schema.Add(row.Text(0)));
        return schema;
    }

    private static LedgerFileException Explain(SqlException failure, string path, FileKind kind)
    {
        string file = $"The {kind.Name} '{path}'";
        (LedgerFileFault fault, string message) = failure.Code switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (LedgerFileFault.InUse, $"{file} is in use by {OwnerNote.Describe(path)}."),
            raw.SQLITE_NOTADB => (LedgerFileFault.NoLedger, $"'{path}' is no {kind.Name}: not even a SQLite file."),
            raw.SQLITE_CORRUPT => (LedgerFileFault.Damaged, $"{file} is damaged."),
            raw.SQLITE_FULL => (LedgerFileFault.DiskFull, $"{file} could not be written: the disk is full."),
            raw.SQLITE_READONLY => (LedgerFileFault.ReadOnly, $"{file} can only be read."),
            raw.SQLITE_PERM or raw.SQLITE_CANTOPEN or raw.SQLITE_AUTH =>
                (LedgerFileFault.CannotOpen, $"{file} cannot be opened or made: it, its folder or the files beside it may not be read or written."),
            raw.SQLITE_IOERR => (LedgerFileFault.Failed, $"{file} could not be read or written: the disk or the system failed."),
            _ => (LedgerFileFault.Failed, $"{file} could not be used."),
        };
        return new LedgerFileException(fault, Invariant($"{message} (SQLite {failure.ExtendedCode}: {failure.Message})"), failure);
    }
}
