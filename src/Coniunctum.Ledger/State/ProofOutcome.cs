namespace Coniunctum.Ledger.State;

/// <summary>What checking a proof against a root concluded.</summary>
public enum ProofOutcome
{
    /// <summary>Nothing was checked: proves nothing.</summary>
    Unchecked = 0,

    /// <summary>The key has the value that the proof shows.</summary>
    Present,

    /// <summary>Nothing stands under the key.</summary>
    Absent,

    /// <summary>The proof is none: not for this key, or not for this root.</summary>
    Invalid,
}
