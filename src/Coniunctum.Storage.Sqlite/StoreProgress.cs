namespace Coniunctum.Storage.Sqlite;

/// <summary>How far a long work on a ledger's file is.</summary>
/// <param name="Done">How much is done, in heights or pages.</param>
/// <param name="Total">How much there is to do.</param>
public readonly record struct StoreProgress(long Done, long Total);
