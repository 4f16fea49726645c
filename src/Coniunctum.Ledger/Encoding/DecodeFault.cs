namespace Coniunctum.Ledger.Encoding;

/// <summary>In which way an input fails to be the canonical encoding of what was to be read.</summary>
public enum DecodeFault
{
    /// <summary>Not known yet: the input was not read to its end. Never a success, so that a forgotten <see cref="CanonicalReader.End"/> accepts nothing.</summary>
    Unchecked = 0,

    /// <summary>The whole input was read and no fault was found. Only <see cref="CanonicalReader.End"/> gives this.</summary>
    None,

    /// <summary>The input ends inside an item. Expected: bytes that the item still needs, at least; found: bytes that are left.</summary>
    Truncated,

    /// <summary>Another type than the wanted one, or a type outside the profile (map, float, negative integer, extension). Found: the leading byte.</summary>
    WrongType,

    /// <summary>A longer form than needed. Expected: the least number that the form may hold; found: the number that it holds.</summary>
    NotShortest,

    /// <summary>An array of another number of items, or a byte string of another length, than the only allowed one, which is expected.</summary>
    WrongLength,

    /// <summary>A list, byte string, text or skipped item above its limit. Expected: the limit; found: the claimed length.</summary>
    TooLong,

    /// <summary>An integer above its limit. Expected: the limit; found: the integer.</summary>
    OutOfRange,

    /// <summary>A text that is not valid UTF-8.</summary>
    InvalidText,

    /// <summary>Arrays nested deeper than <see cref="CanonicalReader.MaxDepth"/>. Expected: the limit; found: one more.</summary>
    TooDeep,

    /// <summary>The values end before the input does. Found: the bytes that are left.</summary>
    TrailingBytes,

    /// <summary>A well-formed value that its decoder refused with <see cref="CanonicalReader.Reject"/>, whose arguments are expected and found.</summary>
    InvalidValue,
}
