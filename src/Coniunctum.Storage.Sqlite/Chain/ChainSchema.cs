using Coniunctum.Storage.Sqlite.Files;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>The tables of a ledger's file.</summary>
internal static class ChainSchema
{
    // Rows of heads, bodies and undo are numbered as BlockRow says, so that all three are appended to, found and pruned by
    // height without an index. Every row has its checksum (RowChecksum).
    private const string Version1 = """
        CREATE TABLE heads (
            row INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            header BLOB NOT NULL,
            rule BLOB NOT NULL,
            weight BLOB NOT NULL,
            body_bytes INTEGER NOT NULL,
            undo_bytes INTEGER NOT NULL,
            checksum INTEGER NOT NULL);
        CREATE INDEX heads_by_id ON heads (substr(id, 1, 8));
        CREATE TABLE best (height INTEGER PRIMARY KEY, row INTEGER NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE bodies (row INTEGER PRIMARY KEY, content BLOB NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE undo (row INTEGER PRIMARY KEY, content BLOB NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE slices (row INTEGER PRIMARY KEY, content BLOB NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE checkpoint (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            id BLOB NOT NULL,
            height INTEGER NOT NULL,
            first_slice INTEGER NOT NULL,
            slices INTEGER NOT NULL,
            checksum INTEGER NOT NULL);
        CREATE TABLE pruned (kind TEXT PRIMARY KEY, below INTEGER NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE records (key TEXT PRIMARY KEY, content BLOB NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>"Coni" in ASCII.</summary>
    private const int ApplicationId = 0x436F6E69;

    public static FileKind Kind { get; } = new("ledger", ApplicationId, [new(Version1), new(FileMark.Step), new("", HeadConversion.Run), new(SummitTable.Step, SummitTable.Fill), new(SideTable.Step)], FlushesEachCommit: true);
}
