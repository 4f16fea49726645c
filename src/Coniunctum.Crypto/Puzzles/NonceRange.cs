namespace Coniunctum.Crypto.Puzzles;

/// <summary>The check that all puzzles make.</summary>
internal static class NonceRange
{
    /// <summary>Requires that a range which is not empty ends at or before the greatest nonce.</summary>
    public static void Require(ulong first, ulong count, ulong lastNonce)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, lastNonce);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count - 1, lastNonce - first, nameof(count));
    }
}
