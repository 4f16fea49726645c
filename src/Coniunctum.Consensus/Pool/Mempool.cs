using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Pool;

/// <summary>
/// Transactions that wait for a block. The ready ones: each alone would be valid in the next block, and the sender's confirmed
/// balance covers all of the sender's together. They are ordered by fee rate, then by arrival; where the format has no fees,
/// first come, first served. The waiting ones lack a balance or are too early; they become ready, the oldest first, as soon
/// as a block changes that, and are the first to leave when room is needed. Admitting or removing one costs the logarithm of
/// the pool's size; following a block costs that for each transaction and address that the block touches.
/// </summary>
internal sealed class Mempool
{
    private readonly ChainProfile _profile;
    private readonly PoolOptions _options;
    private readonly PoolIndex _index;
    private readonly AdmissionRules _rules;
    private readonly RememberedBalances _balances = new();
    private readonly List<SenderQueue> _touched = [];
    private readonly List<PoolEntry> _funded = [];
    private readonly PoolMoves _moves = new();
    private long _lastArrival;
    private long _firstArrival;

    public Mempool(ChainProfile profile, PoolOptions options)
    {
        (_profile, _options, _index) = (profile, options, new PoolIndex(profile));
        _rules = new AdmissionRules(profile, options, _index);
    }

    /// <summary>Counts what has become ready or waits: while the tip stays, the pool is the same as long as this is.</summary>
    public long Arrivals => _lastArrival;

    /// <summary>How many transactions are ready.</summary>
    public int Count => _index.Ready.Count;

    /// <summary>How many transactions wait.</summary>
    public int WaitingCount => _index.Waiting.Count;

    /// <summary>The encodings' bytes, of the waiting ones too.</summary>
    public long Bytes => _index.Bytes;

    /// <summary>The encodings' bytes of the waiting ones.</summary>
    public long WaitingBytes => _index.WaitingBytes;

    /// <summary>The ready transactions, the best paying first. The pool must not change meanwhile.</summary>
    public IEnumerable<PoolEntry> InOrder => _index.Ready.BestFirst;

    /// <summary>The waiting transactions, the oldest first. The pool must not change meanwhile.</summary>
    public IEnumerable<HashedTransaction> WaitingInOrder => _index.Waiting.Select(entry => entry.Transaction);

    /// <summary>Returns where a transaction is: ready, waiting, or outside.</summary>
    public PoolStatus PlaceOf(TransactionId id) => _index.Find(id)?.Place ?? PoolStatus.Outside;

    /// <summary>Returns a transaction that is here, ready or waiting, or <c>null</c>.</summary>
    public HashedTransaction? Find(TransactionId id) => _index.Find(id)?.Transaction;

    /// <summary>Whether this very transaction, signature included, is here, so that its signature need not be checked again.</summary>
    public bool HasVerified(HashedTransaction transaction) =>
        _index.Find(transaction.Id) is { } entry
        && entry.Body.Signature.Span.SequenceEqual(transaction.Transaction.Signature.Span);

    /// <inheritdoc cref="AdmissionRules.Check"/>
    public Admission Check(HashedTransaction transaction, IStateView state, bool mayWait) => _rules.Check(transaction, _balances.Of(state), mayWait);

    /// <summary>Adds a transaction whose signature was checked, or lets it wait.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="state">The state at the tip.</param>
    /// <param name="mayWait">Whether it is to be kept when it lacks a balance or is too early.</param>
    /// <param name="from">Where it comes from.</param>
    /// <param name="events">Takes what changes.</param>
    public Admission TryAdd(HashedTransaction transaction, IStateView state, bool mayWait, PoolStatus from, ICollection<PoolEvent> events)
    {
        state = _balances.Of(state);
        Admission admission = Check(transaction, state, mayWait);
        if (!admission.IsValid && !admission.IsWaiting) return admission;

        var entry = new PoolEntry(transaction, _profile.Format.Traits.TagsExpire) { Arrival = ++_lastArrival, LastReported = from };
        PoolEntry? rival = _index.Find(TagOwner.Of(entry.Body));
        if (admission.IsValid && !MakeRoom(entry, rival, events)) return Admission.Refused(PoolRule.PoolFull);
        if (rival is not null) Drop(rival, Admission.Refused(PoolRule.Replaced), events, transaction.Id);
        if (admission.IsValid)
            AddReady(entry);
        else
            AddWaiting(entry, admission.Verdict, state);

        // A replacement that costs less leaves something to those that wait.
        if (rival is not null) TakeFunded(_index.Find(entry.Body.Sender)!, AdmissionRules.SpendableOf(entry.Body.Sender, state), state.Height + 1);
        Promote();
        _moves.Report(events);
        return admission;
    }

