using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Tests.Support;

/// <summary>Flips bits in the rows of a file that no one has open, as a failing disk does.</summary>
internal sealed class Tampering : IDisposable
{
    private readonly sqlite3 _database;

    public Tampering(string path)
    {
        Batteries_V2.Init();
        Assert.That(raw.sqlite3_open(path, out _database), Is.EqualTo(raw.SQLITE_OK));
    }

    /// <summary>Returns the keys of a table's rows.</summary>
    public List<string> Keys(string table, string key)
    {
        List<string> keys = [];
        Read($"SELECT quote({key}) FROM {table} ORDER BY {key}", row => keys.Add(raw.sqlite3_column_text(row, 0).utf8_to_string()));
        return keys;
    }

    /// <summary>Flips one bit of a column; false when it has none.</summary>
    public bool Flip(string table, string key, string value, string column, Random random)
    {
        byte[]? bytes = null;
        long number = 0;
        Read($"SELECT {column} FROM {table} WHERE {key} = {value}", row =>
        {
            if (raw.sqlite3_column_type(row, 0) == raw.SQLITE_BLOB) bytes = raw.sqlite3_column_blob(row, 0).ToArray();
            else number = raw.sqlite3_column_int64(row, 0);
        });
        if (bytes is { Length: 0 }) return false;
        if (bytes is not null) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        string changed = bytes is null ? Invariant($"{number ^ (1L << random.Next(63))}") : $"x'{Convert.ToHexString(bytes)}'";
        Execute($"UPDATE {table} SET {column} = {changed} WHERE {key} = {value}");
        return true;
    }

    public void Execute(string sql) =>
        Assert.That(raw.sqlite3_exec(_database, sql), Is.EqualTo(raw.SQLITE_OK), () => raw.sqlite3_errmsg(_database).utf8_to_string());

    public void Dispose() => _database.Dispose();

    private void Read(string sql, Action<sqlite3_stmt> read)
    {
        Assert.That(raw.sqlite3_prepare_v2(_database, sql, out sqlite3_stmt statement), Is.EqualTo(raw.SQLITE_OK));
        using (statement)
        {
            while (raw.sqlite3_step(statement) == raw.SQLITE_ROW) read(statement);
        }
    }
}
