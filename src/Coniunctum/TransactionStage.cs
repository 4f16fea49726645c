namespace Coniunctum;

/// <summary>Where a transaction is in its life.</summary>
public enum TransactionStage
{
    /// <summary>Neither in the pool nor in a block that came since someone began to follow it.</summary>
    Unknown = 0,

    /// <summary>In the pool, for the next block that has room; perhaps back there, from a block that was disconnected.</summary>
    Pooled,

    /// <summary>Kept in the pool until a balance or its window allows it.</summary>
    Waiting,

    /// <summary>In a block of the best chain.</summary>
    Confirmed,

    /// <summary>Its block is no longer part of the best chain.</summary>
    Disconnected,

    /// <summary>It has left the pool without being confirmed: expired, replaced, in conflict, or too cheap. It may come back.</summary>
    Dropped,
}
