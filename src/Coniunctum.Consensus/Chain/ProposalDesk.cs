using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>Blocks that are proposed as the next one: their signatures and what they do are checked, and nothing is kept.</summary>
internal sealed class ProposalDesk(ChainProfile profile, Mempool pool)
{
    private readonly Dictionary<long, BlockNode> _inFlight = [];

    /// <summary>Takes a proposal whose header and body were checked behind the tip.</summary>
    public void Take(BlockNode proposal, LedgerState state, Func<long> nextNumber, IEffectSink<ChainEffect> effects)
    {
        ImmutableArray<SignatureClaim> claims = BlockSignatures.Collect(proposal, pool);
        if (claims.IsEmpty)
        {
            effects.Emit(new ChainEffect.ProposalJudged(proposal.Block, Execute(proposal, state)));
            return;
        }

        long job = nextNumber();
        _inFlight.Add(job, proposal);
        effects.Emit(new ChainEffect.VerifySignatures(job, claims));
    }

    /// <summary>Takes answers, if they belong to a proposal.</summary>
    public bool TryTakeAnswers(
        ChainInput.SignaturesVerified verified, BlockNode tip, LedgerState state, IEffectSink<ChainEffect> effects)
    {
        if (!_inFlight.Remove(verified.Job, out BlockNode? proposal)) return false;
        Verdict verdict = BlockSignatures.Judge(proposal, verified.Answers);
        if (verdict.IsValid)
            verdict = ReferenceEquals(proposal.Parent, tip) ? Execute(proposal, state) : Verdict.MissingParent(proposal.Block.Header.Previous);
        effects.Emit(new ChainEffect.ProposalJudged(proposal.Block, verdict));
        return true;
    }

    private Verdict Execute(BlockNode proposal, LedgerState state) =>
        BlockRules.Execute(proposal.Block, profile, new StateOverlay(state), proposal.Weight, out _);
}
