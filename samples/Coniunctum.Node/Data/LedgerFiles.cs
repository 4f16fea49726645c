using Coniunctum.Crypto.Files;
using Coniunctum.Node.Cli;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Data;

/// <summary>Opens ledgers' files for commands.</summary>
internal static class LedgerFiles
{
    /// <summary>Opens a ledger's file; makes it, and its folder, where nothing is.</summary>
    public static SqliteChainStore OpenOrCreate(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) DurableFile.MakeFolder(folder);
        return Open(path);
    }

    /// <summary>Opens a ledger's file that must be there.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static SqliteChainStore OpenExisting(string path) => File.Exists(path)
        ? Open(path)
        : throw new BadInputException($"There is no file {Quoted.Of(path)}. 'coniunctum dev' makes a ledger; --data says where.");

    private static SqliteChainStore Open(string path)
    {
        try
        {
            return SqliteChainStore.Open(path);
        }
        catch (LedgerFileException exception) when (exception.Fault is LedgerFileFault.InUse or LedgerFileFault.NoLedger or LedgerFileFault.FutureVersion)
        {
            throw new BadInputException(exception.Message);
        }
    }
}
