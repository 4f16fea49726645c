using Coniunctum.Consensus.Difficulty;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Rules;

/// <summary>What a header must show under proof-of-work: the target that its ancestors imply, a proof, no seal, a sound time.</summary>
/// <param name="difficulty">Which target comes next.</param>
/// <param name="bounds">Between which targets the chain moves.</param>
/// <param name="proofOf">What is compared with the target.</param>
/// <param name="mayEqual">Whether a proof may equal its target, as in Bitcoin; in the papers it is less.</param>
/// <param name="hasTime">Whether headers carry timestamps.</param>
internal sealed class ProofOfWorkRule(
    IDifficultyRule difficulty, TargetBounds bounds, ProofOfWorkRule.HeaderProof proofOf, bool mayEqual, bool hasTime) : IConsensusRule
{
    /// <summary>Computes what is compared with a header's target.</summary>
    public delegate Hash256 HeaderProof(in HeaderView header);

    public int StateLag => int.MaxValue;

    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
    {
        Verdict verdict = CheckTarget(header, ancestors, parent);
        if (verdict.IsValid) verdict = CheckProof(header);
        if (!verdict.IsValid) return verdict;
        if (!header.Seal.IsEmpty) return Verdict.Reject(BlockRule.SealInvalid, (ulong)header.Seal.Length, "no seal");
        if (!hasTime) return Verdict.Valid;
        Verdict past = MedianTime.CheckPast(header, ancestors);
        return past.IsValid ? MedianTime.CheckFuture(header, now, difficulty.FutureAllowance) : past;
    }

    public TimeSpan? FutureAllowanceAt(ulong height) => hasTime ? difficulty.FutureAllowance : null;

    public bool ChecksWholly(ulong height, IAncestors ancestors, RuleState parent) =>
        KnowsTarget(height, ancestors, parent) && (!hasTime || ancestors.Has(MedianTime.Reach(height)));

    public Verdict CheckAlone(in HeaderView header)
    {
        var target = new Target(header.Header.Target);
        return target.IsZero || target > bounds.Limit
            ? Verdict.Reject(BlockRule.TargetWrong, header.Header.Target, $"a target from 1 to {bounds.Limit}")
            : CheckProof(header);
    }

    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => difficulty.Advance(parent, header, bounds);

    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent)
    {
        draft.Target = difficulty.Next(ancestors, bounds, parent);
        if (hasTime) draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);
    }

    public Work Weight(in HeaderView header, RuleState parent) => Work.FromTarget(header.Header.Target);

    private bool KnowsTarget(ulong height, IAncestors ancestors, RuleState parent) =>
        ancestors.Has(bounds.Origin + difficulty.Reach(height - bounds.Origin)) && difficulty.Knows(height - bounds.Origin, parent);

    private Verdict CheckTarget(in HeaderView header, IAncestors ancestors, RuleState parent)
    {
        var target = new Target(header.Header.Target);
        if (KnowsTarget(header.Height, ancestors, parent))
        {
            Target next = difficulty.Next(ancestors, bounds, parent);
            return target == next ? Verdict.Valid : Verdict.Reject(BlockRule.TargetWrong, target.Value, next.Value);
        }

        var before = new Target(ancestors.Parent.Header.Target);
        return difficulty.MayFollow(target, before, header.Height - bounds.Origin, bounds)
            ? Verdict.Valid
            : Verdict.Reject(BlockRule.TargetWrong, target.Value, $"a target that may follow {before}");
    }

    private Verdict CheckProof(in HeaderView header)
    {
        Hash256 proof = proofOf(header);
        return proof < header.Header.Target || (mayEqual && proof == header.Header.Target)
            ? Verdict.Valid
            : Verdict.Reject(BlockRule.ProofInvalid, proof, header.Header.Target);
    }
}
