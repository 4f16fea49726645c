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
