namespace Coniunctum.Ledger;

/// <summary>How large things may be. Every length that is read from outside is compared with these before it is used.</summary>
public sealed record LedgerLimits
{
    /// <summary>What a block takes at most beside its transactions, seal and certificate: header, heads of lists and the reward.</summary>
    public const int BlockOverheadBytes = 1024;

    /// <summary>No encoded transaction is shorter.</summary>
    public const int MinTransactionBytes = 128;

    /// <summary>The longest payload of a transaction, in bytes. Default: 4 KiB.</summary>
    public int MaxPayloadBytes { get; init; } = 4 * 1024;

    /// <summary>The longest encoding of a transaction, in bytes. Default: 8 KiB.</summary>
    public int MaxTransactionBytes { get; init; } = 8 * 1024;

    /// <summary>The longest encoding of a block, seal and certificate aside, in bytes. Default: 1 MiB.</summary>
    public int MaxBlockBytes { get; init; } = 1024 * 1024;

    /// <summary>The longest seal, in bytes. Default: 1 KiB.</summary>
    public int MaxSealBytes { get; init; } = 1024;

    /// <summary>The longest certificate, in bytes. Default: 64 KiB.</summary>
    public int MaxCertificateBytes { get; init; } = 64 * 1024;

    /// <summary>The longest key that an application may set, in bytes. Default: 64.</summary>
    public int MaxEntryKeyBytes { get; init; } = 64;

    /// <summary>The longest value that an application may set, in bytes. Default: 1 KiB.</summary>
    public int MaxEntryValueBytes { get; init; } = 1024;

    /// <summary>The most work that one call of an application may do; a unit is about what reading a byte costs. Default: 200,000.</summary>
    public long MaxCallWork { get; init; } = 200_000;

    /// <summary>The most work that all calls of a block may do together. Default: 20,000,000.</summary>
    public long MaxBlockWork { get; init; } = 20_000_000;

    /// <summary>The most work that an application may do of its own at a block's beginning, and again at its end. Default: 1,000,000.</summary>
    public long MaxHookWork { get; init; } = 1_000_000;

    /// <summary>The most transactions that a block's list may announce.</summary>
    public int MaxBlockTransactions => MaxBlockBytes / MinTransactionBytes;
}
