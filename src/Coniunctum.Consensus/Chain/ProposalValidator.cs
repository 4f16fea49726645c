using Coniunctum.Consensus.Node;
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

    private readonly Dictionary<JobId, Proposal> _inFlight = [];

    /// <summary>Takes a proposal whose header and body were checked behind the tip.</summary>
    public void Take(BlockNode proposal, LedgerState state, Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        var signatures = new BlockSignatures(proposal, pool);
        if (signatures.Claims.IsEmpty)
        {
            effects.Emit(new ProducerInput.Judged(proposal.Body!, Execute(proposal, state)));
            return;
        }

        if (_inFlight.Count >= MaxInFlight)
        {
            effects.Emit(new ProducerInput.Judged(proposal.Body!, default));
            return;
        }

        JobId job = nextJob();
        _inFlight.Add(job, new Proposal(proposal, signatures));
        effects.Emit(new NodeEffect.VerifySignatures(job, signatures.Claims));
    }

    /// <summary>Takes answers, if they belong to a proposal.</summary>
    public bool TryTakeAnswers(
        NodeInput.SignaturesVerified verified, BlockNode tip, LedgerState state, IEffectSink<IChainEffect> effects)
    {
        if (!_inFlight.Remove(verified.Job, out Proposal proposal)) return false;
        Verdict verdict = proposal.Signatures.Judge(verified.Answers);
        if (verdict.IsValid)
            verdict = ReferenceEquals(proposal.Node.Parent, tip) ? Execute(proposal.Node, state) : Verdict.MissingParent(proposal.Node.Body!.Header.Previous);
        effects.Emit(new ProducerInput.Judged(proposal.Node.Body!, verdict));
        return true;
    }

    private Verdict Execute(BlockNode proposal, LedgerState state) =>
        BlockRules.Execute(proposal.Body!, profile, new StateOverlay(state), proposal.Weight, out _);

    private readonly record struct Proposal(BlockNode Node, BlockSignatures Signatures);
}
