namespace Coniunctum.Consensus.Pool;

/// <summary>How much a node keeps in its pool. Every node may choose for itself. Settable, so that a configuration can be bound to it; a ledger that was built keeps what it was built with.</summary>
public sealed record PoolOptions
{
    /// <summary>The most bytes of encoded transactions, waiting ones counted; at least 1. Default: 32 MiB.</summary>
    public long MaxBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>The most transactions of one sender, waiting ones not counted; at least 1. Default: 1,000.</summary>
    public int MaxPerSender { get; set; } = 1000;

    /// <summary>What a replacement must pay above the fee of the transaction that it replaces, in base units for each byte of its size. Default: 1.</summary>
    public ulong RelayRate { get; set; } = 1;

    /// <summary>
    /// The most submissions that wait for their signatures to be checked: as many of the node's own users, and of all peers together,
    /// each of whom has a share of its own that no one else uses up. At least 1. Default: 4,096.
    /// </summary>
    public int MaxUnverified { get; set; } = 4096;

    /// <summary>The most transactions of one sender that wait for a balance or for their window to open. 0: none ever waits. Default: 16.</summary>
    public int MaxWaitingPerSender { get; set; } = 16;

    /// <summary>The part of <see cref="MaxBytes"/> that waiting transactions may take, in percent, 0 to 100. Default: 5.</summary>
    public int WaitingPercent { get; set; } = 5;

    /// <summary>How many blocks a transaction waits at most, and by how many its window may lie ahead; at least 0. Default: 100.</summary>
    public int MaxWaitBlocks { get; set; } = 100;

    /// <summary>Returns what is wrong with the options: the name of each, what was found and what was expected. Empty when all are right.</summary>
    public IReadOnlyList<OptionFault> Validate() => OptionFault.Collect(
        "",
        OptionFault.OfRange(nameof(MaxBytes), MaxBytes, 1, long.MaxValue),
        OptionFault.OfRange(nameof(MaxPerSender), MaxPerSender, 1, int.MaxValue),
        OptionFault.OfRange(nameof(MaxUnverified), MaxUnverified, 1, int.MaxValue),
        OptionFault.OfRange(nameof(MaxWaitingPerSender), MaxWaitingPerSender, 0, int.MaxValue),
        OptionFault.OfRange(nameof(WaitingPercent), WaitingPercent, 0, 100),
        OptionFault.OfRange(nameof(MaxWaitBlocks), MaxWaitBlocks, 0, int.MaxValue));

    internal long MaxWaitingBytes => (long)((Int128)MaxBytes * WaitingPercent / 100);
}
