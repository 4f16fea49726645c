namespace Coniunctum.Ledger.Encoding;

/// <summary>The types of value that the canonical MessagePack profile knows.</summary>
public enum CanonicalType
{
    /// <summary>No particular type: in a fault, any type of the profile would have done.</summary>
    Unspecified = 0,

    /// <summary>A number of values, each of any type.</summary>
    Array,

    /// <summary>A byte string.</summary>
    Bytes,

    /// <summary>Text in valid UTF-8.</summary>
    Text,

    /// <summary>An unsigned integer below 2^64.</summary>
    UnsignedInteger,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>The absence of a value.</summary>
    Nil,
}
