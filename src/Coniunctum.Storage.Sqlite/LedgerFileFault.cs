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

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>The bytes are not those that were written.</summary>
    Damaged,

    /// <summary>It belongs to another chain.</summary>
    OtherChain,
}
