namespace Coniunctum.Node.Net;

/// <summary>What a node does beside what every node does: check each block by every rule, and pass on what it has checked.</summary>
internal enum NodeRole
{
    /// <summary>Follows and submits: takes no connections, makes no blocks.</summary>
    Wallet,

    /// <summary>Takes connections; under rules with members it seals or votes with its own account.</summary>
    Validator,

    /// <summary>Mines, and takes no connections.</summary>
    Miner,

    /// <summary>Mines, and takes connections.</summary>
    Full,
}
