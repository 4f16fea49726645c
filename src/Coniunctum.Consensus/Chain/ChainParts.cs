using System.Collections.Immutable;
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

        // What weighs beside the best chain hangs off blocks down to 1,000 below the tip, lower perhaps than where the state begins. They
        // are there whether anything does or not: a reorganization below what is in memory would forget what it leaves.
        bool weighsSides = store is not null && Consensus.ForkChoice.CountsInvalid;
        ulong? lowestSide = weighsSides && store!.Tip is { } tip ? SideHeads.LowestBelow(tip.Height) : null;
        ImmutableArray<StoredSide> sides = lowestSide is { } side ? store!.ReadSides(side, ulong.MaxValue) : [];
        ulong lowest = Math.Min(origin.Height, lowestSide - 1 ?? origin.Height);
        BlockNode first = lowest == origin.Height ? origin.CreateNode(spec, Consensus, Headers) : ChainOrigin.CreateRoot(Headers.HeadAt(lowest), spec, Headers);
        var invalid = new InvalidBlocks(Consensus.ForkChoice);
        Tree = new BlockTree(Consensus.ForkChoice, options.Ties, invalid);
        Tree.Anchor(first);
        Best = new BestChain(first);
        SideHeads = new SideHeads(profile, Best, Tree.WhyRefused, weighsSides);
        invalid.Heads = SideHeads;
        Sides = new SideBranches(Tree, Best, SideHeads, Signatures, Settlements, options.MaxSideBytes, target);
        Retention = new RetentionWindow(Best, Tree, Sides, Headers, options.KeptBlocks);
        Loader = new StoredBlockLoader(spec, Consensus, Tree, Best, Sides, Headers, store);
        Reverts = new RevertRequests(Best, Tree, Sides, Loader, Cache, Consensus.Finality);
        Pruner = new BranchPruner(Tree, Best, Sides, Consensus.Finality, Settlements);
        var validator = new HeaderValidator(Consensus.Rule, Consensus.Finality, (header, parent) => BlockRules.CheckPlace(header, parent, profile));
        BlockValidator = new BlockValidator(profile, Consensus, validator, Tree, Best, Sides, Headers, Loader);
        LoneHeaders = new LoneHeaders(Consensus, validator, Tree, Best, Headers, Sides);
        Unknown = new UnknownBranches(
            profile, Consensus, validator, Tree, Best, Sides, Headers, Loader, options.IgnoresUpgrades, store?.ReadRecord(UnknownRuleset.RecordName));
        Blocks = new BlockAdmission(
            BlockValidator, Tree, Sides, Pruner, Reverts, Unknown, Consensus.Finality, Settlements, options.MaxUnprovenBytes,
            profile.Limits.MaxBlockBytes + profile.Limits.MaxSealBytes + profile.Limits.MaxCertificateBytes);
        SideLoader = new SideLoader(profile, validator, Tree, Sides, SideHeads, Loader, sides);
        Replay = new Replay(profile, Consensus, BlockValidator, Best, Retention, Cache, Loader, SideLoader, State, Checkpoints);
        for (ulong height = lowest + 1; height <= origin.Height; height++)
        {
            BlockNode next = Loader.Follow(Best.Tip, Headers.HeadAt(height));
            SideLoader.Follow(next);
            Best.Move(Best.Tip, [next]);
        }

        BlockNode last = Best.Tip;
        if (last.Height == 0) return;
        last.Load(BlockOf(last), null);
        Cache.Keep(last);
        Consensus.Finality.Adopted(last.Header, last.Body!.Block.Certificate);
    }

    public ChainProfile Profile { get; }

    public HashedBlock Genesis { get; }

    public ConsensusParts Consensus { get; }

    /// <summary>The state after the tip.</summary>
    public LedgerState State { get; }

    public BlockTree Tree { get; }

    public BestChain Best { get; }

    public SideBranches Sides { get; }

    /// <summary>What is written down of blocks beside the best chain.</summary>
    public SideHeads SideHeads { get; }

    /// <summary>Headers beside it whose bodies have not come.</summary>
    public LoneHeaders LoneHeaders { get; }

    /// <summary>What an earlier run has written down of them.</summary>
    public SideLoader SideLoader { get; }

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
