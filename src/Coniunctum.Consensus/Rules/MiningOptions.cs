namespace Coniunctum.Consensus.Rules;

/// <summary>When a miner mines.</summary>
public sealed record MiningOptions
{
    /// <summary>Whether to mine only while transactions wait; by default blocks with nothing but a reward are mined too.</summary>
    public bool WaitsForTransactions { get; init; }

    /// <summary>After how long a search takes in what has joined the pool since. Default: 1 s.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The last height that is mined; from there on the node only follows. Default: none.</summary>
    public ulong LastHeight { get; init; } = ulong.MaxValue;
}
