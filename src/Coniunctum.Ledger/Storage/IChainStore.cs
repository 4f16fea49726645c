namespace Coniunctum.Ledger.Storage;

/// <summary>
/// Where a node keeps its chain: blocks, which of them form the best chain, and records of its consensus rule. One commit is
/// all or nothing, and durable when it returns. Used by one thread at a time.
/// </summary>
public interface IChainStore : IDisposable
{
    /// <summary>The tip of the best chain, or <c>null</c> in an empty store.</summary>
    StoredTip? Tip { get; }

    /// <summary>Writes a batch durably, all or nothing.</summary>
    /// <param name="batch">What to write.</param>
    /// <exception cref="IOException">Nothing was written, or it is unknown; the node must stop and say so.</exception>
    void Commit(StoreBatch batch);

    /// <summary>Returns the identity of the best chain's block at a height, or <c>null</c> above its tip.</summary>
    /// <param name="height">The height.</param>
    BlockId? IdAt(ulong height);

    /// <summary>Returns a block's canonical encoding, or <c>null</c> when the store does not hold it.</summary>
    /// <param name="id">The block's identity.</param>
    ReadOnlyMemory<byte>? ReadBlock(BlockId id);

    /// <summary>Returns a record of the consensus rule, or <c>null</c> when there is none.</summary>
    /// <param name="key">The record's key.</param>
    ReadOnlyMemory<byte>? ReadRecord(string key);
}
