namespace Coniunctum.Crypto.Secp256k1;

/// <summary>What came of a <see cref="LiftedSum"/>.</summary>
internal enum LiftedSumOutcome : byte
{
    /// <summary>Not computed yet.</summary>
    Unchecked = 0,

    /// <summary>The sum is there.</summary>
    Found,

    /// <summary>No point of the curve has the x coordinate.</summary>
    NoSuchPoint,

    /// <summary>The sum is the point at infinity.</summary>
    Infinity,
}
