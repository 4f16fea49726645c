using System.Collections.Immutable;
using Coniunctum.Consensus.Pool;
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
public sealed class ChainCore
{
    private readonly ChainProfile _profile;
    private readonly ConsensusParts _consensus;
    private readonly BlockTree _tree = new();
    private readonly BestChain _best;
    private readonly LedgerState _state;
    private readonly Mempool _pool;
    private readonly AdmissionDesk _admissions;
    private readonly ProposalDesk _proposals;
    private readonly BlockJudge _judge;
    private readonly SignatureLane _signatures;
    private readonly CommitLine _commits;
    private Branch? _branch;
    private bool _isContinuing;
    private long _numbers;
    private string? _haltReason;

    /// <summary>Starts a chain that has nothing but its genesis block.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="options">How much the pool keeps.</param>
    /// <param name="limits">How much the chain keeps in memory; <c>null</c> for the defaults.</param>
    /// <exception cref="ArgumentException">The profile is impossible, or names no <see cref="ConsensusSpec"/>.</exception>
    public ChainCore(ChainProfile profile, PoolOptions options, ChainOptions? limits = null)
    {
        GenesisBlock genesis = GenesisBlock.Create(profile);
        if (profile.Consensus is not ConsensusSpec spec)
            throw new ArgumentException("The profile's consensus parameters must be a ConsensusSpec, which builds the rule.", nameof(profile));

        _profile = profile;
        _consensus = spec.Build(profile, genesis.Block.Id);
        _pool = new Mempool(profile, options);
        _admissions = new AdmissionDesk(profile, options, _pool);
        _proposals = new ProposalDesk(profile, _pool);
        limits ??= new ChainOptions();
        _signatures = new SignatureLane(_pool, limits.MaxAheadBytes);
        _commits = new CommitLine(limits.MaxUncommittedBytes);
        Genesis = genesis.Block;

        _state = new LedgerState(profile.Format.Traits, default);
        _state.Apply(genesis.Delta);
        var node = new BlockNode(genesis.Block, null, Work.Zero, Work.Zero, _consensus.Initial, new SealClaims(), new SealClaims())
        {
            Delta = genesis.Delta,
            IsVerified = true,
        };
        _tree.Add(node);
        _best = new BestChain(node);
        _judge = new BlockJudge(profile, _consensus, _tree, _best);
    }

    /// <summary>The first block, whose identity is the chain's.</summary>
    public HashedBlock Genesis { get; }

    /// <summary>The tip of the best chain; its commit may still be on its way.</summary>
    public HashedBlock Tip => TipNode.Block;

    /// <summary>What the rule carries on after the tip.</summary>
    public RuleState TipState => TipNode.RuleState;

    /// <summary>The weight of the best chain.</summary>
    public Work ChainWeight => TipNode.ChainWeight;

    /// <summary>The state after the tip.</summary>
    public IStateView State => _state;

    /// <summary>How many transactions are in the pool, for the next block that has room.</summary>
    public int PoolCount => _pool.Count;

    /// <summary>How many transactions wait for a balance or for their window.</summary>
    public int WaitingCount => _pool.WaitingCount;

    /// <summary>Bytes of blocks that wait to be executed on the best chain, or to become durable: what a caller who is too fast piles up.</summary>
    public long BacklogBytes => _commits.Bytes + (_branch?.ToDoBytes ?? 0);

    /// <summary>Whether the tip is durable and the best that is known: nothing is being executed or written.</summary>
    public bool IsSettled => _branch is null && _commits.IsEmpty && _consensus.ForkChoice.Head == TipNode.Id;

    private BlockNode TipNode => _best.Tip;

    /// <summary>Returns the best chain's block at a height, or <c>null</c> above the tip.</summary>
    /// <param name="height">The height.</param>
    public HashedBlock? BlockAt(ulong height) => _best.At(height)?.Block;

    /// <summary>Returns a block of the tree, on the best chain or beside it, or <c>null</c>.</summary>
    /// <param name="id">Its identity.</param>
    public HashedBlock? Find(BlockId id) => _tree.Find(id)?.Block;

    /// <summary>Returns whether a transaction is in the pool, for the next block that has room.</summary>
    /// <param name="id">Its identity.</param>
    public bool IsPooled(TransactionId id) => PlaceOf(id) == PoolPlace.Ready;

    /// <summary>Returns where the pool has a transaction: ready, waiting, or outside of it.</summary>
    /// <param name="id">Its identity.</param>
    public PoolPlace PlaceOf(TransactionId id) => _pool.PlaceOf(id);

    /// <summary>Returns a copy of the pool for <see cref="PoolArchive"/>: the best paying first, then those that wait, the oldest first.</summary>
    public ImmutableArray<HashedTransaction> PooledTransactions() => [.. _pool.InOrder, .. _pool.WaitingInOrder];

