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

    /// <summary>The last byte is none of 0 to 3.</summary>
    RecoveryIdOutOfRange,

    /// <summary>r is zero, or the group's order or more.</summary>
    ROutOfRange,

    /// <summary>s is zero, or the group's order or more.</summary>
    SOutOfRange,

    /// <summary>s is above half of the group's order. Its negative would be valid as well, so only the lower one is allowed.</summary>
    HighS,

    /// <summary>No point of the curve has the x coordinate that r and the recovery id name.</summary>
    NoSuchPoint,

    /// <summary>The key that would have made the signature is the point at infinity.</summary>
    KeyAtInfinity,
}
