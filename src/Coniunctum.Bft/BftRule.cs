using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Bft;

/// <summary>
/// A header says who certifies its successor, and nothing else of the rule: what makes it count is its certificate. There is
/// no seal: a block that was proposed again in a later round is another's, and nothing depends on whose it was.
/// </summary>
internal sealed class BftRule : IConsensusRule
{
    /// <summary>How far ahead of a validator's clock a proposal may lie. Certified blocks are never deferred.</summary>
    public static readonly TimeSpan Allowance = TimeSpan.FromSeconds(30);

    private static readonly Work s_weight = Work.From(1);

    /// <inheritdoc/>
    public int StateLag => 0;

    /// <inheritdoc/>
    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
    {
        var state = (BftState)parent;
        if (header.Header.Nonce != 0) return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Nonce, 0);
        if (!header.Seal.IsEmpty) return Verdict.Invalid(BlockRule.SealInvalid, (ulong)header.Seal.Length, "no seal");
        if (header.Header.Target != state.Next.Hash && !state.IsNextClaimed)
        {
            // While the parent is not executed it may be the parent that changes the set: the block has come too early.
            return state.IsAssumed
                ? Verdict.ParentPending(header.Header.Previous)
                : Verdict.Invalid(BlockRule.TargetWrong, header.Header.Target, state.Next.Hash);
        }

        Verdict past = MedianTime.CheckPast(header, ancestors);
        return past.IsValid ? MedianTime.CheckFuture(header, now, Allowance) : past;
    }

    /// <inheritdoc/>
    public TimeSpan? FutureAllowanceAt(ulong height) => Allowance;

    /// <inheritdoc/>
    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after)
    {
        ValidatorSet current = ((BftState)parent).Next;
        return after is null
            ? new BftState(current, current) { IsAssumed = true }
            : new BftState(current, ValidatorsApplication.SetAfter(current, after));
    }

    /// <inheritdoc/>
    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent)
    {
        draft.Target = ((BftState)parent).Next.Hash;
        draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);
    }

    /// <inheritdoc/>
    public Work Weight(in HeaderView header, RuleState parent) => s_weight;
}
