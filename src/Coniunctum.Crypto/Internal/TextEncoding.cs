namespace Coniunctum.Crypto.Internal;

/// <summary>How text is written as bytes.</summary>
public enum TextEncoding
{
    /// <summary>Not known yet.</summary>
    Unknown = 0,

    /// <summary>UTF-8: text without a byte-order mark, or with EF BB BF before it.</summary>
    Utf8 = 1,

    /// <summary>UTF-16, the lower byte first: FF FE stands before it.</summary>
    Utf16LittleEndian = 2,

    /// <summary>UTF-16, the upper byte first: FE FF stands before it.</summary>
    Utf16BigEndian = 3,

    /// <summary>UTF-32, the lowest byte first: FF FE 00 00 stands before it.</summary>
    Utf32LittleEndian = 4,

    /// <summary>UTF-32, the uppermost byte first: 00 00 FE FF stands before it.</summary>
    Utf32BigEndian = 5,
}
