using Coniunctum.Crypto.Internal;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Net;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Data;

/// <summary>Opens ledgers' files for commands.</summary>
internal static class LedgerFiles
{
    /// <summary>Opens a ledger's file; makes it, and its folder, where nothing is. One of an older version is brought up to date.</summary>
    public static SqliteChainStore OpenOrCreate(string path, IProgress<StoreProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            PathInput.Trying($"The folder {Quoted.Of(folder)} cannot be made", folder, () => DurableFile.MakeFolder(folder));
        }

        return Open(path, file => SqliteChainStore.Open(file, progress, cancellation));
    }

    /// <summary>Opens a ledger's file that must be there.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static SqliteChainStore OpenExisting(string path)
    {
        RequireFile(path);
        return Open(Of(path), SqliteChainStore.Open);
    }

    /// <summary>Opens a ledger's file that must be there, only to read it: nothing is written to one that was closed cleanly, but that one of an older version is brought up to date.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static SqliteChainStore OpenToRead(string path)
    {
        RequireFile(path);
        return Open(Of(path), SqliteChainStore.OpenToRead);
    }

    /// <summary>The file that someone means by a path: that of the node, where it is the folder of one.</summary>
    public static string Of(string path) => Directory.Exists(path) && File.Exists(new NodeFolder(path).Ledger) ? new NodeFolder(path).Ledger : path;

    private static void RequireFile(string path)
    {
        if (!Path.Exists(path)) throw new BadInputException($"There is no file {Quoted.Of(path)}. 'coniunctum dev' makes a ledger; --data says where.");
    }

    private static SqliteChainStore Open(string path, Func<string, SqliteChainStore> open)
    {
        if (Directory.Exists(path)) throw new BadInputException($"{Quoted.Of(path)} is a folder; expected a ledger's file.");
        try
        {
            return open(path);
        }
        catch (LedgerFileException exception) when (exception.Fault is LedgerFileFault.InUse or LedgerFileFault.NoLedger or LedgerFileFault.FutureVersion or LedgerFileFault.CannotOpen)
        {
            throw new BadInputException(exception.Message);
        }
    }
}
