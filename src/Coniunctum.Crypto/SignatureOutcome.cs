namespace Coniunctum.Crypto;

/// <summary>What came of checking a signature.</summary>
public enum SignatureOutcome
{
    /// <summary>Not checked yet.</summary>
    Unchecked = 0,

    /// <summary>The signature names its signer.</summary>
    Valid,

    /// <summary>The signature has another number of bytes than its scheme's.</summary>
    WrongLength,

    /// <summary>ECDSA: the last byte is none of 0 to 3.</summary>
    RecoveryIdOutOfRange,

    /// <summary>ECDSA: r is zero, or the group's order or more. Schnorr: R's x coordinate is the field's prime or more.</summary>
    ROutOfRange,

    /// <summary>s is the group's order or more, or (ECDSA) zero.</summary>
    SOutOfRange,

    /// <summary>ECDSA: s is above half of the group's order. Its negative would be valid as well, so only the lower one is allowed.</summary>
    HighS,

    /// <summary>No point of the curve has the x coordinate of R that r and the recovery id name (ECDSA), or that of the key (Schnorr).</summary>
    NoSuchPoint,

    /// <summary>ECDSA: the key that would have made the signature is the point at infinity.</summary>
    KeyAtInfinity,

    /// <summary>Schnorr: the signature is not one of this digest under this key.</summary>
    Mismatch,
}
