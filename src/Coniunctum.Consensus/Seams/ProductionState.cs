namespace Coniunctum.Consensus;

/// <summary>Whether a block is being made on a node, and if not, what it takes.</summary>
public enum ProductionState
{
    /// <summary>The producer does not say.</summary>
    Unknown = 0,

    /// <summary>A block is being made: a proof is searched, or a seal signed.</summary>
    Making,

    /// <summary>The next block is made when a transaction waits for it.</summary>
    WaitsForTransactions,

    /// <summary>The next block is made at a later time: its slot has not come, or this machine's clock is behind the chain.</summary>
    WaitsForTime,

    /// <summary>Others must act before this node can: it is their turn, or their votes are missing.</summary>
    WaitsForOthers,

    /// <summary>This node's key makes no blocks under the rule as it stands: it belongs to no signer or validator.</summary>
    NotEntitled,

    /// <summary>No block can be built on the tip, or the one that was made is not taken; it is tried again.</summary>
    Refused,

    /// <summary>The last block that was wanted here is made: from here on the node only follows.</summary>
    Finished,

    /// <summary>Nothing makes blocks on this node: it only follows.</summary>
    NoProducer,

    /// <summary>The ledger has stopped.</summary>
    Halted,
}
