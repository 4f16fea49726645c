using Coniunctum.Crypto.Internal;
using Coniunctum.Storage.Sqlite.Sql;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>
/// Makes a copy of a file that is in use: beside its place, and put there when it is whole and durable. It has a mark of its own, so
/// that no WAL of the file that it was copied from is ever taken for its.
/// </summary>
/// <param name="path">Where the copy is to be. Nothing may be there.</param>
/// <param name="origin">The file that is copied.</param>
/// <param name="kind">What the file is.</param>
internal sealed class FileBackup(string path, string origin, FileKind kind) : IDisposable
{
    private readonly string _temporary = DurableFile.TemporaryFor(path);
    private Database? _target;
    private PageCopy? _copy;

    /// <summary>Whether what was thrown last came from the progress that the caller gave.</summary>
    public bool IsCallersFault { get; private set; }

    /// <summary>Copies all pages, in steps between which others have the file.</summary>
    /// <param name="gate">Keeps others out during a step.</param>
    /// <param name="source">Gives the connection that writes to the file, at the beginning of a step.</param>
    /// <param name="progress">Is told after each step, in pages.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="SqlException">It failed.</exception>
    public void Copy(Lock gate, Func<Database> source, IProgress<StoreProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            for (bool isWhole = false; !isWhole;)
            {
                cancellation.ThrowIfCancellationRequested();
                StoreProgress reached;
                lock (gate) isWhole = Step(source(), out reached);
                Report(progress, reached);
            }
        }
        finally
        {
            lock (gate) EndCopy();
        }
    }

    /// <summary>Marks the copy as closed, flushes it, and gives it its name, behind <see cref="Copy"/>.</summary>
    /// <exception cref="LedgerFileException">Another file has the name.</exception>
    /// <exception cref="SqlException">It could not be written.</exception>
    /// <exception cref="IOException">It could not be put in its place.</exception>
    public void Finish()
    {
        using (Database copy = Database.Open(_temporary, null))
        {
            copy.Execute("PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1");
            copy.Begin();
            var mark = new FileMark(copy);
            mark.Advance();
            mark.Close();
            copy.Commit();
            copy.MoveWal();
        }

        if (!DurableFile.TryName(_temporary, path)) throw Taken(path, kind);
    }

    /// <summary>Refuses a place where no new file can be made, before anything is done.</summary>
    /// <exception cref="LedgerFileException">The name is taken, or its folder is not there.</exception>
    public static void ThrowUnlessNew(string path, FileKind kind)
    {
        if (File.Exists(path) || Directory.Exists(path)) throw Taken(path, kind);
        if (!Directory.Exists(Path.GetDirectoryName(path))) throw new LedgerFileException(LedgerFileFault.CannotOpen, $"'{path}' cannot be made: its folder is not there.");
    }

    /// <summary>Ends the use of the file that is copied, by whoever keeps commits out. May be called again.</summary>
    public void EndCopy()
    {
        _copy?.Dispose();
        _target?.Dispose();
        (_copy, _target) = (null, null);
    }

    public void Dispose()
    {
        foreach (string suffix in (string[])["", "-journal", "-wal", "-shm"]) File.Delete(_temporary + suffix);
    }

    private static LedgerFileException Taken(string path, FileKind kind) =>
        new(LedgerFileFault.CannotOpen, $"'{path}' is there already: a copy of a {kind.Name} is a new file.");

    private void Report(IProgress<StoreProgress>? progress, StoreProgress reached)
    {
        try
        {
            progress?.Report(reached);
        }
        catch
        {
            IsCallersFault = true;
            throw;
        }
    }

    private bool Step(Database source, out StoreProgress reached)
    {
        if (_copy is null)
        {
            _target = Database.Create(_temporary);
            // Who may read the file may read its copy, and no one else may before.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_temporary, File.GetUnixFileMode(origin));
            // It is no one's yet, and made again after a crash: no journal is needed, and it is flushed by Finish, where no commit waits.
            _target.Execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
            _copy = source.BeginCopyTo(_target);
        }

        bool isWhole = _copy.Step(LedgerFile.PagesPerStep);
        reached = new StoreProgress(_copy.Total - _copy.Remaining, _copy.Total);
        return isWhole;
    }
}
