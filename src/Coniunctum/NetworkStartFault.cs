namespace Coniunctum;

/// <summary>Why a ledger's network cannot be started.</summary>
/// <remarks>May change in any release.</remarks>
public enum NetworkStartFault
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>The file of the node key cannot be read, holds something else, or others may read it.</summary>
    KeyFile,

    /// <summary>Another program, or another node, listens at that port.</summary>
    PortInUse,

    /// <summary>The address is none of this machine's.</summary>
    NotLocal,

    /// <summary>The system does not let this process use that port.</summary>
    NotPermitted,

    /// <summary>The name does not resolve to an address.</summary>
    NameNotFound,

    /// <summary>The file of peers cannot be read, or a line of it names no node.</summary>
    PeersFile,

    /// <summary>Another ledger of the same <see cref="NodeNetwork"/> has the chain, or it has as many ledgers as it may.</summary>
    ChainTaken,
}
