using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Pool;

/// <summary>The pool's transactions in all the orders in which they are looked for. It decides nothing.</summary>
internal sealed class PoolIndex(ChainProfile profile)
{
    private readonly Dictionary<TransactionId, PoolEntry> _byId = [];
    private readonly Dictionary<TagOwner, PoolEntry> _byTag = [];
    private readonly Dictionary<Address, SenderQueue> _bySender = [];

    // Payments too small to open an account, by receiver: they stay valid only while the receiver owns something.
    private readonly Dictionary<Address, HashSet<PoolEntry>> _smallByReceiver = [];

    /// <summary>The ready ones, the best paying first.</summary>
    public FeeOrder Ready { get; } = new();

    /// <summary>The waiting ones, the oldest first.</summary>
    public SortedSet<PoolEntry> Waiting { get; } = new(PoolEntry.ByArrival);

    /// <summary>All, by the last height at which a block may hold them; empty where tags do not expire.</summary>
    public HeightIndex ByExpiry { get; } = new();

    /// <summary>Waiting ones whose window is not open, by the height at which it opens.</summary>
    public HeightIndex ByOpening { get; } = new();

    /// <summary>Waiting ones, by the last height of the tip at which they may still wait.</summary>
    public HeightIndex ByPatience { get; } = new();

    public long Bytes { get; private set; }

    public long WaitingBytes { get; private set; }

    public bool HasSmallPayments => _smallByReceiver.Count > 0;

    public PoolEntry? Find(TransactionId id) => _byId.GetValueOrDefault(id);

    public PoolEntry? Find(TagOwner owner) => _byTag.GetValueOrDefault(owner);

    public SenderQueue? Find(Address sender) => _bySender.GetValueOrDefault(sender);

    /// <summary>The payments to a receiver that are too small to open an account, the oldest first.</summary>
    public IReadOnlyList<PoolEntry> SmallPaymentsTo(Address receiver) =>
        _smallByReceiver.TryGetValue(receiver, out HashSet<PoolEntry>? small) ? [.. small.Order(PoolEntry.ByArrival)] : [];

    /// <summary>Adds an entry; its place says whether it is ready or waits.</summary>
    public void Add(PoolEntry entry)
    {
        _byId.Add(entry.Transaction.Id, entry);
        _byTag.Add(TagOwner.Of(entry.Body), entry);
        if (!_bySender.ContainsKey(entry.Body.Sender)) _bySender.Add(entry.Body.Sender, new SenderQueue(entry.Body.Sender));
        if (profile.Format.Traits.TagsExpire) ByExpiry.Add(entry.ValidUntil, entry);
        if (entry.Body.Amount < profile.MinimumOpeningPayment)
        {
            if (!_smallByReceiver.TryGetValue(entry.Body.Receiver, out HashSet<PoolEntry>? small))
                _smallByReceiver.Add(entry.Body.Receiver, small = []);
            small.Add(entry);
        }

        Bytes += entry.Size;
        Seat(entry);
    }

    public void Remove(PoolEntry entry)
    {
        Unseat(entry);
        _byId.Remove(entry.Transaction.Id);
        _byTag.Remove(TagOwner.Of(entry.Body));
        if (_bySender[entry.Body.Sender].IsEmpty) _bySender.Remove(entry.Body.Sender);
        ByExpiry.Remove(entry.ValidUntil, entry);
        if (_smallByReceiver.TryGetValue(entry.Body.Receiver, out HashSet<PoolEntry>? small) && small.Remove(entry) && small.Count == 0)
            _smallByReceiver.Remove(entry.Body.Receiver);
        Bytes -= entry.Size;
    }

    /// <summary>Puts an entry where its place and its arrival say; neither may change until it is unseated.</summary>
    public void Seat(PoolEntry entry)
    {
        SenderQueue queue = _bySender[entry.Body.Sender];
        if (entry.Place == PoolStatus.Ready)
        {
            queue.AddReady(entry);
            Ready.Add(entry);
            return;
        }

        queue.AddWaiting(entry);
        Waiting.Add(entry);
        ByPatience.Add(entry.WaitsUntil, entry);
        WaitingBytes += entry.Size;
    }

    /// <summary>Takes an entry from where it was seated, to be seated elsewhere or to be removed.</summary>
    public void Unseat(PoolEntry entry)
    {
        SenderQueue queue = _bySender[entry.Body.Sender];
        if (entry.Place == PoolStatus.Ready)
        {
            queue.RemoveReady(entry);
            Ready.Remove(entry);
            return;
        }

        queue.RemoveWaiting(entry);
        Waiting.Remove(entry);
        ByPatience.Remove(entry.WaitsUntil, entry);
        if (entry.IsEarly) ByOpening.Remove(OpeningOf(entry), entry);
        entry.IsEarly = false;
        WaitingBytes -= entry.Size;
    }

    /// <summary>Lists a waiting entry for the height at which its window opens.</summary>
    public void ListEarly(PoolEntry entry)
    {
        if (entry.IsEarly) return;
        entry.IsEarly = true;
        ByOpening.Add(OpeningOf(entry), entry);
    }

    private ulong OpeningOf(PoolEntry entry) => entry.ValidUntil - profile.TagWindow;
}
