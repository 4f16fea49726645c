using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Pool;

/// <summary>
/// Transactions that wait for a block: every one alone would be valid in the next block, and the sender's confirmed balance
/// covers all of the sender's together. Ordered by fee rate, then by arrival; where the format has no fees, first come,
/// first served. Every operation is logarithmic in the pool's size.
/// </summary>
internal sealed class Mempool(ChainProfile profile, PoolOptions options)
{
    private readonly Dictionary<TransactionId, PoolEntry> _byId = [];
    private readonly Dictionary<TagOwner, PoolEntry> _byTag = [];
    private readonly Dictionary<Address, SenderQueue> _bySender = [];
    private readonly SortedSet<PoolEntry> _byFeeRate = new(PoolEntry.ByFeeRate);
    private readonly SortedSet<PoolEntry> _byExpiry = new(PoolEntry.ByExpiry);

    // Payments too small to open an account, by receiver: they stay valid only while the receiver owns something.
    private readonly Dictionary<Address, HashSet<PoolEntry>> _smallByReceiver = [];
    private long _lastArrival;
    private long _firstArrival;

    public int Count => _byId.Count;

    public long Bytes { get; private set; }

    /// <summary>The pool's transactions, the best paying first. The pool must not change meanwhile.</summary>
    public IEnumerable<HashedTransaction> InOrder => _byFeeRate.Select(entry => entry.Transaction);

    public bool Contains(TransactionId id) => _byId.ContainsKey(id);

    /// <summary>Whether this very transaction, signature included, is here, so that its signature need not be checked again.</summary>
    public bool HasVerified(HashedTransaction transaction) =>
        _byId.TryGetValue(transaction.Id, out PoolEntry? entry)
        && entry.Transaction.Transaction.Signature.Span.SequenceEqual(transaction.Transaction.Signature.Span);

    /// <summary>Checks everything about a transaction but its signature.</summary>
    public Admission Check(HashedTransaction transaction, IStateView state)
    {
        if (_byId.ContainsKey(transaction.Id)) return Admission.Refused(PoolRule.AlreadyKnown);
        Transaction body = transaction.Transaction;
        Verdict verdict = TransactionRules.CheckAgainstState(body, profile, state, state.Height + 1);
        if (!verdict.IsValid) return Admission.Invalid(verdict);

        PoolEntry? rival = _byTag.GetValueOrDefault(TagOwner.Of(body));
        if (rival is not null)
        {
            UInt128 bid = rival.Body.Fee + ((UInt128)options.RelayRate * (ulong)transaction.Size);
            if (!profile.Format.Traits.HasFees || body.Fee < bid)
                return Admission.Invalid(Verdict.Reject(BlockRule.TagReused, body.Tag.Value, "a tag that the sender has not used, or a fee that replaces its use"));
        }

        SenderQueue? queue = _bySender.GetValueOrDefault(body.Sender);
        ulong pending = (queue?.Spends ?? 0) - (rival is null ? 0 : rival.Cost);
        ulong spendable = state.BalanceOf(body.Sender) - state.LockedOf(body.Sender);
        ulong cost = body.Amount + body.Fee;
        if (spendable < pending || spendable - pending < cost)
            return Admission.Invalid(Verdict.Reject(BlockRule.BalanceInsufficient, spendable < pending ? 0 : spendable - pending, cost));
        if (rival is null && queue?.Entries.Count >= options.MaxPerSender) return Admission.Refused(PoolRule.SenderLimit);
        return Admission.Accepted;
    }

    /// <summary>Adds a transaction whose signature was checked.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="state">The state at the tip.</param>
    /// <param name="dropped">Takes what had to leave for it.</param>
    public Admission TryAdd(HashedTransaction transaction, IStateView state, ICollection<Dropped> dropped)
    {
        Admission admission = Check(transaction, state);
        if (!admission.IsAccepted) return admission;

        var entry = new PoolEntry(transaction, ++_lastArrival, profile.Format.Traits.TagsExpire);
        PoolEntry? rival = _byTag.GetValueOrDefault(TagOwner.Of(entry.Body));
        if (!MakeRoom(entry, rival, dropped)) return Admission.Refused(PoolRule.PoolFull);
        if (rival is not null) Drop(rival, Admission.Refused(PoolRule.Replaced), dropped);
        Insert(entry);
        return Admission.Accepted;
    }

