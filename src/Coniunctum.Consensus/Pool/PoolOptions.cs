namespace Coniunctum.Consensus.Pool;

/// <summary>How much a node keeps in its pool. Every node may choose for itself.</summary>
public sealed record PoolOptions
{
    /// <summary>The most bytes of encoded transactions, waiting ones counted. Default: 32 MiB.</summary>
    public long MaxBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>The most transactions of one sender, waiting ones not counted. Default: 1,000.</summary>
    public int MaxPerSender { get; init; } = 1000;

    /// <summary>What a replacement must pay above the fee of the transaction that it replaces, in base units for each byte of its size. Default: 1.</summary>
    public ulong RelayRate { get; init; } = 1;

    /// <summary>The most submissions that wait for their signatures to be checked. Default: 4,096.</summary>
    public int MaxUnverified { get; init; } = 4096;

    /// <summary>The most transactions of one sender that wait for a balance or for their window to open. 0: none ever waits. Default: 16.</summary>
    public int MaxWaitingPerSender { get; init; } = 16;

    /// <summary>The part of <see cref="MaxBytes"/> that waiting transactions may take, in percent, 0 to 100. Default: 5.</summary>
    public int WaitingPercent { get; init; } = 5;

    /// <summary>How many blocks a transaction waits at most, and by how many its window may lie ahead. Default: 100.</summary>
    public int MaxWaitBlocks { get; init; } = 100;

    internal long MaxWaitingBytes => (long)((Int128)MaxBytes * WaitingPercent / 100);
}