    /// <summary>Returns whether a transaction is in a block of the best chain whose commit is still on its way.</summary>
    /// <param name="id">Its identity.</param>
    public bool IsBeingCommitted(TransactionId id) =>
        _commits.Blocks.SelectMany(block => block.Transactions).Any(transaction => transaction.Id == id);

    /// <summary>Takes one input and emits what is to happen.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">The node's time.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    public void Step(ChainInput input, Timestamp now, IEffectSink<ChainEffect> effects)
    {
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
            case ChainInput.CandidateWanted wanted when _haltReason is null:
                BlockDraft draft = CandidateBuilder.Build(
                    _profile, _consensus.Rule, TipNode, new Ancestors(TipNode, _best), _state, _pool.InOrder, wanted.Receiver, now, Genesis.Id);
                effects.Emit(new ChainEffect.CandidateReady(wanted.Request, draft));
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
            case ChainInput.Restore restore:
                Restore(restore.Block);
                break;
            default:
                break;
        }
    }

    private long NextNumber() => ++_numbers;

    private void TakeBlock(HashedBlock block, Timestamp now, IEffectSink<ChainEffect> effects)
    {
        BlockNode? node = null;
        Verdict verdict = _haltReason is not null ? default
            : _tree.Find(block.Id) is not null ? Verdict.Valid
            : _tree.WhyInvalid(block.Id) ?? _judge.Judge(block, now, out node);
        effects.Emit(new ChainEffect.BlockJudged(block, verdict));
        if (node is null) return;

        _tree.Add(node);
        _consensus.ForkChoice.Add(node.ForForkChoice);
        if (_branch is null)
            ContinueBranch(effects);
        else if (_branch.IsExtension && ReferenceEquals(node.Parent, _branch.Target) && _consensus.ForkChoice.Head == node.Id)
            Extend(_branch, node, effects);
    }

    private void TakeProposal(HashedBlock block, Timestamp now, IEffectSink<ChainEffect> effects)
    {
        BlockNode? node = null;
        Verdict verdict = block.Header.Previous == TipNode.Id
            ? _judge.CheckBehind(TipNode, block, now, new SealClaims(), out node)
            : Verdict.MissingParent(block.Header.Previous);
        if (verdict.IsValid)
            _proposals.Take(node!, _state, NextNumber, effects);
        else
            effects.Emit(new ChainEffect.ProposalJudged(block, verdict));
    }

    /// <summary>Does the next piece of work towards the tip that wins: undoes or executes one block.</summary>
    private void ContinueBranch(IEffectSink<ChainEffect> effects)
    {
        if (_haltReason is not null) return;
        if (_branch is null && !TryBeginBranch()) return;

        Branch branch = _branch!;
        _signatures.RequestAhead(NextNumber, effects);
        if (_commits.IsFull) return;
        if (branch.TryUndo())
        {
            AskToContinue(effects);
            return;
        }

        if (branch.NextToDo is { } node && !TryDo(branch, node, effects)) return;
        if (branch.IsExtension || branch.NextToDo is null) Adopt(branch, effects);
        if (_branch is not null || _consensus.ForkChoice.Head != TipNode.Id) AskToContinue(effects);
    }

    private bool TryBeginBranch()
    {
        if (_consensus.ForkChoice.Head == TipNode.Id) return false;
        _branch = new Branch(_best, _tree.Find(_consensus.ForkChoice.Head)!, _state);
        _signatures.Follow(_branch.ToDo);
        return true;
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
    private bool TryDo(Branch branch, BlockNode node, IEffectSink<ChainEffect> effects)
    {
        if (node.Delta is not null)
        {
            branch.Overlay.Apply(node.Delta);
            branch.Advance();
            return true;
        }

        StateDelta? delta = null;
        Verdict verdict = _judge.Recheck(node);
        if (verdict.IsValid && !IsVerified(node, effects)) return false;
        if (verdict.IsValid) verdict = BlockRules.Execute(node.Block, _profile, branch.Overlay, node.Weight, out delta);
        if (!verdict.IsValid)
        {
            Discard(node, verdict, effects);
            return false;
        }

        node.Delta = delta;
        node.RuleState = _consensus.Rule.Advance(node.Parent!.RuleState, node.Header, branch.Overlay);
        _signatures.Forget(node);
        branch.Advance();
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
        else if (ReferenceEquals(node, _branch?.NextToDo))
            ContinueBranch(effects);
        else
            _signatures.RequestAhead(NextNumber, effects);
    }

    /// <summary>Gives a branch up because of a block that turned out invalid, and looks for another tip.</summary>
    private void Discard(BlockNode node, Verdict verdict, IEffectSink<ChainEffect> effects)
    {
        _branch = null;
        Remove(node, verdict, effects);
        AskToContinue(effects);
    }

    /// <summary>Removes a block with all that builds on it.</summary>
    private void Remove(BlockNode node, Verdict verdict, IEffectSink<ChainEffect> effects)
    {
        _consensus.ForkChoice.Remove(node.Id);
        bool isFaultOfCopy = BlockJudge.IsFaultOfCopy(node.Block, verdict);
        foreach (BlockNode removed in _tree.RemoveSubtree(node))
        {
            _signatures.Forget(removed);
            // Behind a copy's fault the descendants may be sound: they are welcome again after an honest copy.
            Verdict reason = ReferenceEquals(removed, node) ? verdict
                : isFaultOfCopy ? Verdict.MissingParent(removed.Parent!.Id)
                : BlockJudge.ParentInvalid(removed.Parent!.Id);
            if (!isFaultOfCopy) _tree.MarkInvalid(removed.Id, reason, isProven: true);
            effects.Emit(new ChainEffect.BlockJudged(removed.Block, reason));
        }
    }

    private void Adopt(Branch branch, IEffectSink<ChainEffect> effects)
    {
        StateDelta total = branch.Overlay.Total();
        _state.Apply(total);
        _best.Move(branch.Fork, branch.Done);
        ulong final = _consensus.Finality.FinalHeight;
        foreach (BlockNode node in branch.Done)
            _consensus.Finality.Adopted(node.Header, node.Block.Block.Certificate);
        RemoveRivals(final, effects);

        ImmutableArray<HashedBlock> disconnected = [.. branch.Undone.Select(node => node.Block)];
        ImmutableArray<HashedBlock> connected = [.. branch.Done.Select(node => node.Block)];
        var events = new List<PoolEvent>();
        _pool.Follow(disconnected, connected, total, _state, events);
        foreach (PoolEvent told in events) effects.Emit(ChainEffect.Of(told));

        var batch = new StoreBatch { Connected = [.. branch.Done.Select(Stored)] };
        _commits.Commit(batch, new ChainEffect.TipMoved(disconnected, connected, TipNode.RuleState), effects);

        // What is left to do stays only while its end is still the best.
        if (branch.NextToDo is not null && _consensus.ForkChoice.Head == branch.Target.Id)
            branch.Restart(_state);
        else
            _branch = null;
    }

    private StoredBlock Stored(BlockNode node) =>
        new(HeadCodec.Write(node.Block, _profile.Format, node.RuleState.Encode(), node.ChainWeight), node.Block.Encoded, default);

    /// <summary>Removes what left the best chain where it has become final since.</summary>
    private void RemoveRivals(ulong finalBefore, IEffectSink<ChainEffect> effects)
    {
        for (ulong height = finalBefore; height < _consensus.Finality.FinalHeight; height++)
        {
            BlockNode parent = _best[height];
            foreach (BlockNode rival in parent.Children.Where(child => !_best.Contains(child)).ToArray())
                Remove(rival, _judge.ContradictsFinality(parent), effects);
        }
    }

    /// <summary>Tells the world of a new tip only when it is durable.</summary>
    private void Acknowledge(IEffectSink<ChainEffect> effects)
    {
        bool wasFull = _commits.IsFull;
        ChainEffect.TipMoved moved = _commits.Acknowledge();
        if (_haltReason is not null) return;
        effects.Emit(moved);
        if (wasFull && !_commits.IsFull) AskToContinue(effects);
    }

    private void Halt(string reason, IEffectSink<ChainEffect> effects)
    {
        if (_haltReason is not null) return;
        _haltReason = reason;
        effects.Emit(new ChainEffect.Halted(reason));
    }

    private void Restore(HashedBlock block)
    {
        if (block.Id == Genesis.Id) return;
        Verdict verdict = _judge.Judge(block, null, out BlockNode? node);
        StateDelta? delta = null;
        var overlay = new StateOverlay(_state);
        if (verdict.IsValid && ReferenceEquals(node!.Parent, TipNode))
            verdict = BlockRules.Execute(block, _profile, overlay, node.Weight, out delta);
        if (!verdict.IsValid || delta is null)
            throw new InvalidDataException($"The store's block {block.Id} at height {block.Header.Height} does not follow: {verdict}.");

        node!.Delta = delta;
        node.IsVerified = true;
        node.RuleState = _consensus.Rule.Advance(node.Parent!.RuleState, node.Header, overlay);
        _tree.Add(node);
        _consensus.ForkChoice.Add(node.ForForkChoice);
        _state.Apply(delta);
        _best.Move(TipNode, [node]);
        _consensus.Finality.Adopted(node.Header, block.Block.Certificate);
    }
}
