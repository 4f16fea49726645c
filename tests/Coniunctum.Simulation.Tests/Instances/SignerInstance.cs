using Coniunctum.Consensus;
using Coniunctum.Consensus.Finality;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Simulation.Tests.Instances;

/// <summary>A single signer against the seams alone: it signs a block a second, and every block is final.</summary>
internal sealed class SignerInstance(Address signer) : ConsensusSpec, IConsensusRule
{
    public override string RuleName => "signer-instance";

    public override Hash256 GenesisTarget => Hash256.Zero;

    public override IEnumerable<Parameter> Parameters => [new("signer", signer.Value)];

    public int StateLag => int.MaxValue;

    public override ConsensusParts Build(ChainProfile profile, BlockId genesis) =>
        new(this, new HeaviestChain(), new InstantFinality(), RuleState.None);

    public Verdict Check(in HeaderView header, IAncestors ancestors, RuleState parent, Timestamp? now, SealClaims seals)
    {
        if (header.Header.Nonce != 0) return Verdict.Invalid(BlockRule.ProofInvalid, header.Header.Nonce, 0);
        seals.Add(new SignatureClaim(header.Digest, header.Seal, signer));
        return MedianTime.CheckPast(header, ancestors);
    }

    public RuleState Advance(RuleState parent, in HeaderView header, IStateView? after) => parent;

    public void Prepare(ref HeaderDraft draft, IAncestors ancestors, RuleState parent) =>
        draft.Timestamp = MedianTime.ForCandidate(draft.Timestamp, ancestors);

    public Work Weight(in HeaderView header, RuleState parent) => Work.From(1);

    /// <summary>Signs a block a second. It is announced when it is durable, so that no crash leads to a second one at a height that others have seen.</summary>
    internal sealed class Producer(PrivateKey key, ISignatureScheme scheme) : IBlockProducer
    {
        private JobId _job;

        public void Step(IProducerInput input, NodeTime now, IEffectSink<IProducerEffect> effects)
        {
            if (input is ProducerInput.TipChanged)
                effects.Emit(new NodeEffect.SetTimer(new TimerId("next"), now.Steady.Plus(TimeSpan.FromSeconds(1))));
            else if (input is NodeInput.TimerFired)
                effects.Emit(new ProducerEffect.Prepare(scheme.AddressOf(key.PublicKey)));
            else if (input is ProducerInput.Prepared prepared)
                effects.Emit(new NodeEffect.StartJob(_job = _job.Next(), new Sign(prepared.Candidate.WithExtraNonce(0), key, scheme)));
            else if (input is NodeInput.JobDone { Result: JobResult.Sealed done })
                effects.Emit(new ProducerEffect.Adopt(done.Block));
        }
    }

    internal sealed class Sign(BlockDraft draft, PrivateKey key, ISignatureScheme scheme) : IProducerJob
    {
        public Task<JobResult?> RunAsync(CancellationToken cancellation) => Task.FromResult<JobResult?>(new JobResult.Sealed(Seal()));

        public HashedBlock Seal()
        {
            byte[] seal = new byte[scheme.SignatureSize];
            scheme.Sign(key, draft.Format.Digest(draft.Header), seal);
            return draft.Seal(draft.Header.Nonce, seal);
        }
    }
}
