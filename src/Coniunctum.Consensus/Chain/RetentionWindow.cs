namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Where the chain in memory begins: as many blocks below the tip as are kept, but never above what is durable. Below it
/// everything is read from the store.
/// </summary>
internal sealed class RetentionWindow(BestChain best, BlockTree tree, SideBranches sides, StoredHeaders stored, int keptBlocks)
{
    /// <summary>Lets the oldest block in memory follow the tip. Older blocks on which side branches stand stay for as long as those do.</summary>
    public void Advance()
    {
        bool hasRisen = false;
        for (; best.Count > keptBlocks && best[best.Oldest.Height + 1].IsDurable; hasRisen = true)
        {
            BlockNode old = best.Oldest;
            best.AdvanceOldest();
            tree.MoveRoot(old, best.Oldest);
        }

        if (hasRisen) sides.DropStale();
    }

    /// <summary>
    /// The best chain has come to fork off below the blocks in memory: trees that stood on what it left there are dropped. Their blocks
    /// were part of the best chain and can be revived from the store, or weighed less.
    /// </summary>
    public void Reset()
    {
        stored.Clear();
        foreach (BlockNode root in tree.Roots.Where(root => root.Height > best.Oldest.Height).ToArray()) sides.Forget(root);
    }
}
