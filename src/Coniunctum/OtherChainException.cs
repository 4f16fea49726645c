using System.Collections.Immutable;
using Coniunctum.Ledger;

namespace Coniunctum;

/// <summary>A store holds another chain than the one of the profile that it was opened with. Nothing was changed.</summary>
public sealed class OtherChainException : LedgerOpenException
{
    // A key that was made anew changes two or three; another profile nearly all.
    private const int MaxNamed = 4;

    internal OtherChainException(BlockId stored, BlockId expected, ImmutableArray<ParameterDifference> differences)
        : base(LedgerOpenFault.OtherChain, Describe(stored, expected, differences)) => (Stored, Expected, Differences) = (stored, expected, differences);

    /// <summary>The identity of the store's chain.</summary>
    public BlockId Stored { get; }

    /// <summary>The identity of the profile's chain.</summary>
    public BlockId Expected { get; }

    /// <summary>
    /// In what the two differ, as far as the store says: the parameters that genesis commits to, and what genesis holds. Stores of
    /// version 0.1.0 before they kept their parameters say less, perhaps nothing.
    /// </summary>
    public ImmutableArray<ParameterDifference> Differences { get; }

    private static string Describe(BlockId stored, BlockId expected, ImmutableArray<ParameterDifference> differences)
    {
        string chains = $"The store belongs to chain {stored}, the profile to chain {expected}";
        if (differences.IsEmpty) return chains + ".";
        string more = differences.Length > MaxNamed ? Invariant($"; and {differences.Length - MaxNamed} more") : "";
        return $"{chains}: {string.Join("; ", differences.Take(MaxNamed))}{more}.";
    }
}