    /// <summary>
    /// Follows the best chain: confirmed transactions leave, disconnected ones return, what the new state cannot pay waits again,
    /// the newest first, and what it can pay now becomes ready, the oldest first. Only senders whose state or transactions
    /// changed are looked at.
    /// </summary>
    /// <param name="disconnected">The blocks that left the best chain, the highest first.</param>
    /// <param name="connected">The blocks that joined it, the lowest first.</param>
    /// <param name="change">What they changed together.</param>
    /// <param name="state">The state after them.</param>
    /// <param name="events">Takes what changes; that something is confirmed is not told.</param>
    /// <param name="isReverted">Whether what was disconnected was given up with its transactions.</param>
    public void Follow(
        IReadOnlyList<HashedBlock> disconnected, IReadOnlyList<HashedBlock> connected, StateDelta change, IStateView state, ICollection<PoolEvent> events,
        bool isReverted = false)
    {
        _balances.Forget();
        state = _balances.Of(state);
        Dictionary<TagOwner, TransactionId> taken = RemoveConfirmed(connected, disconnected.Count > 0, events);
        DropExpired(state.Height + 1, events);
        DropPaymentsToEmptied(change, state, events);
        if (disconnected.Count > connected.Count) HoldBackEarly(state, events);
        if (isReverted)
            ReportReverted(disconnected, events);
        else
            TakeBack(disconnected, taken, state, events);
        foreach (PoolEntry opened in _index.ByOpening.TakeUpTo(state.Height + 1))
        {
            opened.IsEarly = false;
            Touch(opened);
        }

        foreach (Address address in change.TouchedAddresses)
        {
            if (_index.Find(address) is { } queue) Touch(queue);
        }

        foreach (SenderQueue queue in _touched) Settle(queue, state, events);
        _touched.Clear();
        Promote();
        foreach (PoolEntry impatient in _index.ByPatience.TakeUpTo(state.Height - 1))
            Drop(impatient, new Admission(impatient.WaitsFor, PoolRule.WaitedTooLong), events);
        Trim(events);
        _moves.Report(events);
    }

    /// <summary>
    /// Drops waiting ones, the newest first, then the cheapest while they pay less than the new one; gives up, and drops nothing,
    /// when that is not enough.
    /// </summary>
    private bool MakeRoom(PoolEntry entry, PoolEntry? rival, ICollection<PoolEvent> events)
    {
        long needed = Bytes + entry.Size - (rival?.Size ?? 0) - _options.MaxBytes;
        if (needed <= 0) return true;
        var doomed = new List<PoolEntry>();
        IEnumerable<PoolEntry> cheaper = _index.Ready.CheapestFirst.TakeWhile(cheapest => cheapest.FeeRate < entry.FeeRate);
        foreach (PoolEntry candidate in _index.Waiting.Reverse().Concat(cheaper))
        {
            if (needed <= 0) break;
            if (ReferenceEquals(candidate, rival)) continue;
            doomed.Add(candidate);
            needed -= candidate.Size;
        }

        if (needed > 0) return false;
        foreach (PoolEntry candidate in doomed) Drop(candidate, Admission.Refused(PoolRule.PoolFull), events);
        return true;
    }

    /// <summary>Removes what was confirmed and drops what conflicts with it. Returns who has taken which tag, where anyone will ask.</summary>
    private Dictionary<TagOwner, TransactionId> RemoveConfirmed(IReadOnlyList<HashedBlock> connected, bool isAsked, ICollection<PoolEvent> events)
    {
        var taken = new Dictionary<TagOwner, TransactionId>();
        foreach (HashedTransaction transaction in connected.SelectMany(block => block.Transactions))
        {
            var owner = TagOwner.Of(transaction.Transaction);
            if (isAsked) taken[owner] = transaction.Id;
            if (_index.Find(owner) is not { } entry) continue;
            Touch(entry);
            if (entry.Transaction.Id == transaction.Id)
                Remove(entry);
            else
                Drop(entry, Conflict(entry.Body), events, transaction.Id);
        }

        return taken;
    }

    private static Admission Conflict(Transaction body) =>
        new(Verdict.Invalid(BlockRule.TagReused, body.Tag.Value, "a tag that the sender has not used"), PoolRule.Conflicting);

