using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Sql;

/// <summary>A connection to a SQLite file. Not safe to use from several threads at once.</summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly List<Statement> _statements = [];
    private readonly Statement _begin;
    private readonly Statement _beginRead;
    private readonly Statement _commit;
    private readonly Statement _rollback;

    // The provider that the package brings; to say so twice does no harm.
    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle)
    {
        _handle = handle;
        _begin = Prepare("BEGIN IMMEDIATE");
        _beginRead = Prepare("BEGIN");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
    }

    /// <summary>Whether the file can only be read.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(_handle, "main") != 0;

    /// <summary>Opens a file that is there, for itself alone.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vfs">SQLite's way to the file system; <c>null</c> for the usual one.</param>
    /// <exception cref="SqlException">It cannot be opened.</exception>
    public static Database Open(string path, string? vfs)
    {
        Database database = OpenBeside(path, vfs);
        try
        {
            // Before the first access: with it the index of the WAL lies in memory instead of a -shm file, and SQLite's lock is
            // kept until the file is closed.
            database.Execute("PRAGMA locking_mode = EXCLUSIVE");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that is there, beside other connections of this process.</summary>
    /// <inheritdoc cref="Open(string, string?)"/>
    public static Database OpenBeside(string path, string? vfs) => Open(path, raw.SQLITE_OPEN_READWRITE, vfs);

    /// <summary>Makes a file.</summary>
    /// <exception cref="SqlException">It cannot be made.</exception>
    public static Database Create(string path) => Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null);

    /// <summary>Opens a file as it lies there, without its WAL, to read it. It is neither locked nor written to, nor anything beside it.</summary>
    /// <exception cref="SqlException">It cannot be opened.</exception>
    public static Database OpenImmutable(string path, string? vfs)
    {
        // sqlite.org/uri.html: what has a meaning in an address, and Windows' drives and separators.
        string escaped = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal)
            .Replace("#", "%23", StringComparison.Ordinal).Replace('\\', '/');
        return Open($"file:{(escaped.StartsWith('/') ? "" : "/")}{escaped}?immutable=1", raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI, vfs);
    }

    /// <summary>Makes a database that lives in memory.</summary>
    public static Database InMemory() => Create(":memory:");

    private static Database Open(string path, int flags, string? vfs)
    {
        int code = raw.sqlite3_open_v2(path, out sqlite3 handle, flags | raw.SQLITE_OPEN_NOMUTEX | raw.SQLITE_OPEN_PRIVATECACHE, vfs);
        if (code != raw.SQLITE_OK)
        {
            SqlException failure = SqlException.Of(handle, code);
            handle.Dispose();
            throw failure;
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        return new Database(handle);
    }

    /// <summary>Compiles a statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        int code = raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt statement);
        if (code != raw.SQLITE_OK) throw SqlException.Of(_handle, code);
        var prepared = new Statement(_handle, statement);
        _statements.Add(prepared);
        return prepared;
    }

    /// <summary>Runs statements that are needed once, one after the other, and ignores the rows they return.</summary>
    public void Execute(string sql)
    {
        int code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK) throw SqlException.Of(_handle, code);
    }

    /// <summary>Runs a statement that is needed once and hands each of its rows over.</summary>
    public void Query(string sql, Action<Statement> read)
    {
        int code = raw.sqlite3_prepare_v2(_handle, sql, out sqlite3_stmt handle);
        if (code != raw.SQLITE_OK) throw SqlException.Of(_handle, code);
        using var statement = new Statement(_handle, handle);
        while (statement.Step()) read(statement);
    }

    /// <summary>Returns the number in the first row of a statement that is needed once, or 0.</summary>
    public long Number(string sql)
    {
        long number = 0;
        Query(sql, row => number = row.Int64(0));
        return number;
    }

    /// <summary>Lets a cancellation stop the statements that run until the result is disposed.</summary>
    public IDisposable Interrupt(CancellationToken cancellation) => cancellation.Register(() => raw.sqlite3_interrupt(_handle));

    public void Begin() => _begin.Execute();

    /// <summary>Begins to read one moment, until <see cref="Rollback"/>.</summary>
    public void BeginRead() => _beginRead.Execute();

    public void Commit() => _commit.Execute();

    /// <summary>Undoes what was begun. A failure may have done that already.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_handle) == 0) _rollback.Execute();
    }

    /// <summary>Copies the WAL into the file and flushes it, while others go on reading.</summary>
    public void CopyWal() => MoveWal(raw.SQLITE_CHECKPOINT_PASSIVE);

    /// <summary>Copies what is left of the WAL into the file, flushes it, and cuts the WAL to nothing. No one may read meanwhile.</summary>
    public void MoveWal() => MoveWal(raw.SQLITE_CHECKPOINT_TRUNCATE);

    /// <summary>Leaves the WAL as it is when the connection closes.</summary>
    public void KeepWalOnClose()
    {
        int code = raw.sqlite3_db_config(_handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
        if (code != raw.SQLITE_OK) throw SqlException.Of(_handle, code);
    }

    /// <summary>Begins to copy the whole file into another one, which is lost.</summary>
    /// <exception cref="SqlException">It cannot be begun.</exception>
    public PageCopy BeginCopyTo(Database target) => new(_handle, target._handle);

    private void MoveWal(int how)
    {
        int code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", how, out _, out _);
        if (code != raw.SQLITE_OK) throw SqlException.Of(_handle, code);
    }

    public void Dispose()
    {
        foreach (Statement statement in _statements) statement.Dispose();
        _statements.Clear();
        _handle.Dispose();
    }
}
