using System.Collections.Immutable;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Decides which block is next: block tree, fork choice, state and pool as one single-threaded machine without I/O. One step
/// does at most one block; a branch that wins is checked beside the tip, block by block, and the tip moves once, when all of
/// it is valid.
/// </summary>
/// <remarks>May change in any release.</remarks>
public sealed partial class ChainCore : IChainMachine
{
    private readonly ChainParts _parts;
    private readonly BranchExecutor _executor;
    private readonly CandidateRequest _candidate = new();
    private JobId _lastJob;
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

        _parts = new ChainParts(profile, spec, pool, options, store, origin, () => _executor!.Target);
        _executor = new BranchExecutor(_parts, options.MaxReorganization, NextJob);
        if (_parts.Unknown.Noted is { Stop: not UpgradeStop.None } stopped) _haltReason = new HaltReason(HaltCode.UpgradeMissing, stopped.Text);
    }

    /// <summary>
    /// The heaviest chain whose ruleset this software does not know, or <c>null</c>: what is confirmed above where it branches off
    /// may not stand there. Its record may still be on its way to the store.
    /// </summary>
    public UnknownRuleset? UnknownRuleset => _parts.Unknown.Noted;

    /// <inheritdoc/>
    public HaltReason? HaltReason => _haltReason;

    /// <inheritdoc/>
    public ITopicRule? Topics => _parts.Consensus.Topics;

    /// <summary>Returns whether a block of an unknown ruleset was noted: others can be judged behind it, though it is no part of the tree.</summary>
    /// <param name="id">Its identity.</param>
    public bool IsOfUnknownRuleset(BlockId id) => _parts.Unknown.Has(id);

    private BlockNode TipNode => _parts.Best.Tip;

    private bool MayBuild => _candidate.IsWanted && (_candidate.HasWaitedEnough || !_executor.IsBusy);

    /// <summary>
    /// Takes a block of one's own store, before <see cref="NodeInput.Started"/>, in the order of the best chain, and executes it. Its
    /// signatures were checked before it was stored.
    /// </summary>
    /// <param name="block">The block.</param>
    /// <exception cref="InvalidDataException">The block does not follow: the store is damaged, or belongs to another chain.</exception>
    public void ReplayByExecution(HashedBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        _parts.Replay.Restore(block);
    }

    /// <summary>
    /// Takes the next blocks of one's own store, before <see cref="NodeInput.Started"/>, by what they changed. Neither bodies nor
    /// signatures are looked at: that the state after the last one has the root of its header is for the caller to check.
    /// </summary>
    /// <param name="blocks">The blocks, in order. Their changes are made together: the more, the less each costs.</param>
    /// <exception cref="InvalidDataException">A block does not follow: the store is damaged.</exception>
    public void ReplayByDelta(ImmutableArray<ReplayedBlock> blocks) => _parts.Replay.Resume(blocks);

    /// <inheritdoc/>
    public void Step(IChainInput input, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(effects);
        ArgumentNullException.ThrowIfNull(input);
        switch (input)
        {
            case NodeInput.Started:
                _parts.SideLoader.Finish();
                Report(effects);
                if (_haltReason is null) _executor.FollowHead(effects);
                break;
            case NodeInput.BlockArrived arrived:
                TakeBlock(arrived, now, effects);
                break;
            case NodeInput.HeaderArrived arrived:
                TakeHeader(arrived, now, effects);
                break;
            case ProducerEffect.Judge judge when _haltReason is null:
                TakeProposal(judge.Block, now, effects);
                break;
            case NodeInput.TransactionArrived arrived when _haltReason is null:
                _parts.Admissions.Take(arrived, _parts.State, NextJob, effects);
                break;
            case NodeInput.PoolRestored restored when _haltReason is null:
                _parts.Admissions.TakeSaved(restored.Transactions, _parts.State, NextJob, effects);
                break;
            case NodeInput.TransactionArrived arrived:
                effects.Emit(new NodeEffect.TransactionJudged(arrived.Ticket, arrived.From, arrived.Transaction, Admission.Refused(PoolRule.Halted)));
                break;
            case NodeInput.SignaturesVerified verified when _parts.Blocks.TryTakeAnswers(verified):
                break;
            case NodeInput.SignaturesVerified verified when _parts.Signatures.TryTakeAnswers(verified, out BlockNode? node, out Verdict verdict):
                if (node is not null && _haltReason is null) _executor.TakeSignatures(node, verdict, effects);
                break;
            case NodeInput.SignaturesVerified verified when _parts.Proposals.TryTakeAnswers(verified, TipNode, effects):
                break;
            case NodeInput.SignaturesVerified verified:
                _parts.Admissions.TakeAnswers(verified, _parts.State, NextJob, effects);
                break;
            case ProducerEffect.Prepare prepare when _haltReason is null:
                _candidate.Take(prepare);
                break;
            case NodeInput.RevertRequested requested:
                _parts.Reverts.Take(requested);
                if (_haltReason is null) _executor.Continue(effects);
                break;
            case NodeInput.Continued when _haltReason is null:
                Continue(now, effects);
                break;
            case NodeInput.Committed:
                Acknowledge(effects);
                break;
            case NodeInput.Failed failed:
                Halt(failed.Reason, effects);
                break;
            default:
                break;
        }

        AdvanceBlocks(now, effects);
        if (_haltReason is null && MayBuild) _executor.AskToContinue(effects);
    }

    private JobId NextJob() => _lastJob = _lastJob.Next();

    /// <summary>Tells the producer where the chain begins, or why it does not: what has stopped an earlier run stops this one too.</summary>
    private void Report(IEffectSink<IChainEffect> effects) => effects.Emit(_haltReason is { } reason
        ? new NodeEffect.Halted(reason)
        : new ProducerInput.TipChanged(HeaderView.Of(Tip), TipState, PoolCount));

    /// <summary>Reports a tip that is durable: the chain's own may be a commit ahead.</summary>
    private void Report(NodeEffect.TipMoved move, IEffectSink<IChainEffect> effects)
    {
        effects.Emit(move);
        effects.Emit(new ProducerInput.TipChanged(HeaderView.Of(move.Tip), move.State, PoolCount));
    }

    private void TakeBlock(NodeInput.BlockArrived arrived, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        (Verdict verdict, bool isPending) = _haltReason is null ? _parts.Blocks.Take(arrived.Block, arrived.From, now) : default;
        Blame blame = BlockValidator.BlameOf(arrived.Block, verdict);
        effects.Emit(new NodeEffect.BlockJudged(arrived.Block, arrived.From, verdict, blame, isPending));
        // An invalid block may be counted, and let another branch win.
        if (blame == Blame.Identity) _executor.FollowHead(effects);
    }

    private void TakeHeader(NodeInput.HeaderArrived arrived, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        Verdict verdict = _haltReason is null ? _parts.LoneHeaders.Take(arrived.Header, arrived.Certificate is not null, now) : default;
        effects.Emit(new NodeEffect.HeaderJudged(arrived.Header.Id, arrived.From, verdict, LoneHeaders.BlameOf(verdict)));
    }

    /// <summary>Does what the step has made possible for blocks that wait to be proven, and gives the last answers that it found.</summary>
    private void AdvanceBlocks(Timestamp now, IEffectSink<IChainEffect> effects)
    {
        if (_haltReason is not null) return;
        while (_parts.Sides.Gone.TryDequeue(out BlockId gone)) _parts.Blocks.Wake(gone);
        foreach (BlockNode node in _parts.Blocks.Advance(now, NextJob, effects)) _executor.Take(node, effects);
        if (_parts.LoneHeaders.Advance()) _executor.FollowHead(effects);
        if (_parts.Blocks.TakeNews()) _parts.Unknown.Remember(_parts.Commits, effects);
        _parts.Settlements.Report(effects);
        if (_executor.IsIdle && _parts.SideHeads.TakeIdle() is { } sides) _parts.Commits.CommitSides(sides, effects);
    }

    /// <summary>Does one piece of work that was put off: the candidate, when nothing else is under way, or the next one of a branch.</summary>
    private void Continue(Timestamp now, IEffectSink<IChainEffect> effects)
    {
        if (!MayBuild)
        {
            _candidate.Wait();
            _executor.ContinueAsAsked(effects);
            return;
        }

        _executor.ContinueLater(effects);
        Verdict verdict = _parts.Candidates.Build(
            _candidate.Answer(), TipNode, new Ancestors(TipNode, _parts.Best, _parts.Headers), _parts.State, _parts.Pool, now, out BlockDraft? draft);
        effects.Emit(draft is not null ? new ProducerInput.Prepared(draft) : new ProducerInput.Refused(TipNode.Height + 1, null, verdict));
    }

    private void TakeProposal(HashedBlock block, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        BlockNode? node = null;
        Verdict verdict = block.Header.Previous == TipNode.Id
            ? _parts.BlockValidator.CheckBehind(TipNode, new BlockCopy(block, default), now, out node)
            : Verdict.MissingParent(block.Header.Previous);
        if (verdict.IsValid)
            _parts.Proposals.Take(node!, NextJob, effects);
        else
            effects.Emit(new ProducerInput.Judged(block, verdict));
    }

    /// <summary>Announces a new tip only when it is durable.</summary>
    private void Acknowledge(IEffectSink<IChainEffect> effects)
    {
        bool wasFull = _parts.Commits.IsFull;
        PendingCommits.Pending durable = _parts.Commits.Acknowledge();
        if (_haltReason is not null) return;
        foreach (BlockNode node in durable.Nodes)
        {
            _parts.Settlements.Add(node, Verdict.Valid);
            _parts.Cache.Keep(node);
        }

        if (durable.Move is { } move)
        {
            _candidate.Drop();
            Report(move, effects);
        }
        else if (durable.Noted is { } noted)
        {
            Report(noted, effects);
        }
        else if (durable.IsSides)
        {
            _parts.SideHeads.Acknowledge();
        }
        else
        {
            _parts.Checkpoints!.Acknowledge();
        }

        _executor.TakeDurable(wasFull, effects);
    }

    private void Report(NodeEffect.UnknownRulesetNoted moved, IEffectSink<IChainEffect> effects)
    {
        effects.Emit(moved);
        if (moved.Noted is { Stop: not UpgradeStop.None } stop) Halt(new HaltReason(HaltCode.UpgradeMissing, stop.Text), effects);
    }

    private void Halt(HaltReason reason, IEffectSink<IChainEffect> effects)
    {
        if (_haltReason is not null) return;
        _haltReason = reason;
        effects.Emit(new NodeEffect.Halted(reason));
    }
}
