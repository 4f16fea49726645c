using System.Collections.Immutable;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// A transaction's way into the pool: cheap checks, then its signature, then the pool. While one batch of signatures is being
/// verified the next one gathers. What an earlier run has saved goes along, a part with each batch.
/// </summary>
internal sealed class MempoolAdmission(ChainProfile profile, PoolOptions options, Mempool pool)
{
    // Enough to verify in the widest lanes, and not so many that what arrives meanwhile waits for long.
    private const int MaxSavedInBatch = 512;

    // To ask for more than one owns costs nothing: such submissions must not keep the others from being verified.
    private const int UnfundedShare = 4;

    private readonly Dictionary<Hash256, Applicant> _applicants = [];
    private readonly Queue<HashedTransaction> _saved = new();
    private readonly List<PoolEvent> _events = [];
    private readonly SourceQuota _funded = new(options.MaxUnverified, ChainParts.PeerSlots, largest: 1);
    private readonly SourceQuota _unfunded = new(options.MaxUnverified / UnfundedShare, ChainParts.PeerSlots, largest: 1);
    private List<Applicant> _waiting = [];
    private List<Applicant> _inFlight = [];
    private JobId? _job;

    public void Take(NodeInput.TransactionArrived arrived, IStateView state, Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        HashedTransaction transaction = arrived.Transaction;
        Admission admission = CheckUnsigned(transaction, state, arrived.MayWait);
        bool mayEnter = admission.IsValid || admission.IsWaiting;
        if (mayEnter && !TryCharge(arrived.From, admission.IsValid))
        {
            admission = Admission.Refused(PoolRule.Busy);
            mayEnter = false;
        }

        if (!mayEnter)
        {
            effects.Emit(new NodeEffect.TransactionJudged(arrived.Ticket, arrived.From, transaction, admission));
            return;
        }

        Applicant applicant = AddApplicant(transaction, PoolStatus.Outside);
        applicant.Tickets.Add(new Ticket(arrived.Ticket, arrived.From, admission.IsValid ? _funded : _unfunded));
        applicant.MayWait |= arrived.MayWait;
        if (_job is null) SendBatch(state, nextJob, effects);
    }

    /// <summary>Takes the pool of an earlier run, as much as a pool may hold; there are no tickets for it.</summary>
    public void TakeSaved(IEnumerable<HashedTransaction> transactions, IStateView state, Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        foreach (HashedTransaction transaction in transactions) _saved.Enqueue(transaction);
        if (_job is null) SendBatch(state, nextJob, effects);
    }

    public void TakeAnswers(
        NodeInput.SignaturesVerified verified, IStateView state, Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        if (verified.Job != _job) throw new InvalidOperationException("An answer belongs to no job.");
        for (int i = 0; i < _inFlight.Count; i++)
        {
            Applicant applicant = _inFlight[i];
            RecoveredSigner answer = verified.Answers[i];
            Verdict signed = TransactionRules.CheckSigner(applicant.Transaction, answer.Outcome, answer.Signer);
            Admission admission = signed.IsValid ? Enter(applicant, state) : Admission.Invalid(signed);
            Report(applicant, admission, effects);
            foreach (PoolEvent moved in _events) effects.Emit(moved.ToEffect());
            _events.Clear();
        }

        _job = null;
        _inFlight.Clear();
        SendBatch(state, nextJob, effects);
    }

    /// <summary>Charges whoever brings a transaction for one place. The node's own users have places of their own.</summary>
    private bool TryCharge(PeerId from, bool isFunded)
    {
        if (from.IsOwn && _funded.HeldBy(from) + _unfunded.HeldBy(from) >= (isFunded ? options.MaxUnverified : options.MaxUnverified / UnfundedShare)) return false;
        return (isFunded ? _funded : _unfunded).TryCharge(from, 1);
    }

    private Admission CheckUnsigned(HashedTransaction transaction, IStateView state, bool mayWait)
    {
        Verdict alone = TransactionRules.CheckAlone(transaction, profile);
        if (!alone.IsValid) return Admission.Invalid(alone);
        return pool.Check(transaction, state, mayWait);
    }

    /// <summary>Asks the application that is called, and puts the transaction into the pool. Only now: to ask costs work, and anyone can call in another's name.</summary>
    private Admission Enter(Applicant applicant, IStateView state)
    {
        CallOutcome call = TransactionRules.AskAdmission(applicant.Transaction.Transaction, profile, state);
        return call.IsValid
            ? pool.TryAdd(applicant.Transaction, state, applicant.MayWait, applicant.From, _events)
            : Admission.Refused(PoolRule.CallRefused) with { Reason = call.Reason };
    }

    private Applicant AddApplicant(HashedTransaction transaction, PoolStatus from)
    {
        if (_applicants.TryGetValue(transaction.Leaf, out Applicant? same)) return same;
        var applicant = new Applicant(transaction, from);
        _applicants.Add(transaction.Leaf, applicant);
        _waiting.Add(applicant);
        return applicant;
    }

    /// <summary>Answers everyone who submitted the transaction; only one of them has brought it in.</summary>
    private void Report(Applicant applicant, Admission admission, IEffectSink<IChainEffect> effects)
    {
        _applicants.Remove(applicant.Transaction.Leaf);
        if (applicant.From == PoolStatus.Saved) ReportLoss(applicant.Transaction, admission, effects);
        foreach (Ticket ticket in applicant.Tickets)
        {
            ticket.Quota.Release(ticket.From, 1);
            effects.Emit(new NodeEffect.TransactionJudged(ticket.Number, ticket.From, applicant.Transaction, admission));
            if (admission.IsValid || admission.IsWaiting) admission = Admission.Refused(PoolRule.AlreadyKnown);
        }
    }

    /// <summary>What was saved and is not kept was in the pool once: its life is reported to its end.</summary>
    private static void ReportLoss(HashedTransaction transaction, Admission admission, IEffectSink<IChainEffect> effects)
    {
        if (admission.IsValid || admission.IsWaiting || admission.Rule == PoolRule.AlreadyKnown) return;
        effects.Emit(new NodeEffect.TransactionDropped(transaction, admission, null));
    }

    private void SendBatch(IStateView state, Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        int added = 0;
        while (added < MaxSavedInBatch && _saved.TryDequeue(out HashedTransaction? transaction))
        {
            Admission admission = CheckUnsigned(transaction, state, mayWait: true);
            ReportLoss(transaction, admission, effects);
            if (!admission.IsValid && !admission.IsWaiting) continue;
            AddApplicant(transaction, PoolStatus.Saved).MayWait = true;
            added++;
        }

        if (_waiting.Count == 0) return;
        (_inFlight, _waiting) = (_waiting, _inFlight);
        _job = nextJob();
        ImmutableArray<SignatureClaim> claims = [.. _inFlight.Select(applicant => BlockSignatures.ClaimOf(applicant.Transaction))];
        effects.Emit(new NodeEffect.VerifySignatures(_job.Value, claims));
    }

    private sealed class Applicant(HashedTransaction transaction, PoolStatus from)
    {
        public HashedTransaction Transaction => transaction;

        public PoolStatus From => from;

        public bool MayWait { get; set; }

        public List<Ticket> Tickets { get; } = [];
    }

    private readonly record struct Ticket(long Number, PeerId From, SourceQuota Quota);
}
