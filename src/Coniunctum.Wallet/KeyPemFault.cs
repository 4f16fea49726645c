namespace Coniunctum.Wallet;

/// <summary>What was found when a private key in PEM was read.</summary>
public enum KeyPemFault
{
    /// <summary>Nothing was read yet; never the outcome of reading.</summary>
    Unchecked = 0,

    /// <summary>No fault.</summary>
    None = 1,

    /// <summary>More bytes than any such text has.</summary>
    TooLong = 2,

    /// <summary>The bytes are no text, or of an encoding that was not announced.</summary>
    NotText = 3,

    /// <summary>No line begins a block of PEM.</summary>
    NotPem = 4,

    /// <summary>A block is cut off, or something in it is not base 64.</summary>
    Malformed = 5,

    /// <summary>There are several private keys, or several sets of parameters.</summary>
    Ambiguous = 6,

    /// <summary>A block is there that is not read: another kind of key, a public key, a certificate.</summary>
    UnsupportedBlock = 7,

    /// <summary>The key is encrypted under a password, which is not read here.</summary>
    Encrypted = 8,

    /// <summary>A block's content is not the structure in DER that its label announces.</summary>
    NotDer = 9,

    /// <summary>The structure has a version that is not known.</summary>
    UnsupportedVersion = 10,

    /// <summary>The key is of another algorithm, as RSA or Ed25519.</summary>
    OtherAlgorithm = 11,

    /// <summary>The key is of another curve than secp256k1.</summary>
    OtherCurve = 12,

    /// <summary>The curve is written out in numbers; only its name is read, for numbers can describe a curve that is nearly the same.</summary>
    ExplicitCurve = 13,

    /// <summary>Nothing says of which curve the key is.</summary>
    NoCurve = 14,

    /// <summary>The key has another length than 32 bytes.</summary>
    WrongLength = 15,

    /// <summary>The number is zero, or not less than the order of secp256k1.</summary>
    NotAKey = 16,

    /// <summary>The public key is written in a form that is not read.</summary>
    UnsupportedPublicKey = 17,

    /// <summary>The public key is not that of the private key: one of them was changed.</summary>
    OtherPublicKey = 18,
}
