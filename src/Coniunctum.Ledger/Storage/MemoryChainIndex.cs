using System.Collections.Immutable;
using Coniunctum.Crypto;

namespace Coniunctum.Ledger.Storage;

/// <summary>An index that lives as long as the process. About 400 bytes a transaction.</summary>
public sealed class MemoryChainIndex : IChainIndex
{
    private readonly Lock _gate = new();
    private readonly List<IndexedTransaction[]> _blocks = [];
    private readonly List<StoredTip> _tips = [];
    private readonly Dictionary<TransactionId, List<IndexedTransaction>> _byId = [];
    private readonly Dictionary<Address, List<IndexedTransaction>> _byAddress = [];

    /// <inheritdoc/>
    public StoredTip? Tip
    {
        get
        {
            lock (_gate) return _tips.Count > 0 ? _tips[^1] : null;
        }
    }

    /// <inheritdoc/>
    public void Connect(HashedBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        lock (_gate)
        {
            if (_tips.Count > 0) ThrowUnlessNext(block, _tips[^1]);
            IndexedTransaction[] transactions = [.. block.Transactions.Select((transaction, position) => Describe(block, position))];
            foreach (IndexedTransaction transaction in transactions)
            {
                ListOf(_byId, transaction.Id).Add(transaction);
                foreach (Address address in OwnersOf(transaction)) ListOf(_byAddress, address).Add(transaction);
            }

            _blocks.Add(transactions);
            _tips.Add(new StoredTip(block.Id, block.Header.Height));
        }
    }

    /// <inheritdoc/>
    public void Disconnect()
    {
        lock (_gate)
        {
            if (_tips.Count == 0) throw new InvalidOperationException("The index holds no block.");
            foreach (IndexedTransaction transaction in _blocks[^1].Reverse())
            {
                RemoveLast(_byId, transaction.Id);
                foreach (Address address in OwnersOf(transaction)) RemoveLast(_byAddress, address);
            }

            _blocks.RemoveAt(_blocks.Count - 1);
            _tips.RemoveAt(_tips.Count - 1);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        // There is nothing outside of memory to write to.
    }

    /// <inheritdoc/>
    public IndexedTransaction? Find(TransactionId id)
    {
        lock (_gate) return _byId.TryGetValue(id, out List<IndexedTransaction>? found) ? found[^1] : null;
    }

    /// <inheritdoc/>
    public HistoryPage ReadHistory(Address address, int limit, bool newestFirst = true, HistoryCursor? after = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, IChainIndex.MaxPage);
        lock (_gate)
        {
            IEnumerable<IndexedTransaction> history = _byAddress.GetValueOrDefault(address) ?? [];
            if (newestFirst) history = history.Reverse();
            if (after is { } cursor)
                history = history.Where(transaction => newestFirst ? Cursor(transaction) < cursor : Cursor(transaction) > cursor);
            ImmutableArray<IndexedTransaction> page = [.. history.Take(limit + 1)];
            return page.Length > limit ? new HistoryPage(page[..limit], Cursor(page[limit - 1])) : new HistoryPage(page, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held outside of memory.
    }

    private static void ThrowUnlessNext(HashedBlock block, StoredTip tip)
    {
        if (block.Header.Height != tip.Height + 1 || block.Header.Previous != tip.Id)
            throw new ArgumentException($"Block {block.Id} at height {block.Header.Height} does not follow {tip.Id} at {tip.Height}.", nameof(block));
    }

    private static IndexedTransaction Describe(HashedBlock block, int position)
    {
        HashedTransaction hashed = block.Transactions[position];
        Transaction transaction = hashed.Transaction;
        return new IndexedTransaction(
            hashed.Id, block.Id, block.Header.Height, position, transaction.Sender, transaction.Receiver, transaction.Amount, transaction.Fee);
    }

    private static IEnumerable<Address> OwnersOf(IndexedTransaction transaction)
    {
        if (!transaction.Sender.IsRoot) yield return transaction.Sender;
        if (!transaction.Receiver.IsRoot && transaction.Receiver != transaction.Sender) yield return transaction.Receiver;
    }

    private static HistoryCursor Cursor(IndexedTransaction transaction) => new(transaction.Height, transaction.Position);

    private static List<IndexedTransaction> ListOf<TKey>(Dictionary<TKey, List<IndexedTransaction>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out List<IndexedTransaction>? list)) lists.Add(key, list = []);
        return list;
    }

    private static void RemoveLast<TKey>(Dictionary<TKey, List<IndexedTransaction>> lists, TKey key)
        where TKey : notnull
    {
        List<IndexedTransaction> list = lists[key];
        list.RemoveAt(list.Count - 1);
        if (list.Count == 0) lists.Remove(key);
    }
}
