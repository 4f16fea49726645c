using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Node.Data;

/// <summary>Reads states of a ledger's file, as far as they can still be had.</summary>
internal static class PrunedStates
{
    /// <summary>Reads the state at a height; <c>null</c> where what leads to it was pruned.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static async Task<StateSnapshot?> ReadAsync(SqliteChainStore store, ChainProfile profile, ulong height, CancellationToken cancellation)
    {
        // Down from the checkpoint every block is undone, the one above the height at last.
        bool isBelow = store.Checkpoint is { } checkpoint && height < checkpoint.Height;
        if (isBelow && store.IdAt(height + 1) is { } above && store.ReadUndo(above) is null) return null;
        return await LedgerBuilder.For(profile).UseStore(store).ReadStateAsync(height, cancellation);
    }
}
