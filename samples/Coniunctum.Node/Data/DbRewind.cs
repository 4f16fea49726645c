using System.Text.Json.Nodes;
using Coniunctum.Ledger.Storage;
using Coniunctum.Node.Cli;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Data;

/// <summary>Undoes a ledger's last blocks.</summary>
internal static class DbRewind
{
    public static async Task<int> RunAsync(string data, ulong height, OutcomeReporter reporter, CancellationToken cancellation)
    {
        using SqliteChainStore store = LedgerFiles.OpenExisting(data);
        if (store.Tip is not { } before) throw new BadInputException($"The ledger {Quoted.Of(data)} holds no block yet.");
        StoredTip tip;
        try
        {
            tip = await LedgerBuilder.For(ChainOfFile.ProfileOf(store)).UseStore(store).RewindAsync(height, reporter.Progress, cancellation);
        }
        catch (InvalidOperationException refusal)
        {
            throw new BadInputException(refusal.Message);
        }

        ulong undone = before.Height - tip.Height;
        return reporter.Conclude(
            Invariant($"{undone} blocks were undone; the ledger ends at height {tip.Height}, {tip.Id}."),
            new JsonObject { ["undone"] = undone, ["height"] = tip.Height, ["tip"] = tip.Id.ToString() });
    }
}
