using Coniunctum.Ledger.Storage;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>A row of the heads.</summary>
/// <param name="Head">The head.</param>
/// <param name="BodyBytes">The length of the body that was written with it; 0 for none.</param>
/// <param name="UndoBytes">The length of what undoes the block; 0 for nothing.</param>
internal sealed record HeadRow(StoredHead Head, long BodyBytes, long UndoBytes);
