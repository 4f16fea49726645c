using Coniunctum.Ledger.Storage;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>A whole checkpoint.</summary>
/// <param name="Block">The block after which it is the state.</param>
/// <param name="FirstSlice">The row of its first slice; the others follow without a gap.</param>
/// <param name="Slices">How many there are.</param>
internal sealed record CheckpointRow(StoredTip Block, long FirstSlice, long Slices);