    /// <summary>
    /// Follows the best chain: confirmed transactions leave, disconnected ones return, and what the new state cannot pay or
    /// no longer allows is dropped, the newest first. Only senders whose state changed are looked at.
    /// </summary>
    public void Follow(
        IReadOnlyList<HashedBlock> disconnected, IReadOnlyList<HashedBlock> connected, StateDelta change, IStateView state, ICollection<Dropped> dropped)
    {
        HashSet<TransactionId> confirmed = RemoveConfirmed(connected, dropped);
        DropOutsideWindow(state.Height + 1, dropped);
        List<Address> returned = TakeBack(disconnected, confirmed);

        var seen = new HashSet<Address>();
        foreach (Address sender in change.TouchedAddresses.Concat(returned).Concat(PayersOfEmptied(change, state)).ToArray())
        {
            if (seen.Add(sender) && _bySender.TryGetValue(sender, out SenderQueue? queue)) Revalidate(queue, state, dropped);
        }

        while (Bytes > options.MaxBytes) Drop(_byFeeRate.Max!, Admission.Refused(PoolRule.PoolFull), dropped);
    }

    private HashSet<TransactionId> RemoveConfirmed(IReadOnlyList<HashedBlock> connected, ICollection<Dropped> dropped)
    {
        var confirmed = new HashSet<TransactionId>();
        foreach (HashedTransaction transaction in connected.SelectMany(block => block.Transactions))
        {
            confirmed.Add(transaction.Id);
            if (!_byTag.TryGetValue(TagOwner.Of(transaction.Transaction), out PoolEntry? entry)) continue;
            if (entry.Transaction.Id == transaction.Id)
                Remove(entry);
            else
                Drop(entry, Admission.Refused(PoolRule.Conflicting), dropped);
        }

        return confirmed;
    }

    /// <summary>Drops what no block of a height may hold: expired at one end, too early at the other where the tip has sunk.</summary>
    private void DropOutsideWindow(ulong height, ICollection<Dropped> dropped)
    {
        DropWhileOutside(() => _byExpiry.Min);
        DropWhileOutside(() => _byExpiry.Max);

        void DropWhileOutside(Func<PoolEntry?> next)
        {
            while (next() is { } entry && TransactionRules.CheckWindow(entry.Body, profile, height) is { IsValid: false } verdict)
                Drop(entry, Admission.Invalid(verdict), dropped);
        }
    }

    /// <summary>
    /// Takes disconnected transactions back, before all that came later than they did, whether they are still valid or not;
    /// returns their senders.
    /// </summary>
    private List<Address> TakeBack(IReadOnlyList<HashedBlock> disconnected, HashSet<TransactionId> confirmed)
    {
        var senders = new List<Address>();
        foreach (HashedTransaction transaction in disconnected.SelectMany(block => block.Transactions.Reverse()))
        {
            if (transaction.Transaction.IsFromRoot || confirmed.Contains(transaction.Id)) continue;
            Insert(new PoolEntry(transaction, --_firstArrival, profile.Format.Traits.TagsExpire));
            senders.Add(transaction.Transaction.Sender);
        }

        return senders;
    }

    /// <summary>Returns the senders of small payments to addresses that no longer own anything.</summary>
    private IEnumerable<Address> PayersOfEmptied(StateDelta change, IStateView state)
    {
        if (_smallByReceiver.Count == 0) return [];
        return change.TouchedAddresses
            .Where(address => state.BalanceOf(address) == 0 && _smallByReceiver.ContainsKey(address))
            .SelectMany(address => _smallByReceiver[address].OrderBy(entry => entry.Arrival))
            .Select(entry => entry.Body.Sender);
    }

