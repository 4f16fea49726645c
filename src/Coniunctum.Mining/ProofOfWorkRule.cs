using Coniunctum.Consensus;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;
using Coniunctum.Mining.Difficulty;

namespace Coniunctum.Mining;

/// <summary>What a header must show under proof-of-work: the target that its ancestors imply, a proof, no seal, a sound time.</summary>
/// <param name="difficulty">Which target comes next.</param>
/// <param name="bounds">Between which targets the chain moves.</param>
/// <param name="proofOf">What is compared with the target.</param>
/// <param name="mayEqual">Whether a proof may equal its target, as in Bitcoin; in the papers it is less.</param>
/// <param name="hasTime">Whether headers carry timestamps.</param>
public sealed class ProofOfWorkRule(
    IDifficultyRule difficulty, TargetBounds bounds, ProofOfWorkRule.HeaderProof proofOf, bool mayEqual, bool hasTime) : IConsensusRule
{
    private readonly IDifficultyRule _difficulty = difficulty ?? throw new ArgumentNullException(nameof(difficulty));
    private readonly HeaderProof _proofOf = proofOf ?? throw new ArgumentNullException(nameof(proofOf));

    /// <summary>Computes what is compared with a header's target.</summary>
    /// <param name="header">The header.</param>
    public delegate Hash256 HeaderProof(in HeaderView header);

    /// <inheritdoc/>
    public int StateLag => int.MaxValue;

    /// <inheritdoc/>
    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
    {
        ArgumentNullException.ThrowIfNull(ancestors);
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(seals);
        Verdict verdict = CheckTarget(header, ancestors, parent);
        if (verdict.IsValid) verdict = CheckProof(header);
        if (!verdict.IsValid) return verdict;
        if (!header.Seal.IsEmpty) return Verdict.Invalid(BlockRule.SealInvalid, (ulong)header.Seal.Length, "no seal");
        if (!hasTime) return Verdict.Valid;
        Verdict past = MedianTime.CheckPast(header, ancestors);
        return past.IsValid ? MedianTime.CheckFuture(header, now, _difficulty.FutureAllowance) : past;
    }

    /// <inheritdoc/>
    public TimeSpan? FutureAllowanceAt(ulong height) => hasTime ? _difficulty.FutureAllowance : null;

    /// <inheritdoc/>
    public bool ChecksWholly(ulong height, IAncestors ancestors, RuleState parent)
    {
        ArgumentNullException.ThrowIfNull(ancestors);
        ArgumentNullException.ThrowIfNull(parent);
        return KnowsTarget(height, ancestors, parent) && (!hasTime || ancestors.Has(MedianTime.Reach(height)));
    }

    /// <inheritdoc/>
    public Verdict CheckAlone(in HeaderView header)
    {
        var target = new Target(header.Header.Target);
        return target.IsZero || target > bounds.Limit
            ? Verdict.Invalid(BlockRule.TargetWrong, header.Header.Target, $"a target from 1 to {bounds.Limit}")
            : CheckProof(header);
    }

    /// <inheritdoc/>
    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after)
    {
        ArgumentNullException.ThrowIfNull(parent);
        return _difficulty.Advance(parent, header, bounds);
    }

    /// <inheritdoc/>
    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent)
    {
        ArgumentNullException.ThrowIfNull(ancestors);
        ArgumentNullException.ThrowIfNull(parent);
        draft.Target = _difficulty.Next(ancestors, bounds, parent);
        if (!hasTime) return;
        draft.EarliestTimestamp = MedianTime.EarliestForCandidate(draft.Timestamp, ancestors);
        draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);
    }

    /// <inheritdoc/>
    public Work Weight(in HeaderView header, RuleState parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        return Work.FromTarget(header.Header.Target);
    }

    private bool KnowsTarget(ulong height, IAncestors ancestors, RuleState parent) =>
        ancestors.Has(bounds.Origin + _difficulty.Reach(height - bounds.Origin)) && _difficulty.Knows(height - bounds.Origin, parent);

    private Verdict CheckTarget(in HeaderView header, IAncestors ancestors, RuleState parent)
    {
        var target = new Target(header.Header.Target);
        if (KnowsTarget(header.Height, ancestors, parent))
        {
            Target next = _difficulty.Next(ancestors, bounds, parent);
            return target == next ? Verdict.Valid : Verdict.Invalid(BlockRule.TargetWrong, target.Value, next.Value);
        }

        var before = new Target(ancestors.Parent.Header.Target);
        return _difficulty.MayFollow(target, before, header.Height - bounds.Origin, bounds)
            ? Verdict.Valid
            : Verdict.Invalid(BlockRule.TargetWrong, target.Value, $"a target that may follow {before}");
    }

    private Verdict CheckProof(in HeaderView header)
    {
        Hash256 proof = _proofOf(header);
        return proof < header.Header.Target || (mayEqual && proof == header.Header.Target)
            ? Verdict.Valid
            : Verdict.Invalid(BlockRule.ProofInvalid, proof, header.Header.Target);
    }
}
