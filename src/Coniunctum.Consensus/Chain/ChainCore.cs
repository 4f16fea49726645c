using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Decides which block is next: block tree, fork choice, state and pool as one single-threaded machine without I/O. One step
/// does at most one block; a branch that wins is checked beside the tip, block by block, and the tip moves once, when all of
/// it is valid.
/// </summary>
public sealed partial class ChainCore
{
    private const string Unpruned = "branches for which what they undo was not pruned";

    private readonly ChainProfile _profile;
    private readonly ConsensusParts _consensus;
    private readonly BlockTree _tree;
    private readonly BestChain _best;
    private readonly SideBranches _sides;
    private readonly RetentionWindow _retention;
    private readonly StoredHeaders _headers;
    private readonly BlockCache _cache;
    private readonly StoredBlockLoader _loader;
    private readonly BlockValidator _validator;
    private readonly UnknownBranches _unknown;
    private readonly BranchPruner _pruner;
    private readonly LedgerState _state;
    private readonly Mempool _pool;
    private readonly MempoolAdmission _admissions;
    private readonly CandidateBuilder _candidates;
    private readonly ProposalValidator _proposals;
    private readonly SignaturePrefetch _signatures;
    private readonly PendingCommits _commits;
    private readonly ulong _deepest;
    private readonly CheckpointScheduler? _checkpoints;
    private readonly RevertRequests _reverts;
    private readonly Replay _replay;
    private Branch? _branch;
    private bool _isContinuing;
    private long _numbers;
    private HaltReason? _haltReason;

    /// <summary>Starts a chain that has nothing but its genesis block, or that begins at a block of its store.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="pool">How much the pool keeps.</param>
    /// <param name="options">How much of the chain stays in memory; <c>null</c> for the defaults.</param>
    /// <param name="store">Where blocks are read that have left memory; without it none leaves.</param>
    /// <param name="origin">Where the chain begins; <c>null</c> for genesis, with a tag key of zero bytes.</param>
    /// <exception cref="ArgumentException">The profile is impossible, or names no <see cref="ConsensusSpec"/>.</exception>
    public ChainCore(
        ChainProfile profile, PoolOptions pool, ChainOptions? options = null, IChainReader? store = null, ChainOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Consensus is not ConsensusSpec spec)
            throw new ArgumentException("The profile's consensus parameters must be a ConsensusSpec, which builds the rule.", nameof(profile));
        options ??= new ChainOptions();
        origin ??= ChainOrigin.Genesis(profile, default);

        (_profile, _deepest) = (profile, options.MaxReorganization);
        _state = origin.State;
        Genesis = origin.GenesisBlock;
        _consensus = spec.Build(profile, Genesis.Id);
        _pool = new Mempool(profile, pool);
        _admissions = new MempoolAdmission(profile, pool, _pool);
        _candidates = new CandidateBuilder(profile, _consensus.Rule, Genesis.Id);
        _proposals = new ProposalValidator(profile, _pool);
        _signatures = new SignaturePrefetch(_pool, options.MaxAheadBytes);
        _commits = new PendingCommits(options.MaxUncommittedBytes);
        _checkpoints = store is null ? null : new CheckpointScheduler(options);
        _cache = new BlockCache(profile, Genesis.Id, store, options.MaxRecentBytes);
        _headers = new StoredHeaders(profile, store);

