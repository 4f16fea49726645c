namespace Coniunctum.Crypto;

/// <summary>What was found when an address was read from text.</summary>
public enum AddressFault
{
    /// <summary>Nothing was read yet; never the outcome of reading.</summary>
    Unchecked = 0,

    /// <summary>No fault: the text is an address of the expected network.</summary>
    None = 1,

    /// <summary>A character that cannot stand where it stands.</summary>
    InvalidCharacter = 2,

    /// <summary>Uppercase and lowercase letters in one address.</summary>
    MixedCase = 3,

    /// <summary>No '1' with a prefix before it.</summary>
    MissingPrefix = 4,

    /// <summary>The prefix of another network.</summary>
    OtherPrefix = 5,

    /// <summary>Too few or too many characters.</summary>
    WrongLength = 6,

    /// <summary>The checksum does not match: something was mistyped.</summary>
    BadChecksum = 7,

    /// <summary>The four bits left over after 256 are not zero: the same address has another spelling.</summary>
    NonZeroPadding = 8,
}