    private void DropExpired(ulong height, ICollection<PoolEvent> events)
    {
        foreach (PoolEntry entry in _index.ByExpiry.TakeUpTo(height - 1))
        {
            Touch(entry);
            Drop(entry, new Admission(TransactionRules.CheckWindow(entry.Body, _profile, height), PoolRule.Expired), events);
        }
    }

    /// <summary>Drops payments that are too small for receivers who no longer own anything.</summary>
    private void DropPaymentsToEmptied(StateDelta change, IStateView state, ICollection<PoolEvent> events)
    {
        if (!_index.HasSmallPayments) return;
        foreach (Address address in change.TouchedAddresses)
        {
            if (state.BalanceOf(address) > 0) continue;
            foreach (PoolEntry entry in _index.SmallPaymentsTo(address))
            {
                Touch(entry);
                Drop(entry, Admission.Invalid(TransactionRules.CheckOpening(entry.Body, _profile, state)), events);
            }
        }
    }

    /// <summary>Where the tip has sunk, what had come into its window is too early again.</summary>
    private void HoldBackEarly(IStateView state, ICollection<PoolEvent> events)
    {
        if (!_profile.Format.Traits.TagsExpire) return;
        ulong height = state.Height + 1;
        foreach (PoolEntry entry in _index.ByExpiry.ListFrom(height + _profile.TagWindow + 1))
        {
            if (entry.Place != PoolStatus.Ready) continue;
            Touch(entry);
            Verdict verdict = TransactionRules.CheckWindow(entry.Body, _profile, height);
            if (_rules.OpensSoon(entry.Body, height))
                HoldBack(entry, verdict, state);
            else
                Drop(entry, Admission.Invalid(verdict), events);
        }
    }

    private static void ReportReverted(IReadOnlyList<HashedBlock> disconnected, ICollection<PoolEvent> events)
    {
        foreach (HashedTransaction transaction in disconnected.SelectMany(block => block.Transactions).Where(transaction => !transaction.Transaction.IsFromRoot))
            events.Add(new PoolEvent(transaction, PoolStatus.Block, PoolStatus.Outside, Admission.Refused(PoolRule.Reverted), null));
    }

    /// <summary>Takes disconnected transactions back, before all that came later than they did, unless no block may hold them again.</summary>
    private void TakeBack(
        IReadOnlyList<HashedBlock> disconnected, Dictionary<TagOwner, TransactionId> taken, IStateView state, ICollection<PoolEvent> events)
    {
        foreach (HashedTransaction transaction in disconnected.SelectMany(block => block.Transactions.Reverse()))
        {
            Transaction body = transaction.Transaction;
            if (body.IsFromRoot) continue;
            if (taken.TryGetValue(TagOwner.Of(body), out TransactionId taker))
            {
                if (taker != transaction.Id) events.Add(new PoolEvent(transaction, PoolStatus.Block, PoolStatus.Outside, Conflict(body), taker));
                continue;
            }

            Verdict verdict = TransactionRules.CheckAgainstState(body, _profile, state, state.Height + 1);
            if (!verdict.IsValid && !_rules.CanWaitFor(verdict, body, state))
            {
                bool isExpired = verdict.Rule == BlockRule.TagOutsideWindow && body.Tag.ValidUntil <= state.Height;
                events.Add(new PoolEvent(
                    transaction, PoolStatus.Block, PoolStatus.Outside, new Admission(verdict, isExpired ? PoolRule.Expired : PoolRule.None), null));
                continue;
            }

            var entry = new PoolEntry(transaction.Detach(_profile.Format), _profile.Format.Traits.TagsExpire) { Arrival = --_firstArrival, LastReported = PoolStatus.Block };
            if (verdict.IsValid)
                AddReady(entry);
            else
                AddWaiting(entry, verdict, state);
            Touch(entry);
        }
    }

    private void Touch(PoolEntry entry) => Touch(_index.Find(entry.Body.Sender)!);

    private void Touch(SenderQueue queue)
    {
        if (queue.IsTouched) return;
        queue.IsTouched = true;
        _touched.Add(queue);
    }

    /// <summary>Makes a sender's transactions fit the balance and the limits again.</summary>
    private void Settle(SenderQueue queue, IStateView state, ICollection<PoolEvent> events)
    {
        queue.IsTouched = false;
        ulong spendable = AdmissionRules.SpendableOf(queue.Sender, state);
        if (queue.Spends > spendable || queue.ReadyCount > _options.MaxPerSender) HoldBackUnpayable(queue, spendable, state, events);
        TakeFunded(queue, spendable, state.Height + 1);
        while (queue.Waiting.Count > _options.MaxWaitingPerSender)
            Drop(queue.Waiting[^1], new Admission(queue.Waiting[^1].WaitsFor, PoolRule.WaitingFull), events);
    }

