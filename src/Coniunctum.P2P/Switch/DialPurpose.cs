namespace Coniunctum.P2P.Switch;

/// <summary>What a connection that this node makes is for.</summary>
internal enum DialPurpose
{
    /// <summary>The other side has made it.</summary>
    None = 0,

    /// <summary>It takes one of the slots.</summary>
    Slot,

    /// <summary>It looks whether an address is right, and ends.</summary>
    Feeler,

    /// <summary>It takes another one's slot, once it has the ledger.</summary>
    Exchange,

    /// <summary>It looks whether a node follows another chain, takes its blocks if so, and ends.</summary>
    Probe,
}
