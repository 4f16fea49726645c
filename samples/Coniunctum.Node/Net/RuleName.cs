namespace Coniunctum.Node.Net;

/// <summary>The consensus rules that a new network can have.</summary>
internal enum RuleName
{
    /// <summary>Proof-of-work whose target follows the hash rate.</summary>
    Work,

    /// <summary>One authority seals all blocks, on demand.</summary>
    Authority,

    /// <summary>Signers seal in turns (EIP-225).</summary>
    Clique,

    /// <summary>Validators agree by votes, and blocks are final.</summary>
    Bft,
}
