using Coniunctum.Client;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Api;

/// <summary>The routes that a development chain has beside a ledger's: at its socket and at its port.</summary>
internal static class DevRoutes
{
    private const string Get = "GET";
    private const string Post = "POST";

    public static LedgerRoute Snapshots { get; } = new(Get, "/dev/snapshots", "The moments to which the chain can be reverted, by name.");

    public static LedgerRoute TakeSnapshot { get; } = new(
        Post, "/dev/snapshots", "Remembers how the chain is (name: 1 to 64 letters, digits, '-', '_' or '.'; one of that name is replaced).", "name");

    public static LedgerRoute Revert { get; } = new(Post, "/dev/revert", "Makes the chain what it was at a snapshot; later blocks and snapshots are given up (name: the snapshot's).", "name");

    public static LedgerRoute Reorganize { get; } = new(
        Post, "/dev/reorg", Invariant($"Undoes the last blocks, puts their transactions back into the pool, and mines one block more in their place (depth: 1 to {DevControl.MostBlocks})."), "depth");

    public static LedgerRoute Mining { get; } = new(Get, "/dev/mining", "When the chain mines: auto, interval or manual.");

    public static LedgerRoute SetMining { get; } = new(Post, "/dev/mining", "Chooses when the chain mines (mode: auto, interval or manual).", "mode");

    public static LedgerRoute Mine { get; } = new(Post, "/dev/mine", Invariant($"Mines now, in any mode, and answers when it is done (blocks: 1 to {DevControl.MostBlocks}, 1 if omitted)."), "blocks");

    public static LedgerRoute Clock { get; } = new(Get, "/dev/clock", "The chain's clock.");

    public static LedgerRoute SetClock { get; } = new(
        Post, "/dev/clock", "Sets the chain's clock forward; the next block has the new time (advance: by so many milliseconds, or to: a time in milliseconds of Unix time).", "advance", "to");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LedgerRoute> All { get; } = [Snapshots, TakeSnapshot, Revert, Reorganize, Mining, SetMining, Mine, Clock, SetClock];
}
