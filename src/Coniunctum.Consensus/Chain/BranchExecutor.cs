using System.Collections.Immutable;
using Coniunctum.Consensus.Node;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Works towards the tip that wins, a block a step: undoes and executes blocks beside the tip, and moves the tip once, when all of
/// the branch is valid. When there is nothing to execute, it writes checkpoints.
/// </summary>
/// <param name="parts">The chain's parts.</param>
/// <param name="deepest">How many blocks a branch may undo.</param>
/// <param name="nextJob">Numbers what is asked for.</param>
internal sealed class BranchExecutor(ChainParts parts, ulong deepest, Func<JobId> nextJob)
{
    private const string Unpruned = "branches for which what they undo was not pruned";

    private Branch? _branch;
    private bool _isContinuing;
    private BlockNode? _asked;

    /// <summary>The end of the branch that is being executed, or <c>null</c>.</summary>
    public BlockNode? Target => _branch?.Target;

    /// <summary>Whether nothing is being executed, or is about to be.</summary>
    public bool IsIdle => _branch is null && !_isContinuing;

    /// <summary>Bytes of blocks that wait to be executed.</summary>
    public long PendingBytes => _branch?.PendingBytes ?? 0;

    /// <summary>Whether another tip is on its way: one that is executed, asked for, or being written.</summary>
    /// <remarks>One that waits for bodies of others is not: nobody knows when they come.</remarks>
    public bool IsBusy => _branch is not null || parts.Reverts.IsRequested || parts.Commits.HasBlocks
        || (!ReferenceEquals(parts.Tree.Head, Tip) && !ReferenceEquals(parts.Tree.Head, _asked));

    private BlockNode Tip => parts.Best.Tip;

    private IFinality Finality => parts.Consensus.Finality;

    private bool HasPendingWork => !ReferenceEquals(parts.Tree.Head, Tip) || parts.Reverts.IsRequested || parts.Checkpoints is { IsReady: true };

    /// <summary>Does the next piece of work that <see cref="NodeEffect.Continue"/> has announced.</summary>
    public void ContinueAsAsked(IEffectSink<IChainEffect> effects)
    {
        _isContinuing = false;
        Continue(effects);
    }

    /// <summary>Puts off once more what <see cref="NodeEffect.Continue"/> has announced, where there is anything: something else was done.</summary>
    public void ContinueLater(IEffectSink<IChainEffect> effects)
    {
        _isContinuing = false;
        if (_branch is not null || HasPendingWork) AskToContinue(effects);
    }

    /// <summary>Asks for a step in which something that can wait is done, unless one is on its way.</summary>
    public void AskToContinue(IEffectSink<IChainEffect> effects)
    {
        if (_isContinuing) return;
        _isContinuing = true;
        effects.Emit(new NodeEffect.Continue());
    }

    /// <summary>Takes notice of a block that has joined the tree.</summary>
    public void Take(BlockNode node, IEffectSink<IChainEffect> effects)
    {
        if (_branch is null)
            Continue(effects);
        else if (_branch.IsExtension && ReferenceEquals(node.Parent, _branch.Target) && ReferenceEquals(parts.Tree.Head, node))
            Extend(_branch, node, effects);
    }

    /// <summary>Turns to the tip that wins, where nothing else is being done.</summary>
    public void FollowHead(IEffectSink<IChainEffect> effects)
    {
        if (_branch is null && !ReferenceEquals(parts.Tree.Head, Tip)) AskToContinue(effects);
    }

    /// <summary>Takes notice of a commit that is durable.</summary>
    /// <param name="wasFull">Whether execution waited for it.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    public void TakeDurable(bool wasFull, IEffectSink<IChainEffect> effects)
    {
        // A branch that undoes may be on its way from the oldest block in memory.
        if (_branch is null or { IsExtension: true }) parts.Retention.Advance();
        if ((wasFull && !parts.Commits.IsFull) || parts.Checkpoints is { IsReady: true }) AskToContinue(effects);
    }

