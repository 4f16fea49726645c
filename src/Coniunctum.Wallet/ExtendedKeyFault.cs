namespace Coniunctum.Wallet;

/// <summary>What was found when an extended key or a path was read.</summary>
public enum ExtendedKeyFault
{
    /// <summary>Nothing was read yet; never the outcome of reading.</summary>
    Unchecked = 0,

    /// <summary>No fault.</summary>
    None = 1,

    /// <summary>A character that is not in the alphabet of base 58.</summary>
    InvalidCharacter = 2,

    /// <summary>Another length than 111 or so characters, 78 bytes.</summary>
    WrongLength = 3,

    /// <summary>The checksum does not match: something was mistyped.</summary>
    BadChecksum = 4,

    /// <summary>Neither xprv nor xpub: another network's key, or something else.</summary>
    UnknownVersion = 5,

    /// <summary>A master key that claims a parent or a number.</summary>
    MasterWithParent = 6,

    /// <summary>An xprv that holds no private key in 1…n−1, or an xpub that holds no point of the curve.</summary>
    InvalidKey = 7,

    /// <summary>A path that cannot be read.</summary>
    InvalidPath = 8,
}
