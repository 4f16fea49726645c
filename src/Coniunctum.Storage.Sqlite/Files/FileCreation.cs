using Coniunctum.Crypto.Internal;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>
/// Makes a file beside its place and puts it there when it is whole and durable: no crash leaves one that is begun. Of two
/// programs that make the same file at once one does, and the other one finds it.
/// </summary>
internal static class FileCreation
{
    /// <summary>Makes a file, where there is none or one of no bytes.</summary>
    /// <exception cref="SqlException">SQLite could not write it.</exception>
    /// <exception cref="IOException">It could not be put in its place.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder must not be written to.</exception>
    public static void Create(string path, FileKind kind, FileTuning tuning)
    {
        string temporary = DurableFile.TemporaryFor(path);
        try
        {
            using (var database = Database.Create(temporary))
            {
                FileSetup.ConfigureNew(database, tuning);
                FileSetup.Migrate(database, temporary, kind, tuning, beginsWal: false);
                database.Execute("PRAGMA journal_mode = WAL");
            }

            // A file of no bytes may have been made for what it permits.
            if (!OperatingSystem.IsWindows() && File.Exists(path)) File.SetUnixFileMode(temporary, File.GetUnixFileMode(path));
            DurableFile.TryName(temporary, path);
        }
        finally
        {
            foreach (string suffix in (string[])["", "-journal", "-wal", "-shm"]) File.Delete(temporary + suffix);
        }
    }
}
