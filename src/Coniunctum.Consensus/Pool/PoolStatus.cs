namespace Coniunctum.Consensus.Pool;

/// <summary>Where a transaction is, as the pool sees it.</summary>
public enum PoolStatus
{
    /// <summary>Never reported.</summary>
    Unknown = 0,

    /// <summary>Nowhere here.</summary>
    Outside,

    /// <summary>In the pool of an earlier run.</summary>
    Saved,

    /// <summary>In a block of the best chain.</summary>
    Block,

    /// <summary>In the pool, but no block may hold it yet: it waits for a balance or for its window.</summary>
    Waiting,

    /// <summary>In the pool, for the next block that has room.</summary>
    Ready,
}
