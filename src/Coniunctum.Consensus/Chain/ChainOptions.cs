namespace Coniunctum.Consensus.Chain;

/// <summary>How much of the chain a node keeps in memory. Every node may choose for itself.</summary>
public sealed record ChainOptions
{
    /// <summary>
    /// How many bytes of blocks ahead of the one that is executed have their signatures verified, at least one block.
    /// Default: 8 MiB.
    /// </summary>
    public long MaxAheadBytes { get; init; } = 8L * 1024 * 1024;

    /// <summary>How many bytes may be on their way to the store before the machine waits for it. Default: 32 MiB.</summary>
    public long MaxUncommittedBytes { get; init; } = 32L * 1024 * 1024;
}
