using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Pool;

/// <summary>Whether a transaction may join a pool, and whether it would wait there. Reads the pool, and changes nothing.</summary>
/// <param name="profile">The chain's profile.</param>
/// <param name="options">How much the pool keeps.</param>
/// <param name="index">What the pool holds.</param>
internal sealed class AdmissionRules(ChainProfile profile, PoolOptions options, PoolIndex index)
{
    /// <summary>Checks everything about a transaction but its signature and whether a full pool has room.</summary>
    /// <param name="transaction">One that <see cref="TransactionRules.CheckAlone"/> accepted.</param>
    /// <param name="state">The state at the tip.</param>
    /// <param name="mayWait">Whether it is to be kept when it lacks a balance or is too early.</param>
    public Admission Check(HashedTransaction transaction, IStateView state, bool mayWait)
    {
        if (index.Find(transaction.Id) is not null) return Admission.Refused(PoolRule.AlreadyKnown);
        Transaction body = transaction.Transaction;
        Verdict verdict = TransactionRules.CheckAgainstState(body, profile, state, state.Height + 1);
        if (!verdict.IsValid && !CanWaitFor(verdict, body, state)) return Admission.Invalid(verdict);

        // A waiting transaction claims nothing: one that need not wait takes its tag without outbidding it.
        PoolEntry? rival = index.Find(TagOwner.Of(body));
        SenderQueue? queue = index.Find(body.Sender);
        PoolEntry? readyRival = rival?.Place == PoolStatus.Ready ? rival : null;
        if (readyRival is not null && !Outbids(transaction, readyRival)) return Admission.Invalid(TagTaken(body));
        if (verdict.IsValid) verdict = CheckFunds(body, SpendableOf(body.Sender, state), (queue?.Spends ?? 0) - (readyRival?.Cost ?? 0));
        if (verdict.IsValid)
        {
            return readyRival is null && queue?.ReadyCount >= options.MaxPerSender
                ? Admission.Refused(PoolRule.SenderLimit)
                : Admission.Accepted;
        }

        if (readyRival is not null || !mayWait) return Admission.Invalid(verdict);
        if (rival is not null && !Outbids(transaction, rival)) return Admission.Invalid(TagTaken(body));
        int waiting = (queue?.Waiting.Count ?? 0) - (rival is null ? 0 : 1);
        int size = transaction.Size - (rival?.Size ?? 0);
        bool hasRoom = waiting < options.MaxWaitingPerSender && index.WaitingBytes + size <= options.MaxWaitingBytes && index.Bytes + size <= options.MaxBytes;
        return new Admission(verdict, hasRoom ? PoolRule.Waiting : PoolRule.WaitingFull);
    }

    /// <summary>
    /// Whether what is wrong with a transaction may pass: its window opens soon, or the sender may yet be paid. Every other rule
    /// must hold already, so that only these two can keep it waiting.
    /// </summary>
    public bool CanWaitFor(Verdict verdict, Transaction body, IStateView state) => verdict.Rule switch
    {
        BlockRule.TagOutsideWindow =>
            OpensSoon(body, state.Height + 1)
            && !state.IsTagUsed(body.Sender, body.Tag)
            && TransactionRules.CheckOpening(body, profile, state).IsValid,
        BlockRule.BalanceInsufficient => TransactionRules.CheckOpening(body, profile, state).IsValid,
        _ => false,
    };

    /// <summary>Whether a transaction is too early for a height, and its window opens within the blocks that one may wait.</summary>
    public bool OpensSoon(Transaction body, ulong height) =>
        body.Tag.ValidUntil >= height && body.Tag.ValidUntil - height - profile.TagWindow <= (ulong)options.MaxWaitBlocks;

    /// <summary>What a sender's transactions may cost together: rewards that are not mature do not count.</summary>
    public static ulong SpendableOf(Address sender, IStateView state) => state.BalanceOf(sender) - state.LockedOf(sender);

    /// <summary>Checks that a sender can pay a transaction with what others leave.</summary>
    public static Verdict CheckFunds(Transaction body, ulong spendable, UInt128 spent)
    {
        ulong left = spendable < spent ? 0 : spendable - (ulong)spent;
        ulong cost = body.Amount + body.Fee;
        return left < cost ? Verdict.Invalid(BlockRule.BalanceInsufficient, left, cost) : Verdict.Valid;
    }

    private static Verdict TagTaken(Transaction body) =>
        Verdict.Invalid(BlockRule.TagReused, body.Tag.Value, "a tag that the sender has not used, or a fee that replaces its use");

    private bool Outbids(HashedTransaction transaction, PoolEntry rival) =>
        profile.Format.Traits.HasFees
        && transaction.Transaction.Fee >= rival.Body.Fee + ((UInt128)options.RelayRate * (ulong)transaction.Size);
}
