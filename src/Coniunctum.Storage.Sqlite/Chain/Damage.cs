using Coniunctum.Crypto.Internal;
using Coniunctum.Storage.Sqlite.Sql;
using SQLitePCL;

namespace Coniunctum.Storage.Sqlite.Chain;

/// <summary>What is said of a row whose checksum is wrong.</summary>
internal static class Damage
{
    /// <summary>Whether what was thrown says that what is there is damaged: a checksum, or the page around it.</summary>
    public static bool IsDamage(Exception exception) => exception is InvalidDataException or SqlException { Code: raw.SQLITE_CORRUPT };

    public static InvalidDataException Of(RowKind kind, ulong height) =>
        new($"The store's {Name(kind)} at height {height} is damaged: its checksum is wrong.");

    public static InvalidDataException Of(RowKind kind, string name) =>
        new($"The {Name(kind)} '{PrintableText.Of(name)}' is damaged: its checksum is wrong.");

    private static string Name(RowKind kind) => kind switch
    {
        RowKind.Head => "header",
        RowKind.Best => "mark of the best chain",
        RowKind.Body => "block",
        RowKind.Undo => "undo record",
        RowKind.Slice => "piece of the checkpoint",
        RowKind.Checkpoint => "mark of the checkpoint",
        RowKind.Pruned => "mark of what was pruned",
        RowKind.Record => "record",
        RowKind.IndexBlock => "indexed block",
        RowKind.IndexSummary => "row of transactions",
        RowKind.IndexRun => "sorted run",
        RowKind.IndexChunk => "piece of a sorted run",
        RowKind.Summits => "part of the history tree",
        RowKind.Mark => "mark of the file",
        RowKind.Side => "header beside the best chain",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
