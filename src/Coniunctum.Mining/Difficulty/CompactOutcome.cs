namespace Coniunctum.Mining.Difficulty;

/// <summary>What a compact target says.</summary>
public enum CompactOutcome
{
    /// <summary>Nothing was read.</summary>
    Unchecked = 0,

    /// <summary>A target of at least 1.</summary>
    Valid,

    /// <summary>Zero, which no proof is at or below.</summary>
    Zero,

    /// <summary>A negative number: the sign bit is set, and the digits are not zero.</summary>
    Negative,

    /// <summary>A number of more than 256 bits.</summary>
    Overflow,
}
