using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>How much of the chain a node keeps in memory, and what else every node may choose for itself. Settable, so that a configuration can be bound to it; a ledger that was built keeps what it was built with.</summary>
public sealed record ChainOptions
{
    /// <summary>
    /// How many blocks below the tip keep their headers in memory, at least 1. Older ones are read from the store where a rule
    /// or a reorganization needs them. Default: 4,096.
    /// </summary>
    public int KeptBlocks { get; set; } = 4096;

    /// <summary>
    /// How many bytes of the last durable blocks stay whole in memory, as they are encoded; decoded they take several times as
    /// much. The tip always does. At least 0. Default: 16 MiB.
    /// </summary>
    public long MaxRecentBytes { get; set; } = 16L * 1024 * 1024;

    /// <summary>
    /// How many bytes of blocks that are not part of the best chain stay in memory. When there are more, the lightest go: a
    /// branch that forks off further below than this holds cannot win. At least 0. Default: 256 MiB.
    /// </summary>
    public long MaxSideBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// How many bytes of blocks whose seal or certificate is not verified yet are kept for all peers together: half of it in equal
    /// shares, none below the largest block, and half for whoever needs more. What does not fit is answered
    /// <see cref="VerdictKind.Busy"/>. At least 1. Default: 64 MiB.
    /// </summary>
    public long MaxUnprovenBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>After how many blocks the next checkpoint of the state is written, where there is a store; at least 1. Default: 4,096.</summary>
    public long CheckpointBlocks { get; set; } = 4096;

    /// <summary>
    /// After how many bytes of what undoes blocks the next checkpoint is written, if that comes earlier: about as much is
    /// replayed when a node is started again; at most twice that, or as many bytes as the state has, if those are more.
    /// At least 1. Default: 32 MiB.
    /// </summary>
    public long CheckpointBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>
    /// How many bytes of blocks ahead of the one that is executed have their signatures verified, at least one block; 0 for one.
    /// Default: 8 MiB.
    /// </summary>
    public long MaxAheadBytes { get; set; } = 8L * 1024 * 1024;

    /// <summary>How many bytes may be on their way to the store before the machine waits for it; at least 1. Default: 32 MiB.</summary>
    public long MaxUncommittedBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>
    /// How many blocks a reorganization may undo. A branch that wins and would undo more is refused, and that is reported: its
    /// owner decides whether to open the chain again with a greater number. Right for a closed group that would rather stop than
    /// rewrite; in an open network nodes that were away would stay away. Default: as many as there are.
    /// </summary>
    public ulong MaxReorganization { get; set; } = ulong.MaxValue;

    /// <summary>
    /// Where the lots are drawn from that decide between equally good branches, which weakens selfish mining (Eyal and Sirer
    /// 2014). Default: <c>null</c>, the branch that was seen first stays.
    /// </summary>
    public IEntropySource? Ties { get; init; }

    /// <summary>
    /// Whether blocks of a ruleset that the profile does not name are merely invalid: no warning, and no stop, also none that an
    /// earlier run has remembered. For an operator who decides to stay with the rules that this software knows. Default: <c>false</c>.
    /// </summary>
    public bool IgnoresUpgrades { get; set; }

    /// <summary>Returns what is wrong with the options: the name of each, what was found and what was expected. Empty when all are right.</summary>
    public IReadOnlyList<OptionFault> Validate() => OptionFault.Collect(
        "",
        OptionFault.OfRange(nameof(KeptBlocks), KeptBlocks, 1, int.MaxValue),
        OptionFault.OfRange(nameof(MaxRecentBytes), MaxRecentBytes, 0, long.MaxValue),
        OptionFault.OfRange(nameof(MaxSideBytes), MaxSideBytes, 0, long.MaxValue),
        OptionFault.OfRange(nameof(MaxUnprovenBytes), MaxUnprovenBytes, 1, long.MaxValue),
        OptionFault.OfRange(nameof(CheckpointBlocks), CheckpointBlocks, 1, long.MaxValue),
        OptionFault.OfRange(nameof(CheckpointBytes), CheckpointBytes, 1, long.MaxValue),
        OptionFault.OfRange(nameof(MaxAheadBytes), MaxAheadBytes, 0, long.MaxValue),
        OptionFault.OfRange(nameof(MaxUncommittedBytes), MaxUncommittedBytes, 1, long.MaxValue));
}
