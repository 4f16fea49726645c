using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>Blocks that are proposed as the next one: their signatures and what they do are checked, and nothing is kept.</summary>
internal sealed class ProposalValidator(ChainProfile profile, Mempool pool)
{
    // More than a round of any vote needs; beyond it a proposal is not judged at all, which is no permission.
    private const int MaxInFlight = 64;

    private readonly Dictionary<long, Proposal> _inFlight = [];

    /// <summary>Takes a proposal whose header and body were checked behind the tip.</summary>
    public void Take(BlockNode proposal, LedgerState state, Func<long> nextNumber, IEffectSink<ChainEffect> effects)
    {
        var signatures = new BlockSignatures(proposal, pool);
        if (signatures.Claims.IsEmpty)
        {
            effects.Emit(new ChainEffect.ProposalJudged(proposal.Body!, Execute(proposal, state)));
            return;
        }

        if (_inFlight.Count >= MaxInFlight)
        {
            effects.Emit(new ChainEffect.ProposalJudged(proposal.Body!, default));
            return;
        }

        long job = nextNumber();
        _inFlight.Add(job, new Proposal(proposal, signatures));
        effects.Emit(new ChainEffect.VerifySignatures(job, signatures.Claims));
    }

    /// <summary>Takes answers, if they belong to a proposal.</summary>
    public bool TryTakeAnswers(
        ChainInput.SignaturesVerified verified, BlockNode tip, LedgerState state, IEffectSink<ChainEffect> effects)
    {
        if (!_inFlight.Remove(verified.Job, out Proposal proposal)) return false;
        Verdict verdict = proposal.Signatures.Judge(verified.Answers);
        if (verdict.IsValid)
            verdict = ReferenceEquals(proposal.Node.Parent, tip) ? Execute(proposal.Node, state) : Verdict.MissingParent(proposal.Node.Body!.Header.Previous);
        effects.Emit(new ChainEffect.ProposalJudged(proposal.Node.Body!, verdict));
        return true;
    }

    private Verdict Execute(BlockNode proposal, LedgerState state) =>
        BlockRules.Execute(proposal.Body!, profile, new StateOverlay(state), proposal.Weight, out _);

    private readonly record struct Proposal(BlockNode Node, BlockSignatures Signatures);
}
