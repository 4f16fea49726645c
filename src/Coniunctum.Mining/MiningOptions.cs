using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;

namespace Coniunctum.Mining;

/// <summary>When a miner mines, and what memory its search may take.</summary>
public sealed record MiningOptions
{
    /// <summary>The greatest <see cref="NonceTableBytes"/>: 512 MiB.</summary>
    public const int MaxNonceTableBytes = NonceHashTable.MaxCount * Hash256.Size;

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

    /// <summary>
    /// The most memory in bytes that the hashes of nonces take under a format whose headers carry no time, such as int32coin's; each
    /// takes 32, and they save a hash of four. From 0, for none, to <see cref="MaxNonceTableBytes"/>; default: 32 MiB. They are
    /// computed once, when first a target takes as many hashes as there is room for. Many threads are served better by more: each time
    /// when all of these nonces are tried the search begins anew.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is set to another value.</exception>
    public int NonceTableBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(NonceTableBytes));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxNonceTableBytes, nameof(NonceTableBytes));
            field = value;
        }
    } = 32 << 20;
}
