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

    /// <summary>Q. Its X is given, normalized; its Y is computed, normalized, if there is such a point.</summary>
    public AffinePoint Lifted;

    /// <summary>Whether Q's y, below p, is odd.</summary>
    public bool IsOdd;

    /// <summary>The sum, its coordinates normalized, if the outcome is <see cref="LiftedSumOutcome.Found"/>.</summary>
    public AffinePoint Sum;

    /// <summary>What came of it.</summary>
    public LiftedSumOutcome Outcome;
}
