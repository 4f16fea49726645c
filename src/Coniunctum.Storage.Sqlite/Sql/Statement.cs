using System.Diagnostics.CodeAnalysis;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Sql;

/// <summary>A compiled statement. Parameters count from 1, columns from 0, as in SQLite. Bytes go in without a copy of ours.</summary>
internal sealed class Statement(sqlite3 database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ulong value) => Bind(parameter, unchecked((long)value));

    public Statement Bind(int parameter, string value)
    {
        Check(raw.sqlite3_bind_text(handle, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // An empty span would be bound as NULL.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, parameter, 0) : raw.sqlite3_bind_blob(handle, parameter, value));
        return this;
    }

    /// <summary>Moves on to the next row; false after the last one.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(handle);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw SqlException.Of(database, code),
        };
    }

    /// <summary>Runs the statement to its end, and makes it ready for the next time.</summary>
    public void Execute()
    {
        try
        {
            while (Step())
            {
                // A pragma may return rows that no one asked for.
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Reads the first row, if there is one, and makes the statement ready for the next time.</summary>
    public bool TryFirst<T>(Func<Statement, T> read, [MaybeNullWhen(false)] out T value)
    {
        try
        {
            bool found = Step();
            value = found ? read(this) : default;
            return found;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Reads row after row until there are no more, or enough, and makes the statement ready for the next time.</summary>
    /// <param name="read">Reads the row that it stands on, and returns whether another one is wanted.</param>
    public void ForEach(Func<Statement, bool> read)
    {
        try
        {
            while (Step() && read(this))
            {
                // All is done by what reads.
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Whether a column holds anything but NULL.</summary>
    public bool HasValue(int column) => raw.sqlite3_column_type(handle, column) != raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public ulong UInt64(int column) => unchecked((ulong)Int64(column));

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    /// <summary>The bytes of a column, which live until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>Ends a reading before its last row. What failed was said when it failed, so the code is of no interest.</summary>
    public void Reset()
    {
        raw.sqlite3_reset(handle);
        raw.sqlite3_clear_bindings(handle);
    }

    public void Dispose() => handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw SqlException.Of(database, code);
    }
}
