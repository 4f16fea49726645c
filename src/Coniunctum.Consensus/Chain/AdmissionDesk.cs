using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// A transaction's way into the pool: cheap checks, then its signature, then the pool. While one batch of signatures is being
/// verified the next one gathers.
/// </summary>
internal sealed class AdmissionDesk(ChainProfile profile, PoolOptions options, Mempool pool)
{
    private readonly Dictionary<Hash256, Applicant> _applicants = [];
    private List<Applicant> _waiting = [];
    private List<Applicant> _inFlight = [];
    private int _tickets;
    private long? _job;

    public void Take(
        long ticket, HashedTransaction transaction, IStateView state, Func<long> nextNumber, IEffectSink<ChainEffect> effects)
    {
        Verdict alone = TransactionRules.CheckAlone(transaction, profile);
        Admission admission = alone.IsValid ? pool.Check(transaction, state) : Admission.Invalid(alone);
        if (admission.IsAccepted && _tickets >= options.MaxUnverified) admission = Admission.Refused(PoolRule.Busy);
        if (!admission.IsAccepted)
        {
            effects.Emit(new ChainEffect.TransactionJudged(ticket, transaction, admission));
            return;
        }

        _tickets++;
        if (_applicants.TryGetValue(transaction.Leaf, out Applicant? same))
        {
            same.Tickets.Add(ticket);
            return;
        }

        var applicant = new Applicant(transaction, ticket);
        _applicants.Add(transaction.Leaf, applicant);
        _waiting.Add(applicant);
        if (_job is null) SendBatch(nextNumber, effects);
    }

    public void TakeAnswers(
        ChainInput.SignaturesVerified verified, IStateView state, Func<long> nextNumber, IEffectSink<ChainEffect> effects)
    {
        if (verified.Job != _job) throw new InvalidOperationException("An answer belongs to no job.");
        var dropped = new List<Mempool.Dropped>();
        for (int i = 0; i < _inFlight.Count; i++)
        {
            Applicant applicant = _inFlight[i];
            SignatureAnswer answer = verified.Answers[i];
            Verdict signed = TransactionRules.CheckSigner(applicant.Transaction, answer.Outcome, answer.Signer);
            Admission admission = signed.IsValid
                ? pool.TryAdd(applicant.Transaction, state, dropped)
                : Admission.Invalid(signed);
            Tell(applicant, admission, effects);
        }

        foreach (Mempool.Dropped drop in dropped) effects.Emit(new ChainEffect.TransactionDropped(drop.Transaction, drop.Reason));
        _job = null;
        _inFlight.Clear();
        if (_waiting.Count > 0) SendBatch(nextNumber, effects);
    }

    /// <summary>Answers everyone who submitted the transaction; only one of them has brought it in.</summary>
    private void Tell(Applicant applicant, Admission admission, IEffectSink<ChainEffect> effects)
    {
        _applicants.Remove(applicant.Transaction.Leaf);
        _tickets -= applicant.Tickets.Count;
        foreach (long ticket in applicant.Tickets)
        {
            effects.Emit(new ChainEffect.TransactionJudged(ticket, applicant.Transaction, admission));
            if (admission.IsAccepted) admission = Admission.Refused(PoolRule.AlreadyKnown);
        }
    }

    private void SendBatch(Func<long> nextNumber, IEffectSink<ChainEffect> effects)
    {
        (_inFlight, _waiting) = (_waiting, _inFlight);
        _job = nextNumber();
        ImmutableArray<SignatureClaim> claims = [.. _inFlight.Select(applicant => BlockSignatures.ClaimOf(applicant.Transaction))];
        effects.Emit(new ChainEffect.VerifySignatures(_job.Value, claims));
    }

    private sealed class Applicant(HashedTransaction transaction, long ticket)
    {
        public HashedTransaction Transaction => transaction;

        public List<long> Tickets { get; } = [ticket];
    }
}
