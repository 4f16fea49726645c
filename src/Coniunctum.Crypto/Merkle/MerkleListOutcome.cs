namespace Coniunctum.Crypto.Merkle;

/// <summary>Whether a padded tree's root belongs to one list of leaves alone.</summary>
public enum MerkleListOutcome
{
    /// <summary>Nothing was computed yet; never the outcome of computing.</summary>
    Unchecked = 0,

    /// <summary>No two siblings are equal before padding.</summary>
    Canonical = 1,

    /// <summary>
    /// Two siblings are equal before padding, so a shorter list has the same root (CVE-2012-2459). Refuse the list, and do
    /// not remember the root as bad: the shorter list may be valid.
    /// </summary>
    Mutated = 2,
}
