using System.Collections.Immutable;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger;

/// <summary>What a chain begins with, as data.</summary>
public sealed record GenesisSpec
{
    /// <summary>When the chain began; must not lie ahead of its nodes' clocks.</summary>
    public required Timestamp Timestamp { get; init; }

    /// <summary>32 bytes that set a private ledger apart from all others with the same parameters; zero for a public one.</summary>
    public Hash256 Salt { get; init; }

    /// <summary>
    /// Whether every new ledger draws a salt and takes its own time, so that no two are the same chain; what private ledgers want.
    /// With a <see cref="Salt"/> it was drawn already, as in the profile of a ledger that has started: such a profile begins that
    /// chain, and no other.
    /// </summary>
    public bool IsDrawn { get; init; }

    /// <summary>Who owns what at the start.</summary>
    public ImmutableArray<Allocation> Allocations { get; init; } = [];

    /// <summary>One balance at the start.</summary>
    /// <param name="Receiver">Who owns it; not root.</param>
    /// <param name="Amount">How much, in base units; at least 1.</param>
    public readonly record struct Allocation(Address Receiver, ulong Amount);
}