    /// <summary>
    /// Does the next piece of work towards the tip that wins: undoes or executes one block. When there is nothing to do, or when
    /// it has waited too long, a slice of a checkpoint is written.
    /// </summary>
    public void Continue(IEffectSink<IChainEffect> effects)
    {
        if (_branch is null && !TryBeginBranch(effects))
        {
            if (parts.Checkpoints is { IsReady: true }) parts.Commits.Commit(parts.Checkpoints.Next(Tip, parts.State), effects);
            return;
        }

        Branch branch = _branch!;
        parts.Signatures.RequestAhead(nextJob, effects);
        if (parts.Commits.IsFull) return;
        if (parts.Checkpoints is { IsOverdue: true })
        {
            parts.Commits.Commit(parts.Checkpoints.Next(Tip, parts.State), effects);
            AskToContinue(effects);
            return;
        }

        if (branch.UndoHeight > branch.Fork.Height)
        {
            if (branch.Ticket is null && Tip.Height - branch.Fork.Height > deepest)
                RefuseBranch(branch, $"branches that undo no more than {deepest} blocks", effects);
            else if (!TryUndo(branch))
                RefuseBranch(branch, Unpruned, effects);
            AskToContinue(effects);
            return;
        }

        if (branch.NextPending is { } node && !TryApply(branch, node, effects)) return;
        if (branch.IsExtension || branch.NextPending is null) Adopt(branch, effects);
        if (_branch is not null || HasPendingWork) AskToContinue(effects);
    }

    private bool TryBeginBranch(IEffectSink<IChainEffect> effects)
    {
        _branch = parts.Reverts.TryBegin(parts.State, effects) ?? (ReferenceEquals(parts.Tree.Head, Tip) ? null : TryTurnTo(parts.Tree.Head, effects));
        if (_branch is null) return false;
        parts.Signatures.Follow(_branch.Pending);
        return true;
    }

    /// <summary>Returns the way to a tip that wins; <c>null</c> where bodies are missing, which are asked for. Meanwhile the tip stays.</summary>
    private Branch? TryTurnTo(BlockNode head, IEffectSink<IChainEffect> effects)
    {
        var branch = new Branch(parts.Best, head, parts.State);
        if (!branch.Pending.Any(node => node.LacksBody))
        {
            _asked = null;
            return branch;
        }

        if (!ReferenceEquals(_asked, head))
        {
            foreach (BlockNode node in branch.Pending.Where(node => node.LacksBody)) effects.Emit(new NodeEffect.FetchBlock(node.Id, null, default));
        }

        _asked = head;
        return null;
    }

    /// <summary>Undoes the branch's next block, unless what undoes it was pruned.</summary>
    private bool TryUndo(Branch branch)
    {
        BlockNode node = parts.Loader.NodeAt(branch.UndoHeight);
        if (parts.Cache.FindDelta(node) is not { } delta || parts.Cache.FindBlock(node) is not { } block) return false;
        branch.Undo(new AppliedBlock(node, block, delta));
        return true;
    }

    /// <summary>A branch that wins, or an older tip, cannot be had: that is reported.</summary>
    private void RefuseBranch(Branch branch, string taken, IEffectSink<IChainEffect> effects)
    {
        if (RevertRequests.TryRefuse(branch, effects))
        {
            _branch = null;
            return;
        }

        BlockNode first = branch.NextPending!;
        effects.Emit(new NodeEffect.BranchRefused(branch.Target.Header, branch.Target.ChainWeight, branch.Fork.Height, first.Id, taken));
        Discard(first, Verdict.RefusedByPolicy($"a branch from height {branch.Fork.Height}", taken), effects);
    }

    /// <summary>Lets a branch that only adds to the tip go on: a node that synchronises never stops between two blocks.</summary>
    private void Extend(Branch branch, BlockNode node, IEffectSink<IChainEffect> effects)
    {
        branch.Extend(node);
        parts.Signatures.Add(node);
        parts.Signatures.RequestAhead(nextJob, effects);
    }

    /// <summary>Does the branch's next block, unless its signatures must be verified first or it turns out invalid.</summary>
    private bool TryApply(Branch branch, BlockNode node, IEffectSink<IChainEffect> effects)
    {
        if (node.IsExecuted)
        {
            if (TryRedo(branch, node)) return true;
            RefuseBranch(branch, Unpruned, effects);
            return false;
        }

        StateDelta? delta = null;
        Verdict verdict = parts.BlockValidator.Recheck(node);
        if (verdict.IsValid && !IsVerified(node, effects)) return false;
        if (verdict.IsValid) verdict = parts.Prepared.Execute(node, branch, out delta);
        if (!verdict.IsValid)
        {
            Discard(node, verdict, effects);
            return false;
        }

        node.SetExecuted(delta!, parts.Consensus.Rule.Advance(node.Parent!.RuleState, node.Header, branch.Overlay));
        parts.Signatures.Forget(node);
        parts.Blocks.Wake(node.Id);
        branch.Advance(node.Body!, delta!);
        return true;
    }

