namespace Coniunctum.Consensus.Pool;

/// <summary>Why the pool refuses or drops a transaction that may be valid.</summary>
public enum PoolRule
{
    /// <summary>No such reason.</summary>
    None = 0,

    /// <summary>The very same transaction is in the pool.</summary>
    AlreadyKnown,

    /// <summary>The pool is full, and the transaction pays no more for its size than any in it.</summary>
    PoolFull,

    /// <summary>The sender has as many transactions in the pool as one may have.</summary>
    SenderLimit,

    /// <summary>Too many transactions wait for their signatures to be checked.</summary>
    Busy,

    /// <summary>Another transaction with the same tag, which pays more, has taken its place.</summary>
    Replaced,

    /// <summary>Another transaction with the same tag is in the best chain.</summary>
    Conflicting,

    /// <summary>The node has stopped accepting.</summary>
    Halted,
}