    /// <summary>Keeps ready, in their order, what the balance covers; the others wait.</summary>
    private void HoldBackUnpayable(SenderQueue queue, ulong spendable, IStateView state, ICollection<PoolEvent> events)
    {
        ulong spent = 0;
        int kept = 0;
        for (PoolEntry? entry = queue.First, next; entry is not null; entry = next)
        {
            next = entry.Next;
            Verdict funds = AdmissionRules.CheckFunds(entry.Body, spendable, spent);
            if (!funds.IsValid)
            {
                HoldBack(entry, funds, state);
            }
            else if (kept >= _options.MaxPerSender)
            {
                Drop(entry, Admission.Refused(PoolRule.SenderLimit), events);
            }
            else
            {
                spent += entry.Cost;
                kept++;
            }
        }
    }

    /// <summary>Takes those out of a sender's waiting ones that no longer have to wait, as many as the balance covers, the oldest first.</summary>
    private void TakeFunded(SenderQueue queue, ulong spendable, ulong height)
    {
        if (queue.Waiting.Count == 0) return;
        UInt128 spends = queue.Spends;
        int count = queue.ReadyCount;
        foreach (PoolEntry entry in queue.Waiting.ToArray())
        {
            if (count >= _options.MaxPerSender) return;
            Verdict verdict = TransactionRules.CheckWindow(entry.Body, _profile, height);
            if (verdict.IsValid)
                verdict = AdmissionRules.CheckFunds(entry.Body, spendable, spends);
            else
                _index.ListEarly(entry);
            entry.WaitsFor = verdict;
            if (!verdict.IsValid) continue;
            _index.Unseat(entry);
            _funded.Add(entry);
            spends += entry.Cost;
            count++;
        }
    }

    /// <summary>Makes ready what <see cref="TakeFunded"/> took, the oldest of all senders first; its turn is that of this moment.</summary>
    private void Promote()
    {
        _funded.Sort(PoolEntry.ByArrival);
        foreach (PoolEntry entry in _funded)
        {
            entry.Place = PoolStatus.Ready;
            entry.Arrival = ++_lastArrival;
            _index.Seat(entry);
            _moves.Add(entry);
        }

        _funded.Clear();
    }

    private void AddReady(PoolEntry entry)
    {
        entry.Place = PoolStatus.Ready;
        _index.Add(entry);
        _moves.Add(entry);
    }

    private void AddWaiting(PoolEntry entry, Verdict verdict, IStateView state)
    {
        LetWait(entry, verdict, state);
        _index.Add(entry);
        if (verdict.Rule == BlockRule.TagOutsideWindow) _index.ListEarly(entry);
        _moves.Add(entry);
    }

    private void HoldBack(PoolEntry entry, Verdict verdict, IStateView state)
    {
        _index.Unseat(entry);
        LetWait(entry, verdict, state);
        _index.Seat(entry);
        if (verdict.Rule == BlockRule.TagOutsideWindow) _index.ListEarly(entry);
        _moves.Add(entry);
    }

    private void LetWait(PoolEntry entry, Verdict verdict, IStateView state)
    {
        entry.Place = PoolStatus.Waiting;
        entry.WaitsFor = verdict;
        entry.WaitsUntil = state.Height + (ulong)_options.MaxWaitBlocks;
    }

    private void Trim(ICollection<PoolEvent> events)
    {
        while (WaitingBytes > _options.MaxWaitingBytes)
            Drop(_index.Waiting.Max!, new Admission(_index.Waiting.Max!.WaitsFor, PoolRule.WaitingFull), events);
        while (Bytes > _options.MaxBytes)
            Drop(WaitingCount > 0 ? _index.Waiting.Max! : _index.Ready.Cheapest, Admission.Refused(PoolRule.PoolFull), events);
    }

    private void Drop(PoolEntry entry, Admission reason, ICollection<PoolEvent> events, TransactionId? by = null)
    {
        Remove(entry);
        events.Add(new PoolEvent(entry.Transaction, entry.LastReported, PoolStatus.Outside, reason, by));
    }

    private void Remove(PoolEntry entry)
    {
        _index.Remove(entry);
        entry.Place = PoolStatus.Outside;
    }
}
