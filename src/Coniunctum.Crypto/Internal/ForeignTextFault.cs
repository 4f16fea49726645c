namespace Coniunctum.Crypto.Internal;

/// <summary>What was found when text from elsewhere was read.</summary>
public enum ForeignTextFault
{
    /// <summary>Nothing was read yet; never the outcome of reading.</summary>
    Unchecked = 0,

    /// <summary>No fault.</summary>
    None = 1,

    /// <summary>UTF-16 or UTF-32 without the byte-order mark that would say so: every second byte, or more of them, is zero.</summary>
    Unmarked = 2,

    /// <summary>Bytes that are no character of the encoding, or half of a surrogate pair.</summary>
    IllFormed = 3,

    /// <summary>The character U+0000, which stands in no text.</summary>
    Nul = 4,

    /// <summary>
    /// The character U+FFFD in text that the system has decoded already, as variables and arguments are: it stands there for bytes
    /// that were not UTF-8, whichever they were.
    /// </summary>
    Replaced = 5,
}
