namespace Coniunctum.Storage.Sqlite;

/// <summary>What is wrong with a ledger's file.</summary>
public enum LedgerFileFault
{
    /// <summary>Reading or writing failed for a reason that the message gives.</summary>
    Failed = 0,

    /// <summary>Another opener has it.</summary>
    InUse,

    /// <summary>The file is something else.</summary>
    NoLedger,

    /// <summary>A newer version of this library wrote it.</summary>
    FutureVersion,

    /// <summary>It cannot be opened: the folder is missing, or the permission.</summary>
    CannotOpen,

    /// <summary>File, folder or disk can only be read.</summary>
    ReadOnly,

    /// <summary>The disk is full. A ledger that runs halts (<c>HaltCode.StoreFailed</c>); once there is room it opens at its last commit.</summary>
    DiskFull,

    /// <summary>The bytes are not those that were written.</summary>
    Damaged,

    /// <summary>It belongs to another chain.</summary>
    OtherChain,

    /// <summary>A part is missing: the WAL of a file that was not closed cleanly, or the file that a WAL belongs to.</summary>
    MissingPart,

    /// <summary>The WAL beside it is another file's, or the same file's of another day.</summary>
    ForeignPart,
}
