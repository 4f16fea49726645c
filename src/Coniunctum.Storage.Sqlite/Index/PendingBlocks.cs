using System.Runtime.InteropServices;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Storage.Sqlite.Index;

/// <summary>The newest blocks, which are written together. They are few enough to be searched one by one.</summary>
internal sealed class PendingBlocks
{
    private readonly List<IndexedBlock> _blocks = [];
    private readonly List<TransactionSummary> _summaries = [];
    private long _first;

    public int Count => _summaries.Count;

    public IReadOnlyList<IndexedBlock> Blocks => _blocks;

    public ReadOnlySpan<TransactionSummary> Summaries => CollectionsMarshal.AsSpan(_summaries);

    public long First => _first;

    /// <summary>Forgets all, and begins with a number, which must be the first one of a row of summaries.</summary>
    public void Restart(long first)
    {
        _blocks.Clear();
        _summaries.Clear();
        _first = first;
    }

    public void Add(HashedBlock block)
    {
        _blocks.Add(new IndexedBlock(_first + _summaries.Count, block.Header.Height, block.Id, block.Transactions.Count));
        foreach (HashedTransaction transaction in block.Transactions) _summaries.Add(TransactionSummary.Of(transaction));
        if (block.Transactions.Count == 0) _summaries.Add(default);
    }

    public void RemoveLast()
    {
        int start = (int)(_blocks[^1].First - _first);
        _summaries.RemoveRange(start, _summaries.Count - start);
        _blocks.RemoveAt(_blocks.Count - 1);
    }

    /// <summary>Returns the number of the last transaction with an identity, or <c>null</c>.</summary>
    public long? Find(in Hash256 id)
    {
        for (int i = _summaries.Count - 1; i >= 0; i--)
        {
            if (Summaries[i].Id == id) return _first + i;
        }

        return null;
    }

    /// <summary>Returns the numbers of an address's transactions, in rising order.</summary>
    public List<long> FindAll(in Hash256 address)
    {
        List<long> found = [];
        for (int i = 0; i < _summaries.Count; i++)
        {
            ref readonly TransactionSummary summary = ref Summaries[i];
            if (summary.Sender == address || summary.Receiver == address) found.Add(_first + i);
        }

        return found;
    }

    public TransactionSummary Summary(long number) => Summaries[(int)(number - _first)];

    public IndexedBlock Holding(long number)
    {
        int low = 0;
        int high = _blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_blocks[middle].First <= number)
                low = middle;
            else
                high = middle - 1;
        }

        return _blocks[low];
    }

    /// <summary>Makes the sorted entries of all transactions: one for the identity, and one for each of its addresses but root.</summary>
    public IndexEntry[] MakeEntries()
    {
        var entries = new List<IndexEntry>(3 * Count);
        var owners = new List<Hash256>(2 * Count);
        var numbers = new List<long>(2 * Count);
        foreach (IndexedBlock block in _blocks)
        {
            for (long number = block.First; number < block.First + block.Transactions; number++)
            {
                ref readonly TransactionSummary summary = ref Summaries[(int)(number - _first)];
                entries.Add(IndexEntry.Of(summary.Id, IndexEntry.LocationOf(number, isAddress: false)));
                AddOwner(summary.Sender, number);
                if (summary.Receiver != summary.Sender) AddOwner(summary.Receiver, number);
            }
        }

        var keys = new Hash256[owners.Count];
        Sha3_256.HashMany(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(owners)), Hash256.Size, keys);
        for (int i = 0; i < keys.Length; i++) entries.Add(IndexEntry.Of(keys[i], IndexEntry.LocationOf(numbers[i], isAddress: true)));
        IndexEntry[] sorted = [.. entries];
        Array.Sort(sorted);
        return sorted;

        void AddOwner(in Hash256 address, long number)
        {
            if (address.IsZero) return;
            owners.Add(address);
            numbers.Add(number);
        }
    }
}
