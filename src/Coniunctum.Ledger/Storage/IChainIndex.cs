using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Storage;

/// <summary>
/// What applications ask about the past and the ledger itself never does: transactions by identity, the history of an address.
/// An index follows the best chain, may lag behind it and says how far it is. Everything in it follows from the blocks.
/// Questions come from any thread, changes from one at a time.
/// </summary>
public interface IChainIndex : IDisposable
{
    /// <summary>The most transactions of one page.</summary>
    const int MaxPage = 1000;

    /// <summary>The last block that the answers know; <c>null</c> when there is none.</summary>
    StoredTip? Tip { get; }

    /// <summary>Takes in the next block. It may be lost again in a crash until <see cref="Flush"/>.</summary>
    /// <param name="block">The block after <see cref="Tip"/>; any block where there is none yet.</param>
    /// <exception cref="ArgumentException">The block does not follow.</exception>
    /// <exception cref="IOException">It could not be written; the index must be closed.</exception>
    void Connect(HashedBlock block);

    /// <summary>Takes the block at <see cref="Tip"/> out again.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    /// <exception cref="IOException">It could not be written; the index must be closed.</exception>
    void Disconnect();

    /// <summary>Writes what was taken in.</summary>
    /// <exception cref="IOException">It could not be written; the index must be closed.</exception>
    void Flush();

    /// <summary>Returns a transaction of the best chain, or <c>null</c> when no block up to <see cref="Tip"/> holds it.</summary>
    /// <param name="id">Its identity. Where formats let it occur twice, the last one is returned.</param>
    IndexedTransaction? Find(TransactionId id);

    /// <summary>Returns a page of the transactions that an address has sent or received.</summary>
    /// <param name="address">The address; not root.</param>
    /// <param name="limit">How many at most: 1 to <see cref="MaxPage"/>.</param>
    /// <param name="newestFirst">The order.</param>
    /// <param name="after">What the page before returned as <see cref="HistoryPage.Next"/>; <c>null</c> for the first page.</param>
    HistoryPage ReadHistory(Address address, int limit, bool newestFirst = true, HistoryCursor? after = null);
}
