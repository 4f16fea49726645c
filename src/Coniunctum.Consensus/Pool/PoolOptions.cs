namespace Coniunctum.Consensus.Pool;

/// <summary>How much a node keeps in its pool. Every node may choose for itself.</summary>
public sealed record PoolOptions
{
    /// <summary>The most bytes of encoded transactions. Default: 32 MiB.</summary>
    public long MaxBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>The most transactions of one sender. Default: 1,000.</summary>
    public int MaxPerSender { get; init; } = 1000;

    /// <summary>What a replacement must pay above the fee of the transaction that it replaces, in base units for each byte of its size. Default: 1.</summary>
    public ulong RelayRate { get; init; } = 1;

    /// <summary>The most submissions that wait for their signatures to be checked. Default: 4,096.</summary>
    public int MaxUnverified { get; init; } = 4096;
}
