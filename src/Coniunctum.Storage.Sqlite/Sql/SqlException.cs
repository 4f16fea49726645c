using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Sql;

/// <summary>What SQLite refused, with its code. It does not leave this assembly: callers get a <see cref="LedgerFileException"/>.</summary>
internal sealed class SqlException(int code, string message) : Exception(message)
{
    private const int PrimaryMask = 0xFF;

    /// <summary>The code without its extension, such as <see cref="raw.SQLITE_FULL"/>.</summary>
    public int Code => code & PrimaryMask;

    /// <summary>The whole code; sqlite.org/rescode.html names them.</summary>
    public int ExtendedCode => code;

    public static SqlException Of(sqlite3 database, int code)
    {
        // Reading the code of a connection that could not be made is allowed, its message too.
        int extended = database.IsInvalid ? code : raw.sqlite3_extended_errcode(database);
        if ((extended & PrimaryMask) != (code & PrimaryMask)) extended = code;
        string message = database.IsInvalid ? "" : raw.sqlite3_errmsg(database).utf8_to_string();
        return new SqlException(extended, message);
    }
}
