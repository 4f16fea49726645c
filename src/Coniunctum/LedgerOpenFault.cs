namespace Coniunctum;

/// <summary>Why a ledger cannot be opened from its store.</summary>
public enum LedgerOpenFault
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>The store holds another chain than the profile's (<see cref="OtherChainException"/> says in what they differ).</summary>
    OtherChain,

    /// <summary>The store holds a state whose import was cut off: import its file again, or delete the store.</summary>
    UnfinishedImport,

    /// <summary>What the store holds is not what was written, or lacks a part, beyond what its other parts can mend.</summary>
    Damaged,
}
