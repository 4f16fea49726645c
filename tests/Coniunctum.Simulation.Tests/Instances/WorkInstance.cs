using Coniunctum.Consensus;
using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Puzzles;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Formats;
using Coniunctum.Ledger.State;
using Coniunctum.Mining;

namespace Coniunctum.Simulation.Tests.Instances;

/// <summary>Proof-of-work against the seams alone: what a rule of one's own takes.</summary>
internal sealed class WorkInstance(ulong hashes) : ConsensusSpec, IConsensusRule
{
    public override string RuleName => "work-instance";

    public override Hash256 GenesisTarget { get; } = ProofOfWork.TargetFor(hashes);

    public override IEnumerable<Parameter> Parameters => [new("target", GenesisTarget)];

    public int StateLag => int.MaxValue;

    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) =>
        new(this, new HeaviestChain(), new NoFinality(), RuleState.None);

    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
    {
        if (header.Header.Target != GenesisTarget) return Verdict.Invalid(BlockRule.TargetWrong, header.Header.Target, GenesisTarget);
        if (header.Digest >= GenesisTarget) return Verdict.Invalid(BlockRule.ProofInvalid, header.Digest, GenesisTarget);
        Verdict past = MedianTime.CheckPast(header, ancestors);
        return past.IsValid ? MedianTime.CheckFuture(header, now, TimeSpan.FromHours(2)) : past;
    }

    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => parent;

    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent)
    {
        draft.Target = GenesisTarget;
        draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);
    }

    public Work Weight(in HeaderView header, RuleState parent) => Work.FromTarget(header.Header.Target);

    /// <summary>Mines on every tip.</summary>
    internal sealed class Producer(Address receiver, INonceSearch search) : IBlockProducer
    {
        private JobId _job;

        public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
        {
            if (input is ProducerInput.TipChanged)
            {
                effects.Emit(new NodeEffect.CancelJob(_job));
                effects.Emit(new ProducerEffect.Prepare(receiver));
            }
            else if (input is ProducerInput.Prepared prepared)
            {
                effects.Emit(new NodeEffect.StartJob(_job = _job.Next(), new Search(prepared.Candidate.WithExtraNonce(0), search)));
            }
            else if (input is NodeInput.JobDone { Result: JobResult.Sealed found })
            {
                effects.Emit(new ProducerEffect.Adopt(found.Block));
            }
        }
    }

    private sealed class Search(BlockDraft draft, INonceSearch search) : IProducerJob
    {
        public bool IsSearch => true;

        public Task<JobResult?> RunAsync(CancellationToken cancellation)
        {
            var format = (IFieldHashFormat)draft.Format;
            byte[] hashes = new byte[format.FieldHashesSize];
            format.WriteFieldHashes(draft.Header, hashes);
            JobResult? found = search.TryFind(new Sha3NoncePuzzle(hashes), draft.Header.Target, out ulong nonce, cancellation)
                ? new JobResult.Sealed(draft.Seal(nonce, default))
                : null;
            return Task.FromResult(found);
        }
    }
}
