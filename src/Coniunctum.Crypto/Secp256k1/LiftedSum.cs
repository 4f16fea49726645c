namespace Coniunctum.Crypto.Secp256k1;

/// <summary>
/// One piece of work for <see cref="LiftedSums"/>: a·G + b·Q, where Q is named by its x coordinate and the parity of its y.
/// Both finding an ECDSA key and checking a Schnorr signature come down to this.
/// </summary>
internal struct LiftedSum
{
    /// <summary>The factor of the generator.</summary>
    public Scalar A;

    /// <summary>The factor of Q.</summary>
    public Scalar B;

    /// <summary>Before: Q's x coordinate, normalized, in X. After: the sum, its coordinates normalized, if one was found.</summary>
    public AffinePoint Point;

    /// <summary>Whether Q's y, below p, is odd.</summary>
    public bool IsOdd;

    /// <summary>What came of it.</summary>
    public LiftedSumOutcome Outcome;
}
