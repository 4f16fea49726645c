namespace Coniunctum.Wallet;

/// <summary>What was found when words were read, or a passphrase was to be used with them.</summary>
public enum MnemonicFault
{
    /// <summary>Nothing was read yet; never the outcome of reading.</summary>
    Unchecked = 0,

    /// <summary>No fault.</summary>
    None = 1,

    /// <summary>Another number of words than 12, 15, 18, 21 or 24.</summary>
    WrongCount = 2,

    /// <summary>A word that is not in the English list.</summary>
    UnknownWord = 3,

    /// <summary>All words are in the list, but the last one's checksum does not match.</summary>
    BadChecksum = 4,

    /// <summary>
    /// The passphrase has characters outside of ASCII, and this process cannot normalise them (invariant globalization): it would
    /// open another wallet than elsewhere.
    /// </summary>
    NormalizationUnavailable = 5,

    /// <summary>The passphrase is not valid Unicode, or longer than 256 characters.</summary>
    InvalidPassphrase = 6,

    /// <summary>All words are in the list, but they are a seed of Electrum, which makes other keys of them than BIP-39 does.</summary>
    OtherScheme = 7,
}
