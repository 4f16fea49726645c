using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Chain;

/// <summary>How much of the chain a node keeps in memory, and what else every node may choose for itself.</summary>
public sealed record ChainOptions
{
    /// <summary>
    /// How many blocks below the tip keep their headers in memory, at least 1. Older ones are read from the store where a rule
    /// or a reorganization needs them. Default: 4,096.
    /// </summary>
    public int KeptBlocks { get; init; } = 4096;

    /// <summary>
    /// How many bytes of the last durable blocks stay whole in memory, as they are encoded; decoded they take several times as
    /// much. The tip always does. Default: 16 MiB.
    /// </summary>
    public long MaxRecentBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>
    /// How many bytes of blocks that are not part of the best chain stay in memory. When there are more, the lightest go: a
    /// branch that forks off further below than this holds cannot win. Default: 256 MiB.
    /// </summary>
    public long MaxSideBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>After how many blocks the next checkpoint of the state is written, where there is a store. Default: 4,096.</summary>
    public long CheckpointBlocks { get; init; } = 4096;

    /// <summary>
    /// After how many bytes of what undoes blocks the next checkpoint is written, if that comes earlier: about as much is
    /// replayed when a node is started again; at most twice that, or as many bytes as the state has, if those are more.
    /// Default: 32 MiB.
    /// </summary>
    public long CheckpointBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>
    /// How many bytes of blocks ahead of the one that is executed have their signatures verified, at least one block.
    /// Default: 8 MiB.
    /// </summary>
    public long MaxAheadBytes { get; init; } = 8L * 1024 * 1024;

    /// <summary>How many bytes may be on their way to the store before the machine waits for it. Default: 32 MiB.</summary>
    public long MaxUncommittedBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>
    /// How many blocks a reorganization may undo. A branch that wins and would undo more is refused, and that is told aloud: its
    /// owner decides whether to open the chain again with a greater number. Right for a closed group that would rather stop than
    /// rewrite; in an open network nodes that were away would stay away. Default: as many as there are.
    /// </summary>
    public ulong MaxReorganization { get; init; } = ulong.MaxValue;

    /// <summary>
    /// Where the lots are drawn from that decide between equally good branches, which weakens selfish mining (Eyal and Sirer
    /// 2014). Default: <c>null</c>, the branch that was seen first stays.
    /// </summary>
    public IEntropySource? Ties { get; init; }

    /// <summary>
    /// Whether blocks of a ruleset that the profile does not name are merely invalid: no warning, and no stop, also none that an
    /// earlier run has remembered. For an operator who decides to stay with the rules that this software knows. Default: <c>false</c>.
    /// </summary>
    public bool IgnoresUpgrades { get; init; }
}
