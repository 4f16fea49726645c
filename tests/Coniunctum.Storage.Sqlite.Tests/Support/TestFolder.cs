using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Tests.Support;

/// <summary>A folder for one test, deleted after it.</summary>
internal sealed class TestFolder(bool onDisk = false) : IDisposable
{
    // Else in memory where there is such a place: to flush is to wait for everybody else's disk traffic.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(System.IO.Path.Combine(
        !onDisk && Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath(), $"coniunctum-store-{Guid.NewGuid():N}"));

    public string Path => _folder.FullName;

    public string Ledger => File("ledger.db");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string[] Names => [.. Directory.GetFiles(Path).Select(path => System.IO.Path.GetFileName(path)).Order()];

    /// <summary>Runs SQL on a file that no one has open, as someone with a SQLite tool would.</summary>
    public static void Execute(string path, string sql)
    {
        Batteries_V2.Init();
        Assert.That(raw.sqlite3_open(path, out sqlite3 database), Is.EqualTo(raw.SQLITE_OK));
        using (database) Assert.That(raw.sqlite3_exec(database, sql), Is.EqualTo(raw.SQLITE_OK), () => raw.sqlite3_errmsg(database).utf8_to_string());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