    /// <summary>Keeps a sender's transactions in order of arrival for as long as they are allowed and the balance covers them.</summary>
    private void Revalidate(SenderQueue queue, IStateView state, ICollection<Dropped> dropped)
    {
        ulong spent = 0;
        int kept = 0;
        foreach (PoolEntry entry in queue.Entries.ToArray())
        {
            Admission admission = Admission.Invalid(TransactionRules.CheckAgainstState(entry.Body, profile, state, state.Height + 1));
            ulong spendable = state.BalanceOf(entry.Body.Sender) - state.LockedOf(entry.Body.Sender);
            if (admission.IsAccepted && (spendable < spent || spendable - spent < entry.Cost))
                admission = Admission.Invalid(Verdict.Reject(BlockRule.BalanceInsufficient, spendable < spent ? 0 : spendable - spent, entry.Cost));
            if (admission.IsAccepted && kept >= options.MaxPerSender)
                admission = Admission.Refused(PoolRule.SenderLimit);
            if (admission.IsAccepted)
            {
                spent += entry.Cost;
                kept++;
            }
            else
            {
                Drop(entry, admission, dropped);
            }
        }
    }

    /// <summary>Drops the cheapest while they pay less than the new one; gives up, and drops nothing, when they do not.</summary>
    private bool MakeRoom(PoolEntry entry, PoolEntry? rival, ICollection<Dropped> dropped)
    {
        long needed = Bytes + entry.Size - (rival?.Size ?? 0) - options.MaxBytes;
        if (needed <= 0) return true;
        var doomed = new List<PoolEntry>();
        foreach (PoolEntry cheapest in _byFeeRate.Reverse())
        {
            if (needed <= 0 || PoolEntry.CompareFeeRates(cheapest, entry) >= 0) break;
            if (ReferenceEquals(cheapest, rival)) continue;
            doomed.Add(cheapest);
            needed -= cheapest.Size;
        }

        if (needed > 0) return false;
        foreach (PoolEntry cheapest in doomed) Drop(cheapest, Admission.Refused(PoolRule.PoolFull), dropped);
        return true;
    }

    private void Insert(PoolEntry entry)
    {
        _byId.Add(entry.Transaction.Id, entry);
        _byTag.Add(TagOwner.Of(entry.Body), entry);
        if (!_bySender.TryGetValue(entry.Body.Sender, out SenderQueue? queue))
            _bySender.Add(entry.Body.Sender, queue = new SenderQueue());
        queue.Entries.Add(entry);
        queue.Spends += entry.Cost;
        _byFeeRate.Add(entry);
        if (profile.Format.Traits.TagsExpire) _byExpiry.Add(entry);
        if (entry.Body.Amount < profile.MinimumOpeningPayment)
        {
            if (!_smallByReceiver.TryGetValue(entry.Body.Receiver, out HashSet<PoolEntry>? small))
                _smallByReceiver.Add(entry.Body.Receiver, small = []);
            small.Add(entry);
        }

        Bytes += entry.Size;
    }

    private void Drop(PoolEntry entry, Admission reason, ICollection<Dropped> dropped)
    {
        Remove(entry);
        dropped.Add(new Dropped(entry.Transaction, reason));
    }

    private void Remove(PoolEntry entry)
    {
        _byId.Remove(entry.Transaction.Id);
        _byTag.Remove(TagOwner.Of(entry.Body));
        SenderQueue queue = _bySender[entry.Body.Sender];
        queue.Entries.Remove(entry);
        queue.Spends -= entry.Cost;
        if (queue.Entries.Count == 0) _bySender.Remove(entry.Body.Sender);
        _byFeeRate.Remove(entry);
        _byExpiry.Remove(entry);
        if (_smallByReceiver.TryGetValue(entry.Body.Receiver, out HashSet<PoolEntry>? small) && small.Remove(entry) && small.Count == 0)
            _smallByReceiver.Remove(entry.Body.Receiver);
        Bytes -= entry.Size;
    }

    /// <summary>A transaction that left the pool without being confirmed, and why.</summary>
    internal readonly record struct Dropped(HashedTransaction Transaction, Admission Reason);

    private readonly record struct TagOwner(Address Sender, TransactionTag Tag)
    {
        public static TagOwner Of(Transaction transaction) => new(transaction.Sender, transaction.Tag);
    }

    private sealed class SenderQueue
    {
        public SortedSet<PoolEntry> Entries { get; } = new(PoolEntry.ByArrival);

        public ulong Spends { get; set; }
    }
}
