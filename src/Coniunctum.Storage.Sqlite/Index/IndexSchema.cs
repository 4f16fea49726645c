using Coniunctum.Storage.Sqlite.Files;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>The tables of an index's file.</summary>
internal static class IndexSchema
{
    // Transactions are numbered in the order in which they are taken in; a number is never used again. Random keys in a B-tree
    // cost ten times what appending costs, so keys lie in sorted runs that are merged now and then (Runs).
    private const string Version1 = """
        CREATE TABLE owner (one INTEGER PRIMARY KEY CHECK (one = 1), chain BLOB NOT NULL, byte_order INTEGER NOT NULL);
        CREATE TABLE blocks (first INTEGER PRIMARY KEY, height INTEGER NOT NULL, id BLOB NOT NULL, transactions INTEGER NOT NULL, checksum INTEGER NOT NULL);
        CREATE INDEX blocks_by_height ON blocks (height);
        CREATE TABLE summaries (row INTEGER PRIMARY KEY, content BLOB NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE runs (
            run INTEGER PRIMARY KEY,
            level INTEGER NOT NULL,
            first INTEGER NOT NULL,
            below INTEGER NOT NULL,
            chunks INTEGER NOT NULL,
            checksum INTEGER NOT NULL);
        CREATE TABLE chunks (row INTEGER PRIMARY KEY, key BLOB NOT NULL, content BLOB NOT NULL, checksum INTEGER NOT NULL);
        """;

    /// <summary>"CoIx" in ASCII.</summary>
    private const int ApplicationId = 0x436F4978;

    /// <summary>A power cut may take the newest commits of an index with it; the blocks give them back.</summary>
    public static FileKind Kind { get; } = new("index", ApplicationId, [new(Version1), new(FileMark.Step)], FlushesEachCommit: false) { IsDerived = true };
}
