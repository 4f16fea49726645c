namespace Coniunctum.P2P.Wire;

/// <summary>What a node does for its chains. A full node validates and mines.</summary>
[Flags]
internal enum NodeRoles : byte
{
    None = 0,

    /// <summary>A light client: it verifies proofs, and serves nothing.</summary>
    Wallet = 1,

    /// <summary>It validates whole blocks and serves them.</summary>
    Validating = 2,

    /// <summary>It makes blocks.</summary>
    Mining = 4,

    Full = Validating | Mining,
    All = Wallet | Full,
}
