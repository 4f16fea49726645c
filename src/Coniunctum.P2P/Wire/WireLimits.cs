namespace Coniunctum.P2P.Wire;

/// <summary>The largest of what messages carry, in bytes or items. Those that depend on a ledger are properties, the others constants.</summary>
internal sealed record WireLimits
{
    /// <summary>Bytes of an endpoint's text: a host of 253 characters, brackets, a colon and a port.</summary>
    public const int EndpointBytes = 262;
    public const int HelloEndpoints = 4;
    public const int ReasonBytes = 256;
    public const int Addresses = 1_000;
    public const int NewAddresses = 10;
    public const int Channels = 64;
    public const int Locator = 32;
    public const int Headers = 2_000;
    public const int HeaderBytes = 1_024;
    public const int Announced = 8;
    public const int Sides = 1_000;
    public const int BlockIds = 16;
    public const int CertificateBytes = 64 * 1_024;
    public const int BlockTransactions = 65_536;
    public const int Leaves = 1_000;
    public const int TransactionsInFlight = 100;
    public const int CandidateLeaves = 8_192;
    public const int TopicBytes = 32;
    public const int ContentBytes = 64 * 1_024;
    public const int DigestIds = 4_096;
    public const int DigestIdBytes = 8;
    public const int ShortIdBytes = 6;
    public const int ProofKeys = 16;
    public const int KeyBytes = 256;
    public const int ProofBytes = 16 * 1_024;
    public const int ManifestHashes = 4_096;
    public const int ShardBytes = 256 * 1_024;

    /// <summary>What a connection knows before a ledger is opened, and what the profile `Standard` asks for.</summary>
    public static WireLimits Default { get; } = new();

    /// <summary>A stored block: [header, seal, transactions, certificate]. By default a block of 1 MiB, a certificate and 2 KiB.</summary>
    public int BlockBytes { get; init; } = 1_048_576 + CertificateBytes + 2_048;

    /// <summary>One transaction.</summary>
    public int TransactionBytes { get; init; } = 8_192;

    /// <summary>A seal.</summary>
    public int SealBytes { get; init; } = 1_024;
}
