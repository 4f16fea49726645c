using System.Collections.Immutable;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Storage.Sqlite;

/// <summary>How large a ledger's file is, and what fills it.</summary>
/// <param name="Tip">The tip of the best chain, or <c>null</c>.</param>
/// <param name="Checkpoint">The newest whole checkpoint, or <c>null</c>.</param>
/// <param name="BodiesPrunedBelow">The height below which bodies were pruned, genesis aside; 0 for none.</param>
/// <param name="UndoPrunedBelow">The height below which undo records were pruned; 0 for none.</param>
/// <param name="FileBytes">The length of the file.</param>
/// <param name="WalBytes">The length of the WAL beside it.</param>
/// <param name="FreeBytes">What of the file is free, to be used again or given back.</param>
/// <param name="Tables">What lies in it.</param>
public sealed record StoreStatistics(
    StoredTip? Tip,
    StoredTip? Checkpoint,
    ulong BodiesPrunedBelow,
    ulong UndoPrunedBelow,
    long FileBytes,
    long WalBytes,
    long FreeBytes,
    ImmutableArray<StoreStatistics.Table> Tables)
{
    /// <summary>One table.</summary>
    /// <param name="Kind">What its rows hold.</param>
    /// <param name="Rows">How many there are.</param>
    /// <param name="Bytes">The bytes of their contents, without what SQLite adds.</param>
    public readonly record struct Table(RowKind Kind, long Rows, long Bytes);
}
