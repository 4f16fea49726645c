using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Requests that the chain end at an older block again. What is given up by one is out of the tree, and nothing is built upon it,
/// so that a search or a signature that was under way does not bring it back; made anew it is welcome.
/// </summary>
internal sealed class RevertRequests(BestChain best, BlockTree tree, SideBranches sides, StoredBlockLoader loader, BlockCache cache, IFinality finality)
{
    private readonly Queue<NodeInput.RevertRequested> _requested = new();
    private readonly HashSet<BlockId> _givenUp = [];

    public bool IsRequested => _requested.Count > 0;

    public void Take(NodeInput.RevertRequested requested) => _requested.Enqueue(requested);

    /// <summary>Returns the way back that was asked for first, or <c>null</c> when none was.</summary>
    public Branch? TryBegin(LedgerState state, IEffectSink<IChainEffect> effects)
    {
        while (_requested.TryDequeue(out NodeInput.RevertRequested? requested))
        {
            bool isBelowOldest = loader.IsBelowOldest(requested.Block);
            if (isBelowOldest && tree.Find(requested.Block) is null) loader.Load(requested.Block, out _);
            if (tree.Find(requested.Block) is not { } node || !(isBelowOldest || best.Contains(node)))
            {
                Refuse(requested.Ticket, $"block {requested.Block} is not part of the best chain", effects);
                continue;
            }

            if (cache.FindBlock(node) is not null) return new Branch(best, node, state) { Ticket = requested.Ticket };
            sides.ReleaseIfBare(node);
            Refuse(requested.Ticket, $"of block {requested.Block} only the header was kept", effects);
        }

        return null;
    }

    /// <summary>Returns why a block is not taken because of a revert, or <c>null</c>. One that is made anew on what is left is taken.</summary>
    public Verdict? WhyRefused(HashedBlock block)
    {
        if (_givenUp.Contains(block.Header.Previous))
            return Verdict.RefusedByPolicy($"a block on {block.Header.Previous}", "none on a block that a revert gave up");
        _givenUp.Remove(block.Id);
        return null;
    }

    /// <summary>Answers a request that cannot be fulfilled; returns whether the branch was one.</summary>
    public static bool TryRefuse(Branch branch, IEffectSink<IChainEffect> effects)
    {
        if (branch.Ticket is not { } ticket) return false;
        Refuse(ticket, $"what undoes the block at height {branch.UndoHeight} was pruned", effects);
        return true;
    }

    /// <summary>Removes what was undone, once the tip has moved back; what is final ends there too.</summary>
    public void Finish(Branch branch, HashedBlock tip)
    {
        finality.Adopted(branch.Fork.Header, tip.Block.Certificate);
        foreach (AppliedBlock undone in branch.Undone) _givenUp.Add(undone.Node.Id);
        if (branch.Undone is [.., { Node: var lowest }] && tree.Find(lowest.Id) is { } first) sides.Forget(first);
    }

    private static void Refuse(long ticket, string reason, IEffectSink<IChainEffect> effects) =>
        effects.Emit(new NodeEffect.RevertRefused(ticket, reason));
}
