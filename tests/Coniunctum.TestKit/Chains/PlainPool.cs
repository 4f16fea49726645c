using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.TestKit.Chains;

/// <summary>
/// The pool's rules once more, as plainly as possible: one list in the order of turns, walked wholly for every question, and
/// looked at wholly after every block.
/// </summary>
internal sealed class PlainPool(ChainProfile profile, PoolOptions options)
{
    private List<Entry> _entries = [];

    /// <summary>What was dropped by the last operation, and why.</summary>
    public List<(TransactionId Id, PoolRule Rule, TransactionId? ReplacedBy)> Dropped { get; } = [];

    public IEnumerable<HashedTransaction> Ready =>
        _entries.Where(entry => !entry.Waits).OrderByDescending(entry => entry, Comparer<Entry>.Create(CompareRates)).Select(entry => entry.Transaction);

    public IEnumerable<HashedTransaction> Waiting => _entries.Where(entry => entry.Waits).Select(entry => entry.Transaction);

    private long Bytes => _entries.Sum(entry => (long)entry.Transaction.Size);

    private long WaitingBytes => _entries.Where(entry => entry.Waits).Sum(entry => (long)entry.Transaction.Size);

    private long MaxWaitingBytes => options.MaxBytes * options.WaitingPercent / 100;

    /// <summary>Takes ready transactions without a question.</summary>
    public void Fill(IEnumerable<HashedTransaction> transactions) => _entries.AddRange(transactions.Select(transaction => new Entry(transaction)));

    public Admission TryAdd(HashedTransaction transaction, IStateView state, bool mayWait)
    {
        Dropped.Clear();
        Transaction body = transaction.Transaction;
        if (_entries.Exists(entry => entry.Transaction.Id == transaction.Id)) return Admission.Refused(PoolRule.AlreadyKnown);
        Verdict verdict = TransactionRules.CheckAgainstState(body, profile, state, state.Height + 1);
        if (!verdict.IsValid && !MayPass(body, state)) return Admission.Invalid(verdict);

        Entry? rival = _entries.Find(entry => entry.Body.Sender == body.Sender && entry.Body.Tag == body.Tag);
        bool outbids = rival is null || (profile.Format.Traits.HasFees && body.Fee >= rival.Body.Fee + (options.RelayRate * (ulong)transaction.Size));
        var taken = Verdict.Invalid(BlockRule.TagReused, body.Tag.Value, "a tag that the sender has not used, or a fee that replaces its use");
        if (rival is { Waits: false } && !outbids) return Admission.Invalid(taken);

        Entry[] others = [.. _entries.Where(entry => entry.Body.Sender == body.Sender && entry != rival)];
        if (verdict.IsValid)
        {
            ulong spent = others.Where(entry => !entry.Waits).Aggregate(0UL, (sum, entry) => sum + entry.Cost);
            ulong left = Math.Max(SpendableOf(body.Sender, state), spent) - spent;
            if (left < body.Amount + body.Fee) verdict = Verdict.Invalid(BlockRule.BalanceInsufficient, left, body.Amount + body.Fee);
        }

        var added = new Entry(transaction) { Waits = !verdict.IsValid, Until = state.Height + (ulong)options.MaxWaitBlocks };
        if (verdict.IsValid)
        {
            if (rival is not { Waits: false } && others.Count(entry => !entry.Waits) >= options.MaxPerSender) return Admission.Refused(PoolRule.SenderLimit);
            if (!MakeRoom(added, rival)) return Admission.Refused(PoolRule.PoolFull);
        }
        else
        {
            if (rival is { Waits: false } || !mayWait) return Admission.Invalid(verdict);
            if (!outbids) return Admission.Invalid(taken);
            Entry[] without = [.. _entries.Where(entry => entry != rival), added];
            if (others.Count(entry => entry.Waits) >= options.MaxWaitingPerSender
                || without.Where(entry => entry.Waits).Sum(entry => entry.Transaction.Size) > MaxWaitingBytes
                || without.Sum(entry => entry.Transaction.Size) > options.MaxBytes)
            {
                return new Admission(verdict, PoolRule.WaitingFull);
            }
        }

        if (rival is not null) Drop(rival, PoolRule.Replaced, transaction.Id);
        _entries.Add(added);
        Promote(state);
        return verdict.IsValid ? Admission.Accepted : new Admission(verdict, PoolRule.Waiting);
    }

