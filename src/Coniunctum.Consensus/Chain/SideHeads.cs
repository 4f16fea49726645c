using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// What is written down of blocks beside the best chain, where the fork choice weighs them: so that it decides after a restart as
/// if there had been none. Rows follow what is in memory, down to 1,000 blocks below the tip; what has left memory is removed.
/// </summary>
/// <param name="profile">The chain's profile.</param>
/// <param name="best">The best chain.</param>
/// <param name="whyRefused">Returns why a block is of no use, or <c>null</c>.</param>
/// <param name="isKept">Whether there is a store, and a fork choice that weighs such blocks.</param>
internal sealed class SideHeads(ChainProfile profile, BestChain best, Func<BlockId, Verdict?> whyRefused, bool isKept)
{
    /// <summary>How far below the tip they are kept, in blocks.</summary>
    public const ulong Depth = 1_000;

    // Where blocks cost no work, a signer can make any number of them at one height.
    private const int MaxPerHeight = 64;

    // Not decided yet: most of them are about to become part of the best chain.
    private readonly Queue<BlockNode> _joined = new();
    private readonly Dictionary<BlockId, Change> _changes = [];
    private readonly Dictionary<BlockId, bool> _stored = [];
    private readonly SortedDictionary<ulong, List<BlockId>> _heights = [];
    private bool _isUnderWay;
    private int _gone;

    /// <summary>The lowest height of which sides are read when a node is started.</summary>
    public static ulong LowestBelow(ulong tip) => tip > Depth ? tip - Depth : 1;

    /// <summary>Takes note of what the store has.</summary>
    public void TakeStored(StoredSide side) => Keep(side.Id, side.Height, side.Fault != BlockRule.None);

    /// <summary>A block has joined the tree, or has left the best chain.</summary>
    public void Add(BlockNode node)
    {
        if (isKept) _joined.Enqueue(node);
    }

    /// <summary>A block that is invalid has come to weigh.</summary>
    public void AddInvalid(BlockNode node)
    {
        if (isKept) Put(node, isInvalid: true);
    }

    /// <summary>A block has left memory.</summary>
    public void Remove(BlockNode node)
    {
        if (!isKept) return;
        if (_stored.ContainsKey(node.Id) || _changes.ContainsKey(node.Id)) _changes[node.Id] = new Change(node, IsKept: false, IsInvalid: false);

        // Those behind one that is ahead of the tip are not decided before the tip is there: what has left memory does not wait so long.
        if (++_gone <= _joined.Count / 2) return;
        _gone = 0;
        for (int left = _joined.Count; left > 0; left--)
        {
            BlockNode next = _joined.Dequeue();
            if (next.IsInTree) _joined.Enqueue(next);
        }
    }

    /// <summary>Adds what has changed to a commit of blocks.</summary>
    public StoreBatch AddTo(StoreBatch batch)
    {
        if (!isKept) return batch;
        Decide(isIdle: false);
        return Write(batch);
    }

    /// <summary>Returns a commit of what has changed, where nothing else is being done; <c>null</c> for none, and while one is under way.</summary>
    public StoreBatch? TakeIdle()
    {
        if (!isKept || _isUnderWay) return null;
        Decide(isIdle: true);
        if (_changes.Count == 0) return null;
        _isUnderWay = true;
        return Write(new StoreBatch());
    }

    /// <summary>The commit of <see cref="TakeIdle"/> is durable.</summary>
    public void Acknowledge() => _isUnderWay = false;

    /// <summary>Puts down blocks that were passed by: at or below the tip, or, when nothing is being done, any that are not of the best chain.</summary>
    private void Decide(bool isIdle)
    {
        while (_joined.TryPeek(out BlockNode? node))
        {
            bool isSide = node.IsInTree && !best.Contains(node);
            if (isSide && !isIdle && node.Height > best.Tip.Height) return;
            _joined.Dequeue();
            if (!isSide || node.Height < LowestBelow(best.Tip.Height)) continue;
            Put(node, isInvalid: false);

            // Which of those that build on one block came first decides ties, also of one that is part of the best chain.
            foreach (BlockNode sibling in node.Parent?.Children ?? []) Put(sibling, isInvalid: false);
        }
    }

    private void Put(BlockNode node, bool isInvalid)
    {
        bool isThere = _changes.TryGetValue(node.Id, out Change change) ? change.IsKept && change.IsInvalid == isInvalid
            : _stored.TryGetValue(node.Id, out bool wasInvalid) && wasInvalid == isInvalid;
        if (isThere || node.Height < LowestBelow(best.Tip.Height)) return;
        _changes[node.Id] = new Change(node, IsKept: true, isInvalid);
    }

    private StoreBatch Write(StoreBatch batch)
    {
        var sides = ImmutableArray.CreateBuilder<StoredSide>();
        var removed = ImmutableArray.CreateBuilder<StoreBatch.SideKey>();
        foreach ((BlockId id, Change change) in _changes)
        {
            if (!change.IsKept)
            {
                if (_stored.Remove(id)) removed.Add(new StoreBatch.SideKey(id, change.Node.Height));
                if (_heights.TryGetValue(change.Node.Height, out List<BlockId>? at)) at.Remove(id);
            }
            else if (_stored.ContainsKey(id) || CountAt(change.Node.Height) < MaxPerHeight)
            {
                Keep(id, change.Node.Height, change.IsInvalid);
                sides.Add(Describe(change));
            }
        }

        _changes.Clear();
        return batch with { Sides = sides.DrainToImmutable(), RemovedSides = removed.DrainToImmutable(), PruneSidesBelow = Prune() };
    }

    private StoredSide Describe(in Change change)
    {
        BlockNode node = change.Node;
        var head = new BlockHead(node.Header.Header, node.Header.Seal, node.Body?.Block.Certificate);
        BlockRule fault = !change.IsInvalid ? BlockRule.None : whyRefused(node.Id) is { Kind: VerdictKind.Invalid } why ? why.Rule : BlockRule.ParentInvalid;
        return new StoredSide(node.Id, node.Height, HeadCodec.Encode(head, profile.Format), node.Arrival, fault);
    }

    private ulong? Prune()
    {
        ulong lowest = LowestBelow(best.Tip.Height);
        ulong? pruned = null;
        while (_heights.Count > 0 && _heights.First() is { Key: var height, Value: var ids } && height < lowest)
        {
            foreach (BlockId id in ids) _stored.Remove(id);
            _heights.Remove(height);
            pruned = lowest;
        }

        return pruned;
    }

    private int CountAt(ulong height) => _heights.TryGetValue(height, out List<BlockId>? ids) ? ids.Count : 0;

    private void Keep(BlockId id, ulong height, bool isInvalid)
    {
        if (!_stored.TryAdd(id, isInvalid))
        {
            _stored[id] = isInvalid;
            return;
        }

        if (!_heights.TryGetValue(height, out List<BlockId>? ids)) _heights.Add(height, ids = []);
        ids.Add(id);
    }

    private readonly record struct Change(BlockNode Node, bool IsKept, bool IsInvalid);
}
