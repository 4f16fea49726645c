namespace Coniunctum.Consensus.Pool;

/// <summary>Why the pool refuses, drops or holds back a transaction.</summary>
public enum PoolRule
{
    /// <summary>No such reason.</summary>
    None = 0,

    /// <summary>The very same transaction is in the pool, or waits there.</summary>
    AlreadyKnown,

    /// <summary>The pool is full, and the transaction pays no more for its size than any in it; one that waits makes room for any that does not.</summary>
    PoolFull,

    /// <summary>The sender has as many transactions in the pool as one may have.</summary>
    SenderLimit,

    /// <summary>Too many transactions wait for their signatures to be checked.</summary>
    Busy,

    /// <summary>Another transaction with the same tag, which pays more or need not wait, has taken its place.</summary>
    Replaced,

    /// <summary>Another transaction with the same tag is in the best chain.</summary>
    Conflicting,

    /// <summary>The node has stopped accepting.</summary>
    Halted,

    /// <summary>It is kept, but no block may hold it yet: the verdict says whether a balance is missing or its window lies ahead.</summary>
    Waiting,

    /// <summary>It would have to wait, and as many wait as may, of this sender or of all.</summary>
    WaitingFull,

    /// <summary>It has waited for as many blocks as a transaction may.</summary>
    WaitedTooLong,

    /// <summary>The last height at which a block may hold it has passed.</summary>
    Expired,

    /// <summary>The application that it calls would not serve it as things stand, and says why.</summary>
    CallRefused,

    /// <summary>The chain of its owner was reverted to a block before the one that held it.</summary>
    Reverted,
}