    public void Follow(IReadOnlyList<HashedBlock> disconnected, IReadOnlyList<HashedBlock> connected, IStateView state)
    {
        Dropped.Clear();
        ulong height = state.Height + 1;
        List<HashedTransaction> confirmed = [.. connected.SelectMany(block => block.Transactions)];
        foreach (HashedTransaction transaction in confirmed)
        {
            foreach (Entry entry in _entries.ToArray())
            {
                if (!IsSameTag(entry.Transaction, transaction)) continue;
                if (entry.Transaction.Id == transaction.Id)
                    _entries.Remove(entry);
                else
                    Drop(entry, PoolRule.Conflicting, transaction.Id);
            }
        }

        foreach (Entry entry in _entries.ToArray())
        {
            if (IsExpired(entry.Body, height))
                Drop(entry, PoolRule.Expired);
            else if (!TransactionRules.CheckOpening(entry.Body, profile, state).IsValid)
                Drop(entry, PoolRule.None);
            else if (!entry.Waits && EarlyBy(entry.Body, height) > options.MaxWaitBlocks)
                Drop(entry, PoolRule.None);
            else if (!entry.Waits && EarlyBy(entry.Body, height) > 0)
                HoldBack(entry, state);
        }

        foreach (HashedTransaction transaction in disconnected.SelectMany(block => block.Transactions.Reverse()))
        {
            if (transaction.Transaction.IsFromRoot || confirmed.Exists(other => other.Id == transaction.Id)) continue;
            Verdict verdict = TransactionRules.CheckAgainstState(transaction.Transaction, profile, state, height);
            if (confirmed.Find(other => IsSameTag(other, transaction)) is { } taker)
                Dropped.Add((transaction.Id, PoolRule.Conflicting, taker.Id));
            else if (!verdict.IsValid && !MayPass(transaction.Transaction, state))
                Dropped.Add((transaction.Id, IsExpired(transaction.Transaction, height) ? PoolRule.Expired : PoolRule.None, null));
            else
                _entries.Insert(0, new Entry(transaction) { Waits = !verdict.IsValid, Until = state.Height + (ulong)options.MaxWaitBlocks });
        }

        foreach (Address sender in _entries.Select(entry => entry.Body.Sender).Distinct().ToArray()) HoldBackUnpayable(sender, state);
        Promote(state);
        foreach (IGrouping<Address, Entry> sender in _entries.Where(entry => entry.Waits).GroupBy(entry => entry.Body.Sender).ToArray())
        {
            foreach (Entry entry in sender.Skip(options.MaxWaitingPerSender)) Drop(entry, PoolRule.WaitingFull);
        }

        foreach (Entry entry in _entries.Where(entry => entry.Waits && entry.Until < state.Height).ToArray()) Drop(entry, PoolRule.WaitedTooLong);
        while (WaitingBytes > MaxWaitingBytes) Drop(_entries.Last(entry => entry.Waits), PoolRule.WaitingFull);
        while (Bytes > options.MaxBytes) Drop(_entries.FindLast(entry => entry.Waits) ?? Cheapest(_entries), PoolRule.PoolFull);
    }

    private static bool IsSameTag(HashedTransaction left, HashedTransaction right) =>
        left.Transaction.Sender == right.Transaction.Sender && left.Transaction.Tag == right.Transaction.Tag;

    private static ulong SpendableOf(Address sender, IStateView state) => state.BalanceOf(sender) - state.LockedOf(sender);

    private static int CompareRates(Entry left, Entry right) =>
        ((UInt128)left.Body.Fee * (ulong)right.Transaction.Size).CompareTo((UInt128)right.Body.Fee * (ulong)left.Transaction.Size);

