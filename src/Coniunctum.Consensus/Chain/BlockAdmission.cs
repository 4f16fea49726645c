using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// A block's way into the tree: header and body, then the signatures of its seal and its certificate, then its parent. What is not
/// proven neither weighs nor starts a branch; it waits here, within a quota of its sender's, and its children behind it. A copy that
/// is bad costs no other copy anything.
/// </summary>
internal sealed class BlockAdmission(
    BlockValidator validator, BlockTree tree, SideBranches sides, BranchPruner pruner, RevertRequests reverts, UnknownBranches unknown, IFinality finality, Settlements settlements,
    long maxBytes, int largestBlock)
{
    // What a copy takes beside its bytes, roughly: small blocks in great number cost no less than large ones.
    private const int CopyBytes = 2048;

    private readonly Dictionary<BlockId, UnprovenBlock> _blocks = [];
    private readonly Dictionary<BlockId, List<UnprovenBlock>> _behind = [];
    private readonly Dictionary<PeerId, List<BlockCopy>> _bySource = [];
    private readonly Queue<UnprovenBlock> _changed = new();
    private readonly Queue<BlockNode> _joined = new();
    private readonly WitnessVerifier _verifier = new();
    private readonly SourceQuota _quota = new(maxBytes, ChainParts.PeerSlots, largestBlock + CopyBytes);
    private bool _hasNews;

    /// <summary>Bytes of blocks that wait here.</summary>
    public long Bytes => _quota.Held;

    /// <summary>Whether no block waits here.</summary>
    public bool IsEmpty => _blocks.Count == 0;

    /// <summary>Judges a block that has arrived, as far as that can be done at once.</summary>
    /// <param name="block">The block.</param>
    /// <param name="from">Who sent it.</param>
    /// <param name="now">The node's time.</param>
    /// <returns>The answer; where it is pending, exactly one more follows.</returns>
    public (Verdict Verdict, bool IsPending) Take(HashedBlock block, PeerId from, Timestamp now)
    {
        if (tree.Find(block.Id) is { LacksBody: false }) return (Verdict.Valid, false);
        var copy = new BlockCopy(block, from);
        if (_blocks.TryGetValue(block.Id, out UnprovenBlock? waiting) && !waiting.HasRoomFor(from))
        {
            waiting.Note(from);
            return (Verdict.Busy($"copies of block {block.Id}", "one copy of each of two sources"), false);
        }

        Verdict verdict = Judge(copy, now, out BlockNode? node, out bool isUnknown);
        if (!MayWait(copy, verdict, node, isUnknown)) return (verdict, false);
        if (!TryCharge(copy)) return (Verdict.Busy(Invariant($"{_quota.HeldBy(from)} bytes of unproven blocks of one sender's"), "its share"), false);
        Keep(copy, verdict, node, isUnknown);
        return (Verdict.Valid, true);
    }

    /// <summary>Takes answers, if they are to what was asked here.</summary>
    public bool TryTakeAnswers(NodeInput.SignaturesVerified verified)
    {
        if (_verifier.TakeAnswers(verified) is not { } judged) return false;
        foreach ((BlockCopy copy, Verdict verdict) in judged)
        {
            // One that made room for others meanwhile is gone.
            if (!_blocks.TryGetValue(copy.Block.Id, out UnprovenBlock? waiting) || waiting.Copies.Count == 0 || !ReferenceEquals(waiting.Copies[0], copy)) continue;
            if (verdict.IsValid)
                waiting.IsProven = true;
            else if (waiting.Node is { } node && !validator.IsExact(node))
                waiting.Node = null;
            else
                Fail(waiting, verdict);
            // What has failed by what the rule was assumed to carry waits until that is known, unless it is by now.
            if (verdict.IsValid || waiting.Node is not null || waiting.Copies.Count == 0 || !ReferenceEquals(waiting.Copies[0], copy) || tree.Find(waiting.Parent) is { IsExecuted: true })
                _changed.Enqueue(waiting);
        }

        return true;
    }

    /// <summary>A block was executed, or has left the tree: those that wait behind it are looked at again.</summary>
    public void Wake(BlockId parent)
    {
        if (!_behind.TryGetValue(parent, out List<UnprovenBlock>? children)) return;
        foreach (UnprovenBlock child in children) _changed.Enqueue(child);
    }

    /// <summary>Lets join what has become ready, gives up what is lost, and asks for the next signatures.</summary>
    /// <param name="now">The node's time.</param>
    /// <param name="nextJob">Numbers what is asked for.</param>
    /// <param name="effects">Takes the effects, in order.</param>
    /// <returns>The blocks that have joined the tree, parents first.</returns>
    public IReadOnlyCollection<BlockNode> Advance(Timestamp now, Func<JobId> nextJob, IEffectSink<IChainEffect> effects)
    {
        _joined.Clear();
        while (_changed.TryDequeue(out UnprovenBlock? waiting))
        {
            // It may be gone by now.
            if (ReferenceEquals(_blocks.GetValueOrDefault(waiting.Id), waiting)) Review(waiting, now, effects);
        }

        _verifier.Request(nextJob, effects);
        return _joined;
    }

    /// <summary>Returns whether what is noted of unknown rulesets has changed since this was asked last.</summary>
    public bool TakeNews()
    {
        bool hadNews = _hasNews;
        _hasNews = false;
        return hadNews;
    }

    /// <summary>Whether what is known of a block is open yet: its witnesses, or what its parent does. One of the store is valid, and has no node.</summary>
    private static bool MayWait(BlockCopy copy, Verdict verdict, BlockNode? node, bool isUnknown) => verdict.Kind switch
    {
        VerdictKind.Valid => isUnknown || node is not null,
        VerdictKind.Deferred => copy.ClaimCount > 0,
        _ => verdict.Kind == VerdictKind.ParentPending,
    };

    private Verdict Judge(BlockCopy copy, Timestamp now, out BlockNode? node, out bool isUnknown)
    {
        HashedBlock block = copy.Block;
        (node, isUnknown) = (null, unknown.Concerns(block));
        if (isUnknown)
        {
            Verdict noted = unknown.Take(copy, now, isProven: false, out bool hasChanged);
            _hasNews |= hasChanged;
            return noted;
        }

        if ((tree.WhyRefused(block.Id) ?? reverts.WhyRefused(block)) is { } why) return why;
        Verdict verdict = tree.FindInvalid(block.Header.Previous) is { } invalid ? validator.JudgeBehindInvalid(invalid, copy, now) : JudgeBehind(copy, now, out node);
        // Its header alone was here: what was built on it is as invalid as it is.
        if (BlockValidator.BlameOf(block, verdict) == Blame.Identity && tree.Find(block.Id) is { } bare) pruner.Remove(bare, verdict);
        return verdict;
    }

    private Verdict JudgeBehind(BlockCopy copy, Timestamp now, out BlockNode? node)
    {
        HashedBlock block = copy.Block;
        node = null;
        BlockNode? parent = tree.Find(block.Header.Previous);
        if (parent is null && _blocks.TryGetValue(block.Header.Previous, out UnprovenBlock? before))
        {
            if (before.Node is null) return Verdict.ParentPending(before.Id);
            parent = before.Node;
        }

        return validator.Judge(copy, parent, now, out node);
    }

    private static int CostOf(BlockCopy copy) => copy.Block.Encoded.Length + CopyBytes;

    private bool TryCharge(BlockCopy copy)
    {
        int bytes = CostOf(copy);
        while (!_quota.TryCharge(copy.From, bytes))
        {
            if (_quota.WhoMakesRoomFor(copy.From, bytes) is not { } holder || !_bySource.TryGetValue(holder, out List<BlockCopy>? held)) return false;
            BlockCopy newest = held[^1];
            GiveUp(newest, Verdict.Busy("more than one sender's share of unproven blocks", "less"));
        }

        if (!_bySource.TryGetValue(copy.From, out List<BlockCopy>? copies)) _bySource.Add(copy.From, copies = []);
        copies.Add(copy);
        return true;
    }

    private void Keep(BlockCopy copy, Verdict verdict, BlockNode? node, bool isUnknown)
    {
        HashedBlock block = copy.Block;
        if (_blocks.TryGetValue(block.Id, out UnprovenBlock? waiting))
        {
            waiting.Copies.Add(copy);
            return;
        }

        waiting = new UnprovenBlock(block.Id, block.Header.Previous) { IsOfUnknownRuleset = isUnknown };
        waiting.Copies.Add(copy);
        _blocks.Add(block.Id, waiting);
        if (!_behind.TryGetValue(waiting.Parent, out List<UnprovenBlock>? siblings)) _behind.Add(waiting.Parent, siblings = []);
        siblings.Add(waiting);
        Place(waiting, verdict, node);
    }

    /// <summary>Takes what was concluded of the first copy, and has its witnesses proven.</summary>
    private void Place(UnprovenBlock waiting, Verdict verdict, BlockNode? node)
    {
        (waiting.Node, waiting.Deferral) = (node, verdict.Kind == VerdictKind.Deferred ? verdict : null);
        if (verdict.Kind == VerdictKind.ParentPending) return;
        if (waiting.Copies[0].ClaimCount > 0)
        {
            _verifier.Add(waiting.Copies[0]);
            return;
        }

        waiting.IsProven = true;
        _changed.Enqueue(waiting);
    }

    /// <summary>Looks again at a block whose parent, or whose own proof, has changed.</summary>
    private void Review(UnprovenBlock waiting, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        if (waiting.Copies.Count == 0)
        {
            End(waiting, effects);
        }
        else if (waiting.IsProven && (waiting.IsOfUnknownRuleset || waiting.Deferral is not null))
        {
            Answer(waiting, now, effects);
        }
        else if (waiting.Node is not { Parent: { } parent } node || !IsHere(parent))
        {
            JudgeAgain(waiting, now, effects);
        }
        else if (waiting.IsProven && ReferenceEquals(tree.Find(parent.Id), parent))
        {
            Join(waiting, node, effects);
        }
    }

    private bool IsHere(BlockNode parent) =>
        ReferenceEquals(tree.Find(parent.Id), parent) || ReferenceEquals(_blocks.GetValueOrDefault(parent.Id)?.Node, parent);

    private void JudgeAgain(UnprovenBlock waiting, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        BlockCopy copy = waiting.Copies[0];
        copy.ClearClaims();
        waiting.IsProven = false;
        Verdict verdict = Judge(copy, now, out BlockNode? node, out bool isUnknown);
        waiting.IsOfUnknownRuleset = isUnknown;
        if (MayWait(copy, verdict, node, isUnknown))
        {
            Place(waiting, verdict, node);
            return;
        }

        Settle(waiting, copy, verdict);
        if (waiting.Copies.Count == 0)
            End(waiting, effects);
        else
            JudgeAgain(waiting, now, effects);
    }

    /// <summary>Lets a block into the tree, behind its parent, unless finality, a revert or heavier branches are in its way.</summary>
    private void Join(UnprovenBlock waiting, BlockNode node, IEffectSink<IChainEffect> effects)
    {
        BlockCopy copy = waiting.Copies[0];
        node.Prove(copy);
        Remove(waiting);
        Verdict verdict = node.Parent!.Height < finality.FinalHeight
            ? BlockValidator.ContradictsFinality(node.Parent.Height, finality.FinalHeight)
            : reverts.WhyRefused(copy.Block) ?? Verdict.Valid;
        foreach (BlockCopy other in waiting.Copies)
        {
            Release(other);
            if (!ReferenceEquals(other, copy) || !verdict.IsValid)
                settlements.Add(other.Block, other.From, verdict.IsValid ? Verdict.RefusedByPolicy("another copy of a block that is here", "one copy") : verdict);
        }

        if (!verdict.IsValid)
        {
            if (verdict.Kind == VerdictKind.Invalid) tree.MarkRefused(waiting.Id, verdict, isProven: true);
            sides.ReleaseIfBare(node.Parent);
            Wake(waiting.Id);
            return;
        }

        BlockNode? bare = tree.Find(node.Id);
        if (bare is null)
        {
            tree.Add(node);
            sides.Add(node);
        }
        else if (bare.LacksBody)
        {
            sides.Fill(bare, node);
        }
        else
        {
            // It has come from the store meanwhile.
            settlements.Add(copy.Block, copy.From, Verdict.Valid);
            Wake(waiting.Id);
            return;
        }

        sides.MakeRoom();
        if (tree.Find(node.Id) is { } joined) _joined.Enqueue(joined);
        Wake(waiting.Id);
    }

    /// <summary>Answers for a block that is proven, and does not join the tree.</summary>
    private void Answer(UnprovenBlock waiting, Timestamp now, IEffectSink<IChainEffect> effects)
    {
        BlockCopy copy = waiting.Copies[0];
        Verdict verdict = waiting.Deferral ?? default;
        if (waiting.IsOfUnknownRuleset)
        {
            verdict = unknown.Take(copy, now, isProven: true, out bool hasChanged);
            _hasNews |= hasChanged;
        }

        foreach (BlockCopy each in waiting.Copies.ToArray()) Settle(waiting, each, verdict);
        End(waiting, effects);
    }

    /// <summary>The witnesses of the first copy are bad: it is blamed, and the next copy is looked at.</summary>
    private void Fail(UnprovenBlock waiting, Verdict verdict)
    {
        Settle(waiting, waiting.Copies[0], verdict);
        (waiting.Node, waiting.IsProven, waiting.Deferral) = (null, false, null);
    }

    private void GiveUp(BlockCopy copy, Verdict verdict)
    {
        UnprovenBlock waiting = _blocks[copy.Block.Id];
        bool isFirst = ReferenceEquals(waiting.Copies[0], copy);
        Settle(waiting, copy, verdict);
        if (!isFirst) return;
        (waiting.Node, waiting.IsProven, waiting.Deferral) = (null, false, null);
        _changed.Enqueue(waiting);
    }

    private void Settle(UnprovenBlock waiting, BlockCopy copy, Verdict verdict)
    {
        waiting.Copies.Remove(copy);
        Release(copy);
        settlements.Add(copy.Block, copy.From, verdict);
    }

    private void Release(BlockCopy copy)
    {
        copy.IsReleased = true;
        _quota.Release(copy.From, CostOf(copy));
        List<BlockCopy> held = _bySource[copy.From];
        held.Remove(copy);
        if (held.Count == 0) _bySource.Remove(copy.From);
    }

    /// <summary>No copy is left: those who had others are asked again, and what waits behind it is looked at.</summary>
    private void End(UnprovenBlock waiting, IEffectSink<IChainEffect> effects)
    {
        Remove(waiting);
        if (tree.Find(waiting.Parent) is { } parent) sides.ReleaseIfBare(parent);
        if (tree.WhyRefused(waiting.Id) is null && !waiting.IsOfUnknownRuleset)
        {
            foreach (PeerId source in waiting.AskedAgain) effects.Emit(new NodeEffect.FetchBlock(waiting.Id, null, source));
        }

        Wake(waiting.Id);
    }

    private void Remove(UnprovenBlock waiting)
    {
        _blocks.Remove(waiting.Id);
        List<UnprovenBlock> siblings = _behind[waiting.Parent];
        siblings.Remove(waiting);
        if (siblings.Count == 0) _behind.Remove(waiting.Parent);
    }
}
