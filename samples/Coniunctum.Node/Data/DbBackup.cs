using System.Text.Json.Nodes;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Api;
using Coniunctum.Node.Cli;
using Coniunctum.Node.Cli.Client;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Data;

/// <summary>Copies a ledger: a running one by its socket, one that no one has open by itself.</summary>
internal static class DbBackup
{
    /// <summary>What Ctrl-C leaves.</summary>
    public const string Remains = "nothing is left of the copy";

    public static async Task<int> RunAsync(string data, string path, OutcomeReporter reporter, CancellationToken cancellation)
    {
        CopyModel copy = await CopyAsync(data, Path.GetFullPath(path), reporter, cancellation);
        return reporter.Conclude(
            Invariant($"The ledger up to height {copy.Height}, {copy.Tip}, is in {Quoted.Of(path)} ({copy.Bytes} bytes)."),
            new JsonObject { ["path"] = copy.Path, ["height"] = copy.Height, ["tip"] = copy.Tip, ["bytes"] = copy.Bytes });
    }

    /// <summary>Copies a ledger that this process has open into a new file, which is whole and durable when this returns.</summary>
    /// <exception cref="BadInputException">The file cannot be made.</exception>
    public static CopyModel Copy(SqliteChainStore store, string path, IProgress<StoreProgress> progress, CancellationToken cancellation)
    {
        if (store.Tip is null) throw new BadInputException($"The ledger {Quoted.Of(store.Path)} holds no block yet.");
        try
        {
            store.Backup(path, progress, cancellation);
        }
        catch (LedgerFileException exception) when (exception.Fault is LedgerFileFault.CannotOpen or LedgerFileFault.ReadOnly)
        {
            throw new BadInputException(exception.Message);
        }

        using SqliteChainStore copy = SqliteChainStore.OpenToRead(path);
        StoredTip tip = copy.Tip ?? throw new InvalidDataException($"The copy {Quoted.Of(path)} holds no block.");
        return new CopyModel(path, tip.Height, tip.Id.ToString(), new FileInfo(path).Length);
    }

    private static async Task<CopyModel> CopyAsync(string data, string path, OutcomeReporter reporter, CancellationToken cancellation)
    {
        if (RunningNode.TryFind(data) is { } client)
        {
            using (client) return await client.BackupAsync(path, reporter.Progress, cancellation);
        }

        using SqliteChainStore store = LedgerFiles.OpenToRead(data);
        return await Task.Run(() => Copy(store, path, reporter.Progress, cancellation), CancellationToken.None);
    }
}
