using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Mining;
using Coniunctum.Node.Dev;

namespace Coniunctum.Node.Traffic;

/// <summary>
/// Shows invalid blocks to a chain of its own: the same profile at a target that takes a few hashes, so that faults behind the
/// proof can be shown without mining against the running chain. The chain is the library's state machine itself, which needs
/// neither threads nor a clock.
/// </summary>
internal sealed class InvalidBlockProbe
{
    private const ulong HashesABlock = 16;

    private readonly ChainCore _chain;
    private readonly Address _receiver;
    private readonly Hash256 _target = ProofOfWork.TargetFor(HashesABlock);
    private BlockFaultContext _context;

    /// <summary>Starts the chain, with one honest block.</summary>
    public InvalidBlockProbe(ChainProfile profile, Address receiver, Timestamp now, SeededEntropy entropy)
    {
        Profile = DevProfile.WithKnownUpgrade(profile with { Consensus = new ProofOfWork(_target) });
        _receiver = receiver;
        _context = new BlockFaultContext(Profile, entropy, now, default);
        _chain = new ChainCore(Profile, new PoolOptions());

        HashedBlock honest = Prove(PlanHonest()).Hash(Profile.Format, _chain.Genesis.Id);
        Verdict verdict = Judge(honest);
        if (_chain.Tip.Id != honest.Id) throw new InvalidOperationException($"An honest block was refused: {verdict}.");
    }

    /// <summary>The rules of the probe's chain.</summary>
    public ChainProfile Profile { get; }

    /// <summary>Shows every block that the profile allows to be wrong.</summary>
    public IEnumerable<Judgement> Run()
    {
        foreach (BlockFault fault in BlockFault.All.Where(fault => fault.AppliesTo(Profile)))
        {
            HashedBlock block = Commit(fault);
            Verdict verdict = Judge(block);
            if (fault.Rule == BlockRule.ProofInvalid) _context = _context with { Refused = block.Id };
            yield return Judgement.Of(fault, verdict);
        }
    }

    private HashedBlock Commit(BlockFault fault)
    {
        BlockPlan honest = PlanHonest();
        BlockPlan plan = fault.Stage switch
        {
            BlockFault.AlteredWhen.BeforeProof => Prove(fault.Break(honest, _context)),
            BlockFault.AlteredWhen.AfterProof => fault.Break(Prove(honest), _context),
            _ => fault.Break(honest, _context),
        };
        return plan.Hash(Profile.Format, _chain.Genesis.Id);
    }

    private BlockPlan PlanHonest()
    {
        BlockDraft draft = Run(new ProducerEffect.Prepare(_receiver)).OfType<ProducerInput.Prepared>().Single().Candidate;
        return new BlockPlan(draft.Header, draft.Transactions).WithMerkleRoot(Profile.Format);
    }

    private BlockPlan Prove(BlockPlan plan) => plan.WithMerkleRoot(Profile.Format).WithNonce(Profile.Format, _target, meets: true);

    /// <summary>Shows a block to the chain. The last word counts: some faults are only found when the block is executed.</summary>
    private Verdict Judge(HashedBlock block)
    {
        List<IChainEffect> effects = Run(new NodeInput.BlockArrived(block));
        return effects.OfType<NodeEffect.BlockSettled>().SingleOrDefault()?.Verdict ?? effects.OfType<NodeEffect.BlockJudged>().Single().Verdict;
    }

    /// <summary>Steps the chain until it has nothing more to do: signatures are checked and commits succeed at once.</summary>
    private List<IChainEffect> Run(IChainInput input)
    {
        var effects = new EffectList();
        _chain.Step(input, _context.Now, effects);
        for (int i = 0; i < effects.Items.Count; i++)
        {
            IChainInput? answer = effects.Items[i] switch
            {
                NodeEffect.VerifySignatures verify =>
                    new NodeInput.SignaturesVerified(verify.Job, SignatureVerifier.Recover(Profile.Signatures, verify.Claims.AsSpan())),
                NodeEffect.Commit => new NodeInput.Committed(),
                NodeEffect.Continue => new NodeInput.Continued(),
                _ => null,
            };
            if (answer is not null) _chain.Step(answer, _context.Now, effects);
        }

        return effects.Items;
    }

    private sealed class EffectList : IEffectSink<IChainEffect>
    {
        public List<IChainEffect> Items { get; } = [];

        public void Emit(IChainEffect effect) => Items.Add(effect);
    }
}
