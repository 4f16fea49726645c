using System.Collections.Immutable;

namespace Coniunctum.Ledger.Storage;

/// <summary>What one commit writes.</summary>
public sealed record StoreBatch
{
    /// <summary>Blocks that become part of the best chain, in rising height; the last one is its new tip. May be empty.</summary>
    public ImmutableArray<HashedBlock> Connected { get; init; } = [];

    /// <summary>Records of the consensus rule that are set, by key.</summary>
    public ImmutableArray<Record> Records { get; init; } = [];

    /// <summary>A record of the consensus rule.</summary>
    /// <param name="Key">Its key.</param>
    /// <param name="Value">Its bytes.</param>
    public readonly record struct Record(string Key, ReadOnlyMemory<byte> Value);
}
