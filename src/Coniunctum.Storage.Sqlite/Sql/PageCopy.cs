using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Sql;

/// <summary>
/// A copy of a whole file into another one, some pages at a time (sqlite.org/backup.html). What the connection of the source commits
/// between two steps is copied with it: the copy is the source as it is at the last step.
/// </summary>
internal sealed class PageCopy : IDisposable
{
    private readonly sqlite3 _target;
    private readonly sqlite3_backup _handle;

    public PageCopy(sqlite3 source, sqlite3 target)
    {
        _target = target;
        _handle = raw.sqlite3_backup_init(target, "main", source, "main");
        if (_handle.IsInvalid) throw SqlException.Of(target, raw.sqlite3_errcode(target));
    }

    /// <summary>How many pages are still to be copied, behind the last step.</summary>
    public int Remaining => raw.sqlite3_backup_remaining(_handle);

    /// <summary>How many pages there are, behind the last step.</summary>
    public int Total => raw.sqlite3_backup_pagecount(_handle);

    /// <summary>Copies some pages. Returns whether the copy is whole, and flushed.</summary>
    /// <exception cref="SqlException">It failed; the copy is to be thrown away.</exception>
    public bool Step(int pages)
    {
        int code = raw.sqlite3_backup_step(_handle, pages);
        return code switch
        {
            raw.SQLITE_OK => false,
            raw.SQLITE_DONE => true,
            _ => throw SqlException.Of(_target, code),
        };
    }

    public void Dispose() => _handle.Dispose();
}
