namespace Coniunctum.Mining;

/// <summary>When a miner mines.</summary>
public sealed record MiningOptions
{
    /// <summary>Whether to mine only while transactions wait; by default blocks with nothing but a reward are mined too.</summary>
    public bool WaitsForTransactions { get; init; }

    /// <summary>
    /// How long a block with nothing but its reward waits after the block before it; a transaction ends the wait. Default:
    /// <c>null</c>, for not at all. On a chain of one's own, whose genesis is drawn, <c>LedgerBuilder.UseProofOfWork</c> takes the
    /// profile's interval in its place: there nothing else keeps a trivial target from hundreds of empty blocks a second.
    /// </summary>
    public TimeSpan? EmptyBlockInterval { get; init; }

    /// <summary>After how long a search takes in what has joined the pool since. Default: 1 s.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The last height that is mined; from there on the node only follows. Default: none.</summary>
    public ulong LastHeight { get; init; } = ulong.MaxValue;
}
