using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// One copy of a block, as one source sent it. Copies of one identity have the same header and transactions, and may differ in
/// seal and certificate, which nothing but their signatures proves.
/// </summary>
internal sealed class BlockCopy(HashedBlock block, PeerId from)
{
    public HashedBlock Block => block;

    /// <summary>Who sent it.</summary>
    public PeerId From => from;

    /// <summary>What its validity claims of its seal.</summary>
    public SealClaims Seals { get; private set; } = new();

    /// <summary>What its validity claims of its certificate.</summary>
    public SealClaims Certificate { get; private set; } = new();

    /// <summary>How many signatures have to be recovered to prove it.</summary>
    public int ClaimCount => Seals.Claims.Count + Certificate.Claims.Count;

    /// <summary>Whether it is not waited for any more.</summary>
    public bool IsReleased { get; set; }

    /// <summary>Forgets what was claimed: the copy is judged anew.</summary>
    public void ClearClaims() => (Seals, Certificate) = (new SealClaims(), new SealClaims());
}
