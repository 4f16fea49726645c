using System.Collections.Immutable;

namespace Coniunctum.Ledger.Storage;

/// <summary>
/// A chain that was made durable, to read by row. Safe to use from all threads, also while a commit is under way: a reader
/// sees each commit wholly or not at all.
/// </summary>
/// <remarks>
/// Every method may also throw <see cref="InvalidDataException"/>, when what it reads is not what was written, and
/// <see cref="IOException"/>, when it cannot be read.
/// </remarks>
public interface IChainReader
{
    /// <summary>The most heads of one reading.</summary>
    const int MaxHeads = 2048;

    /// <summary>A reading of several heads ends with the one with which they have so many bytes together: 2 MiB.</summary>
    const int MaxHeadsBytes = 2 * 1024 * 1024;

    /// <summary>The tip of the best chain, or <c>null</c> in an empty store.</summary>
    StoredTip? Tip { get; }

    /// <summary>The newest whole checkpoint of the state, or <c>null</c>.</summary>
    StoredTip? Checkpoint { get; }

    /// <summary>Returns the identity of the best chain's block at a height, or <c>null</c> above its tip.</summary>
    /// <param name="height">The height.</param>
    BlockId? IdAt(ulong height);

    /// <summary>Returns what is kept of a block for ever, or <c>null</c> when it was never part of the best chain.</summary>
    /// <param name="id">The block's identity.</param>
    StoredHead? FindHead(BlockId id);

    /// <summary>
    /// Reads the heads of the best chain from a height on, in rising height and all of one moment, without their bodies. There are
    /// fewer where the chain ends, or behind <see cref="MaxHeadsBytes"/>; none only above the tip.
    /// </summary>
    /// <param name="from">The first one's height.</param>
    /// <param name="count">How many at most: 1 or more, of which at most <see cref="MaxHeads"/> are read.</param>
    ImmutableArray<StoredHead> ReadHeads(ulong from, int count);

    /// <summary>
    /// Returns the summits of the history tree that the best chain's block at a height completes (<see cref="State.HistorySummits"/>),
    /// none of them at an even height; <c>null</c> above the tip, and where they are missing.
    /// </summary>
    /// <param name="height">The height.</param>
    ReadOnlyMemory<byte>? ReadSummits(ulong height);

    /// <summary>
    /// Reads the blocks beside the best chain that are kept, in rising height and at each in the order in which they came. Some of them
    /// may have become part of the best chain since. What is damaged is left out: it weighs no longer.
    /// </summary>
    /// <param name="from">The lowest height.</param>
    /// <param name="to">The highest height.</param>
    ImmutableArray<StoredSide> ReadSides(ulong from, ulong to);

    /// <summary>Returns a block's canonical encoding, or <c>null</c> when the store does not hold it, or no longer.</summary>
    /// <param name="id">The block's identity.</param>
    ReadOnlyMemory<byte>? ReadBlock(BlockId id);

    /// <summary>Returns what undoes a block, or <c>null</c> when the store does not hold it, or no longer.</summary>
    /// <param name="id">The block's identity.</param>
    ReadOnlyMemory<byte>? ReadUndo(BlockId id);

    /// <summary>Returns a record, or <c>null</c> when there is none.</summary>
    /// <param name="key">The record's key.</param>
    ReadOnlyMemory<byte>? ReadRecord(string key);

    /// <summary>Reads the slices of the newest whole checkpoint, in order.</summary>
    /// <exception cref="InvalidOperationException">There is no whole checkpoint.</exception>
    IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint();
}
