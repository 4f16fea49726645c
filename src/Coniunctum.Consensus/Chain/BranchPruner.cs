using Coniunctum.Ledger;

namespace Coniunctum.Consensus.Chain;

/// <summary>Blocks that leave the tree for good: those that turned out invalid, and those that finality has beaten.</summary>
internal sealed class BranchPruner(BlockTree tree, BestChain best, SideBranches sides, IFinality finality, Settlements settlements)
{
    /// <summary>Removes a block with all that builds on it.</summary>
    public void Remove(BlockNode node, Verdict verdict)
    {
        bool isFaultOfCopy = node.Body is { } copy && BlockValidator.IsFaultOfCopy(copy, verdict);
        List<BlockNode> all = sides.Drop(node);
        foreach (BlockNode removed in all)
        {
            // Behind a copy's fault the descendants may be sound: they are welcome again after an honest copy.
            Verdict reason = ReferenceEquals(removed, node) || verdict.Kind == VerdictKind.Refused ? verdict
                : isFaultOfCopy ? Verdict.MissingParent(removed.Parent!.Id)
                : BlockValidator.ParentInvalid(removed.Parent!.Id);
            if (!isFaultOfCopy) tree.MarkRefused(removed.Id, reason, isProven: true);
            settlements.Add(removed, reason);
        }

        if (verdict.Kind == VerdictKind.Invalid && verdict.Rule != BlockRule.ContradictsFinality && !isFaultOfCopy) tree.CountInvalid(all);
    }

    /// <summary>Removes what left the best chain where it has become final since.</summary>
    public void RemoveRivals(ulong finalBefore)
    {
        ulong final = finality.FinalHeight;
        if (final <= finalBefore) return;
        List<BlockNode> parents = [.. tree.Roots.Where(root => root.Height < final && !best.Contains(root))];
        for (ulong height = Math.Max(finalBefore, best.Oldest.Height); height < final; height++) parents.Add(best[height]);
        foreach (BlockNode parent in parents)
        {
            foreach (BlockNode rival in parent.Children.Where(child => !best.Contains(child)).ToArray())
                Remove(rival, BlockValidator.ContradictsFinality(parent.Height, final));
        }
    }
}
