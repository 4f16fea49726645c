using Coniunctum.Crypto;

namespace Coniunctum.Ledger;

/// <summary>
/// What a block's identity commits to. A format that lacks a field leaves it at its default (int32coin, the first
/// paper's Table IV, has neither ruleset, timestamp nor the two roots).
/// </summary>
public sealed record BlockHeader
{
    /// <summary>The number of the rules in force; it rises at the heights of the profile's upgrades.</summary>
    public ushort Ruleset { get; init; }

    /// <summary>Genesis has height 0, every other block its parent's plus 1.</summary>
    public required ulong Height { get; init; }

    /// <summary>What the consensus rule says it is; under proof-of-work the number that was searched for.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>The parent's identity.</summary>
    public required BlockId Previous { get; init; }

    /// <summary>The root of the Merkle tree over the block's transactions.</summary>
    public required Hash256 MerkleRoot { get; init; }

    /// <summary>What the consensus rule says it is; under proof-of-work the value that the digest must be less than.</summary>
    public required Hash256 Target { get; init; }

    /// <summary>When the block was made, by its producer's clock.</summary>
    public Timestamp Timestamp { get; init; }

    /// <summary>The root of the state tree after this block.</summary>
    public Hash256 StateRoot { get; init; }

    /// <summary>The root over all blocks before this one.</summary>
    public Hash256 HistoryRoot { get; init; }
}
