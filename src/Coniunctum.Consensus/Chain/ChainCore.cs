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
    private readonly List<BlockNode> _best = [];
    private readonly LedgerState _state = new();
    private readonly Mempool _pool;
    private readonly AdmissionDesk _admissions;
    private readonly ProposalDesk _proposals;
    private readonly Queue<ChainEffect.TipMoved> _commits = new();
    private Branch? _branch;
    private BlockSignatures? _branchSignatures;
    private long? _branchJob;
    private bool _isContinuing;
    private long _numbers;
    private string? _haltReason;

    /// <summary>Starts a chain that has nothing but its genesis block.</summary>
    /// <param name="profile">The chain's profile.</param>
    /// <param name="options">How much the pool keeps.</param>
    /// <exception cref="ArgumentException">The profile is impossible, or names no <see cref="ConsensusSpec"/>.</exception>
    public ChainCore(ChainProfile profile, PoolOptions options)
    {
        GenesisBlock genesis = GenesisBlock.Create(profile);
        if (profile.Consensus is not ConsensusSpec spec)
            throw new ArgumentException("The profile's consensus parameters must be a ConsensusSpec, which builds the rule.", nameof(profile));

        _profile = profile;
        _consensus = spec.Build(profile, genesis.Block.Id);
        _pool = new Mempool(profile, options);
        _admissions = new AdmissionDesk(profile, options, _pool);
        _proposals = new ProposalDesk(profile, _pool);
        Genesis = genesis.Block;

        _state.Apply(genesis.Delta);
        var node = new BlockNode(genesis.Block, null, Work.Zero, Work.Zero, _consensus.Initial, new SealClaims(), new SealClaims())
        {
            Delta = genesis.Delta,
            IsVerified = true,
        };
        _tree.Add(node);
        _best.Add(node);
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

    private BlockNode TipNode => _best[^1];

    /// <summary>Returns the best chain's block at a height, or <c>null</c> above the tip.</summary>
    /// <param name="height">The height.</param>
    public HashedBlock? BlockAt(ulong height) => height < (ulong)_best.Count ? _best[(int)height].Block : null;

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
        _commits.SelectMany(move => move.Connected).SelectMany(block => block.Transactions).Any(transaction => transaction.Id == id);

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
            case ChainInput.SignaturesVerified verified when verified.Job == _branchJob:
                JudgeSignatures(verified.Answers, effects);
                break;
            case ChainInput.SignaturesVerified verified when _proposals.TryTakeAnswers(verified, TipNode, _state, effects):
                break;
            case ChainInput.SignaturesVerified verified:
                _admissions.TakeAnswers(verified, _state, NextNumber, effects);
                break;
            case ChainInput.CandidateWanted wanted when _haltReason is null:
                BlockDraft draft = CandidateBuilder.Build(
                    _profile, _consensus.Rule, TipNode, _best, _state, _pool.InOrder, wanted.Receiver, now, Genesis.Id);
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
            : _tree.WhyInvalid(block.Id) ?? Judge(block, now, out node);
        effects.Emit(new ChainEffect.BlockJudged(block, verdict));
        if (node is null) return;

        _consensus.ForkChoice.Add(node.ForForkChoice);
        if (_branch is null) ContinueBranch(effects);
    }

    /// <summary>Checks all that can be checked before the parent's state is at hand, and takes the block into the tree.</summary>
    private Verdict Judge(HashedBlock block, Timestamp? now, out BlockNode? node)
    {
        node = null;
        BlockNode? parent = _tree.Find(block.Header.Previous);
        if (parent is null)
        {
            return _tree.WhyInvalid(block.Header.Previous) is null
                ? Verdict.MissingParent(block.Header.Previous)
                : Refuse(block, ParentInvalid(block.Header.Previous), isProven: false);
        }

        // A certified block is not deferred: others have agreed on its time.
        var certificate = new SealClaims();
        Timestamp? clock = block.Block.Certificate is null ? now : null;
        Verdict verdict = CheckBehind(parent, block, clock, certificate, out BlockNode? sound);
        if (verdict.IsValid)
            verdict = _consensus.Finality.Judge(HeaderView.Of(block), block.Block.Certificate, parent.RuleState, certificate);
        if (!verdict.IsValid) return verdict;

        node = sound!;
        _tree.Add(node);
        return Verdict.Valid;
    }

    /// <summary>Checks header and body behind a parent, by every rule that needs neither the parent's state nor a certificate.</summary>
    private Verdict CheckBehind(BlockNode parent, HashedBlock block, Timestamp? now, SealClaims certificate, out BlockNode? node)
    {
        node = null;
        var seals = new SealClaims();
        HeaderView header = HeaderView.Of(block);
        Verdict headerVerdict = CheckHeader(header, parent, now, seals);
        // What the rule carries is exact only behind a parent that was executed: until then a refusal is not for ever.
        if (headerVerdict.Kind == VerdictKind.Invalid)
            return parent.Delta is null ? headerVerdict : Refuse(block, headerVerdict, isProven: false);
        Verdict verdict = BlockRules.CheckBody(block, _profile);
        if (!verdict.IsValid) return Refuse(block, verdict, headerVerdict.IsValid);

        // Only now: what is kept until its time should at least be whole.
        if (!headerVerdict.IsValid) return headerVerdict;
        Work weight = _consensus.Rule.Weight(header, parent.RuleState);
        if (!Work.TryAdd(parent.ChainWeight, weight, out Work chainWeight))
            return Refuse(block, Verdict.Reject(BlockRule.Overflow, weight.ToBytes(), "a chain's weight below 2^256"), isProven: true);
        RuleState state = _consensus.Rule.Advance(parent.RuleState, header, null);
        node = new BlockNode(block, parent, weight, chainWeight, state, seals, certificate);
        return Verdict.Valid;
    }

    private Verdict CheckHeader(in HeaderView header, BlockNode parent, Timestamp? now, SealClaims seals)
    {
        Verdict place = BlockRules.CheckPlace(header.Header, parent.Block.Header, _profile);
        if (!place.IsValid) return place;
        // Whatever left the best chain below the final height is gone from the tree: a parent at or above it descends from it.
        return parent.Height < _consensus.Finality.FinalHeight
            ? ContradictsFinality(parent)
            : _consensus.Rule.Check(header, new Ancestors(parent, _best), parent.RuleState, now, seals);
    }

    private Verdict Refuse(HashedBlock block, Verdict verdict, bool isProven)
    {
        if (!IsFaultOfCopy(block, verdict)) _tree.MarkInvalid(block.Id, verdict, isProven);
        return verdict;
    }

    private void TakeProposal(HashedBlock block, Timestamp now, IEffectSink<ChainEffect> effects)
    {
        BlockNode? node = null;
        Verdict verdict = block.Header.Previous == TipNode.Id
            ? CheckBehind(TipNode, block, now, new SealClaims(), out node)
            : Verdict.MissingParent(block.Header.Previous);
        if (verdict.IsValid)
            _proposals.Take(node!, _state, NextNumber, effects);
        else
            effects.Emit(new ChainEffect.ProposalJudged(block, verdict));
    }

    private static Verdict ParentInvalid(BlockId parent) =>
        Verdict.Reject(BlockRule.ParentInvalid, parent.Value, "a parent that is valid");

    private Verdict ContradictsFinality(BlockNode parent) =>
        Verdict.Reject(BlockRule.ContradictsFinality, parent.Height, _consensus.Finality.FinalHeight);

    /// <summary>
    /// A seal, a certificate and a body that is not the header's are faults of this copy: the same identity may still turn up
    /// with honest ones.
    /// </summary>
    private static bool IsFaultOfCopy(HashedBlock block, Verdict verdict) => verdict.Rule switch
    {
        BlockRule.SealInvalid or BlockRule.CertificateInvalid => true,
        BlockRule.MerkleRootMismatch or BlockRule.Empty or BlockRule.BlockTooLarge =>
            block.ComputedMerkleRoot != block.Header.MerkleRoot || block.IsMutated,
        _ => false,
    };

    /// <summary>Does the next piece of work towards the tip that wins: undoes, verifies or executes one block.</summary>
    private void ContinueBranch(IEffectSink<ChainEffect> effects)
    {
        if (_haltReason is not null || _branchJob is not null) return;
        if (_branch is null)
        {
            if (_consensus.ForkChoice.Head == TipNode.Id) return;
            _branch = new Branch(TipNode, _tree.Find(_consensus.ForkChoice.Head)!, _state);
        }

        if (_branch.NextToUndo is not null)
        {
            _branch.Undo();
            AskToContinue(effects);
            return;
        }

        if (_branch.NextToDo is { } node && !TryDo(_branch, node, effects)) return;
        if (_branch.NextToDo is null) Adopt(_branch, effects);
        if (_branch is not null || _consensus.ForkChoice.Head != TipNode.Id) AskToContinue(effects);
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
        Verdict verdict = RecheckHeader(node);
        if (verdict.IsValid && !node.IsVerified && RequestVerification(node, effects)) return false;
        if (verdict.IsValid) verdict = BlockRules.Execute(node.Block, _profile, branch.Overlay, node.Weight, out delta);
        if (!verdict.IsValid)
        {
            Discard(node, verdict, effects);
            return false;
        }

        node.Delta = delta;
        node.RuleState = _consensus.Rule.Advance(node.Parent!.RuleState, HeaderView.Of(node.Block), branch.Overlay);
        branch.Advance();
        return true;
    }

    /// <summary>
    /// A header that was checked before its parent was executed is checked again when that changed what the rule carries; its
    /// seals and its certificate may then have to be others'.
    /// </summary>
    private Verdict RecheckHeader(BlockNode node)
    {
        RuleState parent = node.Parent!.RuleState;
        if (parent.Equals(node.CheckedAgainst)) return Verdict.Valid;
        (node.CheckedAgainst, node.Seals, node.Certificate, node.IsVerified) = (parent, new SealClaims(), new SealClaims(), false);
        HeaderView header = HeaderView.Of(node.Block);
        Verdict verdict = _consensus.Rule.Check(header, new Ancestors(node.Parent, _best), parent, null, node.Seals);
        return verdict.IsValid
            ? _consensus.Finality.Judge(header, node.Block.Block.Certificate, parent, node.Certificate)
            : verdict;
    }

    /// <summary>Asks for the signatures that nobody has checked yet; returns whether there are any.</summary>
    private bool RequestVerification(BlockNode node, IEffectSink<ChainEffect> effects)
    {
        var signatures = new BlockSignatures(node, _pool);
        if (signatures.Claims.IsEmpty)
        {
            node.IsVerified = true;
            return false;
        }

        _branchSignatures = signatures;
        _branchJob = NextNumber();
        effects.Emit(new ChainEffect.VerifySignatures(_branchJob.Value, signatures.Claims));
        return true;
    }

    private void JudgeSignatures(ImmutableArray<SignatureAnswer> answers, IEffectSink<ChainEffect> effects)
    {
        BlockNode node = _branch!.NextToDo!;
        Verdict verdict = _branchSignatures!.Judge(answers);
        (_branchJob, _branchSignatures) = (null, null);
        if (verdict.IsValid)
        {
            node.IsVerified = true;
            ContinueBranch(effects);
        }
        else
        {
            Discard(node, verdict, effects);
        }
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
        bool isFaultOfCopy = IsFaultOfCopy(node.Block, verdict);
        foreach (BlockNode removed in _tree.RemoveSubtree(node))
        {
            // Behind a copy's fault the descendants may be sound: they are welcome again after an honest copy.
            Verdict reason = ReferenceEquals(removed, node) ? verdict
                : isFaultOfCopy ? Verdict.MissingParent(removed.Parent!.Id)
                : ParentInvalid(removed.Parent!.Id);
            if (!isFaultOfCopy) _tree.MarkInvalid(removed.Id, reason, isProven: true);
            effects.Emit(new ChainEffect.BlockJudged(removed.Block, reason));
        }
    }

    private void Adopt(Branch branch, IEffectSink<ChainEffect> effects)
    {
        _branch = null;
        StateDelta total = branch.Overlay.Total();
        _state.Apply(total);
        _best.RemoveRange((int)branch.Fork.Height + 1, _best.Count - (int)branch.Fork.Height - 1);
        _best.AddRange(branch.Done);
        ulong final = _consensus.Finality.FinalHeight;
        foreach (BlockNode node in branch.Done)
            _consensus.Finality.Adopted(HeaderView.Of(node.Block), node.Block.Block.Certificate);
        RemoveRivals(final, effects);

        ImmutableArray<HashedBlock> disconnected = [.. branch.Undone.Select(node => node.Block)];
        ImmutableArray<HashedBlock> connected = [.. branch.Done.Select(node => node.Block)];
        var events = new List<PoolEvent>();
        _pool.Follow(disconnected, connected, total, _state, events);
        foreach (PoolEvent told in events) effects.Emit(ChainEffect.Of(told));

        _commits.Enqueue(new ChainEffect.TipMoved(disconnected, connected, TipNode.RuleState));
        effects.Emit(new ChainEffect.Commit(new StoreBatch { Connected = connected }));
    }

    /// <summary>Removes what left the best chain where it has become final since.</summary>
    private void RemoveRivals(ulong finalBefore, IEffectSink<ChainEffect> effects)
    {
        for (ulong height = finalBefore; height < _consensus.Finality.FinalHeight; height++)
        {
            BlockNode parent = _best[(int)height];
            foreach (BlockNode rival in parent.Children.Where(child => !ReferenceEquals(child, _best[(int)height + 1])).ToArray())
                Remove(rival, ContradictsFinality(parent), effects);
        }
    }

    /// <summary>Tells the world of a new tip only when it is durable.</summary>
    private void Acknowledge(IEffectSink<ChainEffect> effects)
    {
        if (!_commits.TryDequeue(out ChainEffect.TipMoved? moved)) throw new InvalidOperationException("No commit waits for an answer.");
        if (_haltReason is null) effects.Emit(moved);
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
        Verdict verdict = Judge(block, null, out BlockNode? node);
        StateDelta? delta = null;
        var overlay = new StateOverlay(_state);
        if (verdict.IsValid && ReferenceEquals(node!.Parent, TipNode))
            verdict = BlockRules.Execute(block, _profile, overlay, node.Weight, out delta);
        if (!verdict.IsValid || delta is null)
            throw new InvalidDataException($"The store's block {block.Id} at height {block.Header.Height} does not follow: {verdict}.");

        node!.Delta = delta;
        node.IsVerified = true;
        node.RuleState = _consensus.Rule.Advance(node.Parent!.RuleState, HeaderView.Of(block), overlay);
        _consensus.ForkChoice.Add(node.ForForkChoice);
        _state.Apply(delta);
        _best.Add(node);
        _consensus.Finality.Adopted(HeaderView.Of(block), block.Block.Certificate);
    }
}
