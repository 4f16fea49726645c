namespace Coniunctum.Wallet;

/// <summary>What was found when a keystore file was read or opened.</summary>
public enum KeyFileFault
{
    /// <summary>Nothing was read yet; never the outcome of reading.</summary>
    Unchecked = 0,

    /// <summary>No fault.</summary>
    None = 1,

    /// <summary>There is no such file.</summary>
    NotFound = 2,

    /// <summary>More bytes than any keystore file has.</summary>
    TooLong = 3,

    /// <summary>The file ends in the middle of its content.</summary>
    Truncated = 4,

    /// <summary>The content is not JSON.</summary>
    NotJson = 5,

    /// <summary>Something stands behind the content.</summary>
    TrailingContent = 6,

    /// <summary>A name stands twice in the same object; readers would differ about which one counts.</summary>
    DuplicateName = 7,

    /// <summary>Something that must be there is not.</summary>
    MissingField = 8,

    /// <summary>A value is of another JSON type than it must be.</summary>
    WrongType = 9,

    /// <summary>A text that should be hexadecimal digits, or an identifier, is not.</summary>
    NotHexadecimal = 10,

    /// <summary>A text has another number of hexadecimal digits than it must have.</summary>
    WrongLength = 11,

    /// <summary>Another version than 3.</summary>
    UnsupportedVersion = 12,

    /// <summary>Another cipher than aes-128-ctr.</summary>
    UnsupportedCipher = 13,

    /// <summary>Another key derivation than scrypt, and PBKDF2 with HMAC-SHA-256.</summary>
    UnsupportedKdf = 14,

    /// <summary>The key derivation asks for an impossible or absurd amount of memory or time.</summary>
    CostOutOfRange = 15,

    /// <summary>The file names an owner of the key in two ways that contradict each other.</summary>
    Contradiction = 16,

    /// <summary>
    /// The file does not say whose key it holds. The format does not protect the cipher's first counter block: a changed bit
    /// there would give another key, and only the address tells.
    /// </summary>
    NoAddress = 17,

    /// <summary>The password is wrong, or the file was changed.</summary>
    WrongPassword = 18,

    /// <summary>The password is right, but what was encrypted is not the key that the file names.</summary>
    OtherKey = 19,

    /// <summary>The password is right, but what was encrypted is no private key of secp256k1.</summary>
    NotAKey = 20,
}