    /// <summary>Does a block again that was executed before, unless that was pruned.</summary>
    private bool TryRedo(Branch branch, BlockNode node)
    {
        if (parts.Cache.FindDelta(node) is not { } delta || parts.Cache.FindBlock(node) is not { } block) return false;
        branch.Overlay.Apply(delta);
        branch.Advance(block, delta);
        return true;
    }

    /// <summary>Returns whether a block's signatures were verified; if not, that is asked for, or was before.</summary>
    private bool IsVerified(BlockNode node, IEffectSink<IChainEffect> effects)
    {
        if (!node.IsVerified && node.Verification is null) parts.Signatures.Request(node, nextJob, effects);
        return node.IsVerified;
    }

    /// <summary>Takes what was concluded from a block's signatures.</summary>
    public void TakeSignatures(BlockNode node, Verdict verdict, IEffectSink<IChainEffect> effects)
    {
        // Others may have to be asked for when the parent was executed: then a refusal says nothing yet.
        if (!verdict.IsValid && node.IsCheckedExactly)
            Discard(node, verdict, effects);
        else if (ReferenceEquals(node, _branch?.NextPending))
            Continue(effects);
        else
            parts.Signatures.RequestAhead(nextJob, effects);
    }

    /// <summary>
    /// Removes a block that turned out invalid, and looks for another tip. The branch that holds it is given up; any other one goes
    /// on, and with it whoever waits for it.
    /// </summary>
    private void Discard(BlockNode node, Verdict verdict, IEffectSink<IChainEffect> effects)
    {
        if (_branch is null || _branch.Holds(node))
        {
            _branch = null;
            parts.Signatures.Follow([]);
        }

        parts.Pruner.Remove(node, verdict);
        AskToContinue(effects);
    }

    private void Adopt(Branch branch, IEffectSink<IChainEffect> effects)
    {
        StateDelta total = branch.Overlay.Total();
        parts.State.Apply(total);
        parts.Prepared.Clear();
        ImmutableArray<BlockNode> nodes = [.. branch.Done.Select(done => done.Node)];
        MoveTip(branch, nodes);
        ulong final = Finality.FinalHeight;
        foreach (AppliedBlock done in branch.Done)
            Finality.Adopted(done.Node.Header, done.Block.Block.Certificate);
        parts.Pruner.RemoveRivals(final);
        if (branch.Ticket is not null) parts.Reverts.Finish(branch, parts.BlockOf(Tip));
        ImmutableArray<HashedBlock> disconnected = [.. branch.Undone.Select(undone => undone.Block)];
        ImmutableArray<HashedBlock> connected = [.. branch.Done.Select(done => done.Block)];
        var events = new List<PoolEvent>();
        parts.Pool.Follow(disconnected, connected, total, parts.State, events, isReverted: branch.Ticket is not null);
        foreach (PoolEvent moved in events) effects.Emit(moved.ToEffect());

        var batch = new StoreBatch { CutAbove = branch.Ticket is null ? null : branch.Fork.Height, Connected = [.. branch.Done.Select(Stored)] };
        parts.Checkpoints?.Count(branch.Fork.Height, batch.Connected);
        batch = parts.SideHeads.AddTo(batch);
        parts.Commits.Commit(batch, nodes, new NodeEffect.TipMoved(disconnected, connected, parts.BlockOf(Tip), Tip.RuleState, Finality.FinalHeight, branch.Ticket), effects);
        if (parts.Unknown.Follow()) parts.Unknown.Remember(parts.Commits, effects);

        // What is left to do stays only while its end is still the best, and while no one waits to go back.
        if (branch.NextPending is not null && !parts.Reverts.IsRequested && ReferenceEquals(parts.Tree.Head, branch.Target))
            branch.Restart(parts.State);
        else
            _branch = null;
    }

    private void MoveTip(Branch branch, IReadOnlyList<BlockNode> nodes)
    {
        bool isBelowOldest = branch.Fork.Height < parts.Best.Oldest.Height;
        parts.Best.Move(branch.Fork, nodes);
        foreach (AppliedBlock done in branch.Done)
        {
            done.Node.Load(done.Block, done.Delta);
            done.Node.IsCommitted = true;
            parts.Sides.Leave(done.Node);
        }

        if (isBelowOldest)
        {
            parts.Retention.Reset();
            return;
        }

        foreach (AppliedBlock undone in branch.Undone) parts.Sides.Add(undone.Node);
    }

    private StoredBlock Stored(AppliedBlock done) => new(
        HeadCodec.Write(done.Block, parts.Profile.Format, done.Node.RuleState.Encode(), done.Node.ChainWeight), done.Block.Encoded, done.Delta.Encode());
}
