using Coniunctum.Consensus.Headers;
using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>The parts of one chain, built for each other: what is known of blocks, the state after the tip, the pool, and what is under way.</summary>
internal sealed class ChainParts
{
    /// <summary>Among how many sources reserved shares are divided: more than a node is connected with at once.</summary>
    public const int PeerSlots = 128;

    /// <summary>Builds them.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="spec">Its consensus parameters.</param>
    /// <param name="pool">How much the pool keeps.</param>
    /// <param name="options">How much of the chain stays in memory.</param>
    /// <param name="store">Where blocks are read that have left memory; without it none leaves.</param>
    /// <param name="origin">Where the chain begins.</param>
    /// <param name="target">Returns the end of the branch that is being executed, which stays in memory, or <c>null</c>.</param>
    public ChainParts(
        ChainProfile profile, ConsensusSpec spec, PoolOptions pool, ChainOptions options, IChainReader? store, ChainOrigin origin, Func<BlockNode?> target)
    {
        (Profile, State, Genesis) = (profile, origin.State, origin.GenesisBlock);
        Consensus = spec.Build(profile, Genesis.Id);
        Pool = new Mempool(profile, pool);
        Admissions = new MempoolAdmission(profile, pool, Pool);
        Prepared = new PreparedBlocks(profile, State);
        Candidates = new CandidateBuilder(profile, Consensus.Rule, Genesis.Id, Prepared);
        Proposals = new ProposalValidator(Pool, Prepared);
        Signatures = new SignaturePrefetch(Pool, Prepared, options.MaxAheadBytes);
        Commits = new PendingCommits(options.MaxUncommittedBytes);
        Checkpoints = store is null ? null : new CheckpointScheduler(options);
        Cache = new BlockCache(profile, Genesis.Id, store, options.MaxRecentBytes);
        Headers = new StoredHeaders(profile, store);

        BlockNode first = origin.CreateNode(spec, Consensus, Headers);
        Tree = new BlockTree(Consensus.ForkChoice, options.Ties);
        Tree.Anchor(first);
        Best = new BestChain(first);
        Sides = new SideBranches(Tree, Best, Signatures, Settlements, options.MaxSideBytes, target);
        Retention = new RetentionWindow(Best, Tree, Sides, Headers, options.KeptBlocks);
        Loader = new StoredBlockLoader(spec, Consensus, Tree, Best, Sides, Headers, store);
        Reverts = new RevertRequests(Best, Tree, Sides, Loader, Cache, Consensus.Finality);
        Pruner = new BranchPruner(Tree, Best, Sides, Consensus.Finality, Settlements);
        var validator = new HeaderValidator(Consensus.Rule, Consensus.Finality, (header, parent) => BlockRules.CheckPlace(header, parent, profile));
        BlockValidator = new BlockValidator(profile, Consensus, validator, Tree, Best, Sides, Headers, Loader);
        Unknown = new UnknownBranches(
            profile, Consensus, validator, Tree, Best, Sides, Headers, Loader, options.IgnoresUpgrades, store?.ReadRecord(UnknownRuleset.RecordName));
        Blocks = new BlockAdmission(
            BlockValidator, Tree, Sides, Reverts, Unknown, Consensus.Finality, Settlements, options.MaxUnprovenBytes,
            profile.Limits.MaxBlockBytes + profile.Limits.MaxSealBytes + profile.Limits.MaxCertificateBytes);
        Replay = new Replay(profile, Consensus, BlockValidator, Tree, Best, Retention, Cache, Loader, State, Checkpoints);
        if (first.Height == 0) return;
        first.Load(BlockOf(first), null);
        Cache.Keep(first);
        Consensus.Finality.Adopted(first.Header, first.Body!.Block.Certificate);
    }

    public ChainProfile Profile { get; }

    public HashedBlock Genesis { get; }

    public ConsensusParts Consensus { get; }

    /// <summary>The state after the tip.</summary>
    public LedgerState State { get; }

    public BlockTree Tree { get; }

    public BestChain Best { get; }

    public SideBranches Sides { get; }

    public RetentionWindow Retention { get; }

    public StoredHeaders Headers { get; }

    public BlockCache Cache { get; }

    public StoredBlockLoader Loader { get; }

    public BlockValidator BlockValidator { get; }

    public UnknownBranches Unknown { get; }

    /// <summary>Blocks on their way into the tree.</summary>
    public BlockAdmission Blocks { get; }

    /// <summary>The last answers to blocks.</summary>
    public Settlements Settlements { get; } = new();

    public BranchPruner Pruner { get; }

    public Mempool Pool { get; }

    public MempoolAdmission Admissions { get; }

    /// <summary>What executes blocks, and what was found of those that may be next.</summary>
    public PreparedBlocks Prepared { get; }

    public CandidateBuilder Candidates { get; }

    public ProposalValidator Proposals { get; }

    public SignaturePrefetch Signatures { get; }

    public PendingCommits Commits { get; }

    /// <summary>Where checkpoints are written; <c>null</c> without a store.</summary>
    public CheckpointScheduler? Checkpoints { get; }

    public RevertRequests Reverts { get; }

    public Replay Replay { get; }

    /// <summary>Returns a block's body.</summary>
    /// <exception cref="InvalidDataException">The store does not hold it any more, or is damaged.</exception>
    public HashedBlock BlockOf(BlockNode node) =>
        Cache.FindBlock(node) ?? throw new InvalidDataException($"The store lacks block {node.Id} at height {node.Height}, or no longer has it.");
}
