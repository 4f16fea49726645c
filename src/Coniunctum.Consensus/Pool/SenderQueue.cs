using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Pool;

/// <summary>The transactions of one sender: those that are ready, in the order in which they became so, and those that wait, the oldest first.</summary>
internal sealed class SenderQueue(Address sender)
{
    private readonly List<PoolEntry> _waiting = [];
    private PoolEntry? _last;

    public Address Sender => sender;

    /// <summary>The one that has been ready longest; the others follow by <see cref="PoolEntry.Next"/>.</summary>
    public PoolEntry? First { get; private set; }

    public int ReadyCount { get; private set; }

    /// <summary>What the ready ones cost together. While disconnected blocks give transactions back it may be more than exists.</summary>
    public UInt128 Spends { get; private set; }

    public IReadOnlyList<PoolEntry> Waiting => _waiting;

    /// <summary>Whether its transactions are to be looked at again, now that the tip has moved.</summary>
    public bool IsTouched { get; set; }

    public bool IsEmpty => ReadyCount == 0 && _waiting.Count == 0;

    /// <summary>Adds a ready one; its turn is before or after that of all others.</summary>
    public void AddReady(PoolEntry entry)
    {
        if (First is null)
        {
            First = _last = entry;
        }
        else if (entry.Arrival < First.Arrival)
        {
            entry.Next = First;
            First = First.Previous = entry;
        }
        else
        {
            entry.Previous = _last;
            _last = _last!.Next = entry;
        }

        ReadyCount++;
        Spends += entry.Cost;
    }

    public void RemoveReady(PoolEntry entry)
    {
        if (entry.Previous is null)
            First = entry.Next;
        else
            entry.Previous.Next = entry.Next;
        if (entry.Next is null)
            _last = entry.Previous;
        else
            entry.Next.Previous = entry.Previous;
        (entry.Previous, entry.Next) = (null, null);
        ReadyCount--;
        Spends -= entry.Cost;
    }

    public void AddWaiting(PoolEntry entry) => _waiting.Insert(~_waiting.BinarySearch(entry, PoolEntry.ByArrival), entry);

    public void RemoveWaiting(PoolEntry entry) => _waiting.RemoveAt(_waiting.BinarySearch(entry, PoolEntry.ByArrival));
}