    /// <summary>The one that pays least for each byte; of equals the one whose turn is last.</summary>
    private static Entry Cheapest(IEnumerable<Entry> entries) => entries.Aggregate((cheapest, entry) => CompareRates(entry, cheapest) <= 0 ? entry : cheapest);

    private bool IsExpired(Transaction body, ulong height) => profile.Format.Traits.TagsExpire && body.Tag.ValidUntil < height;

    private long EarlyBy(Transaction body, ulong height) =>
        profile.Format.Traits.TagsExpire ? (long)(body.Tag.ValidUntil - height) - (long)profile.TagWindow : 0;

    /// <summary>Whether nothing is wrong but the balance, or a window that opens soon.</summary>
    private bool MayPass(Transaction body, IStateView state) =>
        !IsExpired(body, state.Height + 1)
        && EarlyBy(body, state.Height + 1) <= options.MaxWaitBlocks
        && !state.IsTagUsed(body.Sender, body.Tag)
        && TransactionRules.CheckOpening(body, profile, state).IsValid;

    private bool MakeRoom(Entry added, Entry? rival)
    {
        List<Entry> left = [.. _entries.Where(entry => entry != rival)];
        var doomed = new List<Entry>();
        while (left.Sum(entry => (long)entry.Transaction.Size) + added.Transaction.Size > options.MaxBytes)
        {
            if (left.Count == 0) return false;
            Entry next = left.FindLast(entry => entry.Waits) ?? Cheapest(left);
            if (!next.Waits && CompareRates(next, added) >= 0) return false;
            left.Remove(next);
            doomed.Add(next);
        }

        foreach (Entry entry in doomed) Drop(entry, PoolRule.PoolFull);
        return true;
    }

    private void HoldBack(Entry entry, IStateView state)
    {
        entry.Waits = true;
        entry.Until = state.Height + (ulong)options.MaxWaitBlocks;
    }

    private void HoldBackUnpayable(Address sender, IStateView state)
    {
        ulong left = SpendableOf(sender, state);
        int kept = 0;
        foreach (Entry entry in _entries.Where(entry => entry.Body.Sender == sender && !entry.Waits).ToArray())
        {
            if (left < entry.Cost)
            {
                HoldBack(entry, state);
            }
            else if (kept == options.MaxPerSender)
            {
                Drop(entry, PoolRule.SenderLimit);
            }
            else
            {
                left -= entry.Cost;
                kept++;
            }
        }
    }

    /// <summary>Makes ready what need not wait, of each sender the oldest first; their turns are last, in the same order.</summary>
    private void Promote(IStateView state)
    {
        var promoted = new List<Entry>();
        foreach (Address sender in _entries.Where(entry => entry.Waits).Select(entry => entry.Body.Sender).Distinct())
        {
            ulong spent = _entries.Where(entry => entry.Body.Sender == sender && !entry.Waits).Aggregate(0UL, (sum, entry) => sum + entry.Cost);
            int ready = _entries.Count(entry => entry.Body.Sender == sender && !entry.Waits);
            foreach (Entry entry in _entries.Where(entry => entry.Body.Sender == sender && entry.Waits))
            {
                if (ready >= options.MaxPerSender || EarlyBy(entry.Body, state.Height + 1) > 0 || SpendableOf(sender, state) - spent < entry.Cost) continue;
                spent += entry.Cost;
                ready++;
                promoted.Add(entry);
            }
        }

        _entries = [.. _entries.Except(promoted), .. _entries.Where(promoted.Contains)];
        foreach (Entry entry in promoted) entry.Waits = false;
    }

    private void Drop(Entry entry, PoolRule rule, TransactionId? by = null)
    {
        _entries.Remove(entry);
        Dropped.Add((entry.Transaction.Id, rule, by));
    }

    private sealed class Entry(HashedTransaction transaction)
    {
        public HashedTransaction Transaction => transaction;

        public Transaction Body => transaction.Transaction;

        public ulong Cost => Body.Amount + Body.Fee;

        public bool Waits { get; set; }

        public ulong Until { get; set; }
    }
}