        BlockNode first = origin.CreateNode(spec, _consensus, _headers);
        _tree = new BlockTree(_consensus.ForkChoice, options.Ties);
        _tree.Anchor(first);
        _best = new BestChain(first);
        _sides = new SideBranches(_tree, _best, _signatures, options.MaxSideBytes, () => _branch?.Target);
        _retention = new RetentionWindow(_best, _tree, _sides, _headers, options.KeptBlocks);
        _loader = new StoredBlockLoader(spec, _consensus, _tree, _best, _sides, _headers, store);
        _reverts = new RevertRequests(_best, _tree, _sides, _loader, _cache, _consensus.Finality);
        _pruner = new BranchPruner(_tree, _best, _sides, _consensus.Finality);
        _validator = new BlockValidator(profile, _consensus, _tree, _best, _sides, _headers, _loader);
        _unknown = new UnknownBranches(
            profile, _consensus, _tree, _best, _sides, _headers, _loader, options.IgnoresUpgrades, store?.ReadRecord(UnknownRuleset.RecordName));
        if (_unknown.Noted is { Stop: not UpgradeStop.None } stopped) _haltReason = new HaltReason(HaltCode.UpgradeMissing, stopped.Text);
        _replay = new Replay(profile, _consensus, _validator, _tree, _best, _retention, _cache, _loader, _state, _checkpoints);
        if (first.Height == 0) return;
        first.Load(BlockOf(first), null);
        _cache.Keep(first);
        _consensus.Finality.Adopted(first.Header, first.Body!.Block.Certificate);
    }

    private BlockNode TipNode => _best.Tip;

    private bool HasPendingWork => !ReferenceEquals(_tree.Head, TipNode) || _reverts.IsRequested || _checkpoints is { IsReady: true };

    /// <summary>Takes one input and emits what is to happen.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">The node's time.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    public void Step(ChainInput input, Timestamp now, IEffectSink<ChainEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        switch (input)
        {
            case ChainInput.BlockArrived arrived:
                TakeBlock(arrived.Block, now, effects);
                break;
            case ChainInput.ProposalArrived arrived when _haltReason is null:
                TakeProposal(arrived.Block, now, effects);
                break;
            case ChainInput.TransactionArrived arrived when _haltReason is null:
                _admissions.Take(arrived, _state, NextNumber, effects);
                break;
            case ChainInput.PoolRestored restored when _haltReason is null:
                _admissions.TakeSaved(restored.Transactions, _state, NextNumber, effects);
                break;
            case ChainInput.TransactionArrived arrived:
                effects.Emit(new ChainEffect.TransactionJudged(arrived.Ticket, arrived.Transaction, Admission.Refused(PoolRule.Halted)));
                break;
            case ChainInput.SignaturesVerified verified when _signatures.TryTakeAnswers(verified, out BlockNode? node, out Verdict verdict):
                if (node is not null) TakeSignatures(node, verdict, effects);
                break;
            case ChainInput.SignaturesVerified verified when _proposals.TryTakeAnswers(verified, TipNode, _state, effects):
                break;
            case ChainInput.SignaturesVerified verified:
                _admissions.TakeAnswers(verified, _state, NextNumber, effects);
                break;
            case ChainInput.CandidateRequested requested when _haltReason is null:
                Verdict built = _candidates.Build(
                    requested, TipNode, new Ancestors(TipNode, _best, _headers), _state, _pool.InOrder, now, out BlockDraft? draft);
                effects.Emit(draft is not null
                    ? new ChainEffect.CandidateReady(requested.Request, draft)
                    : new ChainEffect.CandidateRefused(requested.Request, TipNode.Height + 1, built));
                break;
            case ChainInput.RevertRequested requested:
                _reverts.Take(requested);
                ContinueBranch(effects);
                break;
            case ChainInput.Continued:
                _isContinuing = false;
                ContinueBranch(effects);
                break;
            case ChainInput.Committed:
                Acknowledge(effects);
                break;
            case ChainInput.Failed failed:
                Halt(failed.Reason, effects);
                break;
            case ChainInput.ReplayByExecution restore:
                _replay.Restore(restore.Block);
                break;
            case ChainInput.ReplayByDelta resume:
                _replay.Resume(resume.Blocks);
                break;
            default:
                break;
        }
    }

    private long NextNumber() => ++_numbers;

    private HashedBlock BlockOf(BlockNode node) =>
        _cache.FindBlock(node) ?? throw new InvalidDataException($"The store lacks block {node.Id} at height {node.Height}, or no longer has it.");

    private void TakeBlock(HashedBlock block, Timestamp now, IEffectSink<ChainEffect> effects)
    {
        BlockNode? node = null;
        bool isNews = false;
        Verdict verdict = _haltReason is not null ? default
            : _tree.Find(block.Id) is not null ? Verdict.Valid
            : _unknown.Concerns(block) ? _unknown.Take(block, now, out isNews)
            : _tree.WhyRefused(block.Id) ?? _reverts.WhyRefused(block) ?? _validator.Judge(block, now, out node);
        if (node is not null) verdict = Join(node);
        effects.Emit(new ChainEffect.BlockJudged(block, verdict));
        if (isNews) RememberUnknown(effects);
        if (node is null || !verdict.IsValid) return;

        if (_branch is null)
            ContinueBranch(effects);
        else if (_branch.IsExtension && ReferenceEquals(node.Parent, _branch.Target) && ReferenceEquals(_tree.Head, node))
            Extend(_branch, node, effects);
    }

    /// <summary>Takes a block into the tree, unless there are too many that are heavier.</summary>
    private Verdict Join(BlockNode node)
    {
        _tree.Add(node);
        _sides.Add(node);
        _sides.MakeRoom();
        return _tree.Find(node.Id) is not null
            ? Verdict.Valid
            : Verdict.RefusedByPolicy($"a branch of weight {node.ChainWeight}", "heavier ones: too many branches are in memory");
    }

    private void TakeProposal(HashedBlock block, Timestamp now, IEffectSink<ChainEffect> effects)
    {
        BlockNode? node = null;
        Verdict verdict = block.Header.Previous == TipNode.Id
            ? _validator.CheckBehind(TipNode, block, now, new SealClaims(), out node)
            : Verdict.MissingParent(block.Header.Previous);
        if (verdict.IsValid)
            _proposals.Take(node!, _state, NextNumber, effects);
        else
            effects.Emit(new ChainEffect.ProposalJudged(block, verdict));
    }

    /// <summary>
    /// Does the next piece of work towards the tip that wins: undoes or executes one block. When there is nothing to do, or when
    /// it has waited too long, a slice of a checkpoint is written.
    /// </summary>
    private void ContinueBranch(IEffectSink<ChainEffect> effects)
    {
        if (_haltReason is not null) return;
        if (_branch is null && !TryBeginBranch(effects))
        {
            if (_checkpoints is { IsReady: true }) _commits.Commit(_checkpoints.Next(TipNode, _state), effects);
            return;
        }

        Branch branch = _branch!;
        _signatures.RequestAhead(NextNumber, effects);
        if (_commits.IsFull) return;
        if (_checkpoints is { IsOverdue: true })
        {
            _commits.Commit(_checkpoints.Next(TipNode, _state), effects);
            AskToContinue(effects);
            return;
        }

        if (branch.UndoHeight > branch.Fork.Height)
        {
            if (branch.Ticket is null && TipNode.Height - branch.Fork.Height > _deepest)
                RefuseBranch(branch, $"branches that undo no more than {_deepest} blocks", effects);
            else if (!TryUndo(branch))
                RefuseBranch(branch, Unpruned, effects);
            AskToContinue(effects);
            return;
        }

        if (branch.NextPending is { } node && !TryApply(branch, node, effects)) return;
        if (branch.IsExtension || branch.NextPending is null) Adopt(branch, effects);
        if (_branch is not null || HasPendingWork) AskToContinue(effects);
    }

    private bool TryBeginBranch(IEffectSink<ChainEffect> effects)
    {
        _branch = _reverts.TryBegin(_state, effects) ?? (ReferenceEquals(_tree.Head, TipNode) ? null : new Branch(_best, _tree.Head, _state));
        if (_branch is null) return false;
        _signatures.Follow(_branch.Pending);
        return true;
    }

    /// <summary>Undoes the branch's next block, unless what undoes it was pruned.</summary>
    private bool TryUndo(Branch branch)
    {
        BlockNode node = _loader.NodeAt(branch.UndoHeight);
        if (_cache.FindDelta(node) is not { } delta || _cache.FindBlock(node) is not { } block) return false;
        branch.Undo(new AppliedBlock(node, block, delta));
        return true;
    }

    /// <summary>A branch that wins, or an older tip, cannot be had: that is said aloud.</summary>
    private void RefuseBranch(Branch branch, string taken, IEffectSink<ChainEffect> effects)
    {
        if (RevertRequests.TryRefuse(branch, effects))
        {
            _branch = null;
            return;
        }

        BlockNode first = branch.NextPending!;
        effects.Emit(new ChainEffect.BranchRefused(branch.Target.Header, branch.Target.ChainWeight, branch.Fork.Height, taken));
        Discard(first, Verdict.RefusedByPolicy($"a branch from height {branch.Fork.Height}", taken), effects);
    }

    /// <summary>Lets a branch that only adds to the tip go on: a node that synchronises never stops between two blocks.</summary>
    private void Extend(Branch branch, BlockNode node, IEffectSink<ChainEffect> effects)
    {
        branch.Extend(node);
        _signatures.Add(node);
        _signatures.RequestAhead(NextNumber, effects);
    }

    private void AskToContinue(IEffectSink<ChainEffect> effects)
    {
        if (_isContinuing) return;
        _isContinuing = true;
        effects.Emit(new ChainEffect.Continue());
    }

    /// <summary>Does the branch's next block, unless its signatures must be verified first or it turns out invalid.</summary>
    private bool TryApply(Branch branch, BlockNode node, IEffectSink<ChainEffect> effects)
    {
        if (node.IsExecuted)
        {
            if (TryRedo(branch, node)) return true;
            RefuseBranch(branch, Unpruned, effects);
            return false;
        }

        StateDelta? delta = null;
        Verdict verdict = _validator.Recheck(node);
        if (verdict.IsValid && !IsVerified(node, effects)) return false;
        if (verdict.IsValid) verdict = BlockRules.Execute(node.Body!, _profile, branch.Overlay, node.Weight, out delta);
        if (!verdict.IsValid)
        {
            Discard(node, verdict, effects);
            return false;
        }

        node.SetExecuted(delta!, _consensus.Rule.Advance(node.Parent!.RuleState, node.Header, branch.Overlay));
        _signatures.Forget(node);
        branch.Advance(node.Body!, delta!);
        return true;
    }

    /// <summary>Does a block again that was executed before, unless that was pruned.</summary>
    private bool TryRedo(Branch branch, BlockNode node)
    {
        if (_cache.FindDelta(node) is not { } delta || _cache.FindBlock(node) is not { } block) return false;
        branch.Overlay.Apply(delta);
        branch.Advance(block, delta);
        return true;
    }

    /// <summary>Returns whether a block's signatures were verified; if not, that is asked for, or was before.</summary>
    private bool IsVerified(BlockNode node, IEffectSink<ChainEffect> effects)
    {
        if (!node.IsVerified && node.Verification is null) _signatures.Request(node, NextNumber, effects);
        return node.IsVerified;
    }

    private void TakeSignatures(BlockNode node, Verdict verdict, IEffectSink<ChainEffect> effects)
    {
        if (_haltReason is not null) return;
        // Others may have to be asked for when the parent was executed: then a refusal says nothing yet.
        if (!verdict.IsValid && node.IsCheckedExactly)
            Discard(node, verdict, effects);
        else if (ReferenceEquals(node, _branch?.NextPending))
            ContinueBranch(effects);
        else
            _signatures.RequestAhead(NextNumber, effects);
    }

    /// <summary>
    /// Removes a block that turned out invalid, and looks for another tip. The branch that holds it is given up; any other one goes
    /// on, and with it whoever waits for it.
    /// </summary>
    private void Discard(BlockNode node, Verdict verdict, IEffectSink<ChainEffect> effects)
    {
        if (_branch is null || _branch.Holds(node))
        {
            _branch = null;
            _signatures.Follow([]);
        }

        _pruner.Remove(node, verdict, effects);
        AskToContinue(effects);
    }

    private void Adopt(Branch branch, IEffectSink<ChainEffect> effects)
    {
        StateDelta total = branch.Overlay.Total();
        _state.Apply(total);
        ImmutableArray<BlockNode> nodes = [.. branch.Done.Select(done => done.Node)];
        MoveTip(branch, nodes);
        ulong final = FinalHeight;
        foreach (AppliedBlock done in branch.Done)
            _consensus.Finality.Adopted(done.Node.Header, done.Block.Block.Certificate);
        _pruner.RemoveRivals(final, effects);
        if (branch.Ticket is not null) _reverts.Finish(branch, Tip);
        ImmutableArray<HashedBlock> disconnected = [.. branch.Undone.Select(undone => undone.Block)];
        ImmutableArray<HashedBlock> connected = [.. branch.Done.Select(done => done.Block)];
        var events = new List<PoolEvent>();
        _pool.Follow(disconnected, connected, total, _state, events, isReverted: branch.Ticket is not null);
        foreach (PoolEvent moved in events) effects.Emit(ChainEffect.Of(moved));

        var batch = new StoreBatch { CutAbove = branch.Ticket is null ? null : branch.Fork.Height, Connected = [.. branch.Done.Select(Stored)] };
        _checkpoints?.Count(branch.Fork.Height, batch.Connected);
        _commits.Commit(batch, nodes, new ChainEffect.TipMoved(disconnected, connected, Tip, TipNode.RuleState, FinalHeight, branch.Ticket), effects);
        if (_unknown.Follow()) RememberUnknown(effects);

        // What is left to do stays only while its end is still the best, and while no one waits to go back.
        if (branch.NextPending is not null && !_reverts.IsRequested && ReferenceEquals(_tree.Head, branch.Target))
            branch.Restart(_state);
        else
            _branch = null;
    }

    private void MoveTip(Branch branch, IReadOnlyList<BlockNode> nodes)
    {
        bool isBelowOldest = branch.Fork.Height < _best.Oldest.Height;
        _best.Move(branch.Fork, nodes);
        foreach (AppliedBlock done in branch.Done)
        {
            done.Node.Load(done.Block, done.Delta);
            done.Node.IsCommitted = true;
            _sides.Leave(done.Node);
        }

        if (isBelowOldest)
        {
            _retention.Reset();
            return;
        }

        foreach (AppliedBlock undone in branch.Undone) _sides.Add(undone.Node);
    }

    private StoredBlock Stored(AppliedBlock done) => new(
        HeadCodec.Write(done.Block, _profile.Format, done.Node.RuleState.Encode(), done.Node.ChainWeight), done.Block.Encoded, done.Delta.Encode());

    /// <summary>Tells the world of a new tip only when it is durable.</summary>
    private void Acknowledge(IEffectSink<ChainEffect> effects)
    {
        bool wasFull = _commits.IsFull;
        PendingCommits.Pending durable = _commits.Acknowledge();
        if (_haltReason is not null) return;
        foreach (BlockNode node in durable.Nodes) _cache.Keep(node);
        if (durable.Move is { } move)
            effects.Emit(move);
        else if (durable.Noted is { } noted)
            Report(noted, effects);
        else
            _checkpoints!.Acknowledge();

        // A branch that undoes may be on its way from the oldest block in memory.
        if (_branch is null or { IsExtension: true }) _retention.Advance();
        if ((wasFull && !_commits.IsFull) || _checkpoints is { IsReady: true }) AskToContinue(effects);
    }
}
