namespace Coniunctum.Crypto;

/// <summary>What came of making a key from bytes.</summary>
public enum KeyOutcome
{
    /// <summary>Not checked yet.</summary>
    Unchecked = 0,

    /// <summary>The bytes are a key.</summary>
    Valid,

    /// <summary>Another number of bytes than a key has.</summary>
    WrongLength,

    /// <summary>A private key of zero.</summary>
    Zero,

    /// <summary>A private key of the group's order or more, or a coordinate of the field's prime or more.</summary>
    OutOfRange,

    /// <summary>The coordinates are not those of a point of the curve.</summary>
    NotOnCurve,
}
