namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>What can be done about damage.</summary>
public enum DamageRemedy
{
    /// <summary>Nothing from this file alone: the block must be fetched, or the ledger imported, again.</summary>
    None = 0,

    /// <summary>It follows from other rows: a repair writes it anew.</summary>
    Rebuild,

    /// <summary>Nothing needs it: a repair deletes it. A checkpoint is made again from the blocks.</summary>
    Drop,

    /// <summary>A node that executes the block again gets it back.</summary>
    Replay,
}
