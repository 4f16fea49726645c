namespace Coniunctum.Ledger.Storage;

/// <summary>
/// Where a node keeps its chain: blocks, which of them form the best chain, what undoes them, checkpoints of the state, and
/// records of its consensus rule. Commits come from one thread at a time, reads from any.
/// </summary>
public interface IChainStore : IChainReader, IDisposable
{
    /// <summary>Writes batches in order as one commit: all or nothing, and durable when it returns.</summary>
    /// <param name="batches">What to write.</param>
    /// <exception cref="IOException">Nothing was written, or it is unknown; the node must stop and say so.</exception>
    void Commit(params ReadOnlySpan<StoreBatch> batches);
}
