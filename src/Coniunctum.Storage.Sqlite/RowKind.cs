namespace Coniunctum.Storage.Sqlite;

/// <summary>What a row of a ledger's or an index's file holds. The numbers are part of the rows' checksums.</summary>
public enum RowKind
{
    /// <summary>No row.</summary>
    None = 0,

    /// <summary>A block's header, and what else is kept of it for ever.</summary>
    Head = 1,

    /// <summary>Which block is part of the best chain at a height.</summary>
    Best = 2,

    /// <summary>A block's encoding.</summary>
    Body = 3,

    /// <summary>What undoes a block.</summary>
    Undo = 4,

    /// <summary>A piece of a checkpoint.</summary>
    Slice = 5,

    /// <summary>Which slices are the newest checkpoint.</summary>
    Checkpoint = 6,

    /// <summary>Below which height something was pruned.</summary>
    Pruned = 7,

    /// <summary>A record of the node or of its consensus rule.</summary>
    Record = 8,

    /// <summary>In an index: a block.</summary>
    IndexBlock = 9,

    /// <summary>In an index: what is kept of some transactions.</summary>
    IndexSummary = 10,

    /// <summary>In an index: a sorted run.</summary>
    IndexRun = 11,

    /// <summary>In an index: a piece of a sorted run.</summary>
    IndexChunk = 12,

    /// <summary>By what a file and its WAL know each other.</summary>
    Mark = 13,

    /// <summary>The summits of the history tree that a block completes.</summary>
    Summits = 14,

    /// <summary>A block beside the best chain.</summary>
    Side = 15,
}
