using Coniunctum.Storage.Sqlite.Sql;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Files;

/// <summary>What the refusals of SQLite and of the system mean for a file.</summary>
internal static class FileFaults
{
    public static LedgerFileException InUse(string path, FileKind kind) =>
        new(LedgerFileFault.InUse, $"The {kind.Name} '{path}' is in use by {OwnerNote.Describe(path)}.");

    public static LedgerFileException ReadOnly(string path, FileKind kind) =>
        new(LedgerFileFault.ReadOnly, $"The {kind.Name} '{path}' can only be read: its permissions, or its disk, forbid writing.");

    /// <summary>Explains what opening a file has ended with; <c>null</c> where that needs no explanation, or has none.</summary>
    public static LedgerFileException? Explain(Exception exception, string path, FileKind kind) => exception switch
    {
        LedgerFileException => null,
        SqlException failure => Of(failure, path, kind),
        UnauthorizedAccessException => new LedgerFileException(
            LedgerFileFault.CannotOpen, $"The {kind.Name} '{path}' cannot be opened or made: {exception.Message}", exception),
        IOException => new LedgerFileException(LedgerFileFault.Failed, $"The {kind.Name} '{path}' could not be read or written: {exception.Message}", exception),
        _ => null,
    };

    public static LedgerFileException Of(SqlException failure, string path, FileKind kind)
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
