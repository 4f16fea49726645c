using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>Blocks that are proposed as the next one: their signatures and what they do are checked, and only what they do is kept.</summary>
internal sealed class ProposalValidator(Mempool pool, PreparedBlocks prepared)
{
    // More than a round of any vote needs; beyond it a proposal is not judged at all, which is no permission.
    private const int MaxInFlight = 64;

    private readonly Dictionary<JobId, Proposal> _inFlight = [];

    /// <summary>Takes a proposal whose header and body were checked behind the tip.</summary>
    public void Take(BlockNode proposal, Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        var signatures = new BlockSignatures(proposal, pool, prepared);
        if (signatures.Claims.IsEmpty)
        {
            effects.Emit(new ProducerInput.Judged(proposal.Body!, prepared.Judge(proposal)));
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
    public bool TryTakeAnswers(NodeInput.SignaturesVerified verified, BlockNode tip, IEffectSink<IChainEffect> effects)
    {
        if (!_inFlight.Remove(verified.Job, out Proposal proposal)) return false;
        Verdict verdict = proposal.Signatures.Judge(verified.Answers);
        if (verdict.IsValid)
            verdict = ReferenceEquals(proposal.Node.Parent, tip) ? prepared.Judge(proposal.Node) : Verdict.MissingParent(proposal.Node.Body!.Header.Previous);
        effects.Emit(new ProducerInput.Judged(proposal.Node.Body!, verdict));
        return true;
    }

    private readonly record struct Proposal(BlockNode Node, BlockSignatures Signatures);
}
