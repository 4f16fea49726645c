using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Blocks that left memory come back when someone builds on them: one of the best chain below the blocks in memory as a tree of its own,
/// one of a branch that lost with all its ancestors down to there. Nothing between that and the oldest block in memory is needed before the
/// branch wins.
/// </summary>
internal sealed class StoredBlockLoader(
    ConsensusSpec spec, ConsensusParts consensus, BlockTree tree, BestChain best, SideBranches sides, StoredHeaders stored, IChainReader? store)
{
    /// <summary>Returns whether the store has a block, which was part of the best chain then.</summary>
    public bool IsStored(BlockId id) => store?.FindHead(id) is not null;

    /// <summary>Returns whether a block is part of the best chain below what is in memory.</summary>
    public bool IsBelowOldest(BlockId id) => store?.FindHead(id) is { } head && head.Height < best.Oldest.Height && store.IdAt(head.Height) == id;

    /// <summary>Brings a block of the store back into the tree.</summary>
    /// <param name="id">A block that is not in the tree.</param>
    /// <param name="node">The block.</param>
    /// <returns>Valid, or why the block cannot be built on.</returns>
    public Verdict Load(BlockId id, out BlockNode? node)
    {
        node = null;
        var lost = new Stack<StoredHead>();
        BlockNode? known = null;
        for (BlockId next = id; known is null; known = tree.Find(next))
        {
            if (store?.FindHead(next) is not { } head) return Verdict.MissingParent(id);
            if (head.Height < best.Oldest.Height && store.IdAt(head.Height) == next)
            {
                known = Read(head, null);
                tree.Anchor(known);
                break;
            }

            lost.Push(head);
            next = stored.Read(head).Header.Previous;
        }

        if (lost.Count > 0 && known.Height < consensus.Finality.FinalHeight)
        {
            sides.ReleaseIfBare(known);
            return BlockValidator.ContradictsFinality(known.Height, consensus.Finality.FinalHeight);
        }

        while (lost.TryPop(out StoredHead? head))
        {
            known = Read(head, known);
            tree.Add(known);
            sides.Add(known);
        }

        node = known;
        return Verdict.Valid;
    }

    /// <summary>Returns the best chain's block at a height, from memory or, beside the tree, from the store.</summary>
    public BlockNode NodeAt(ulong height) => best.At(height) ?? Read(stored.HeadAt(height), null);

    /// <summary>Returns a block of the store as the child of another.</summary>
    public BlockNode Follow(BlockNode parent, StoredHead head)
    {
        BlockNode node = Read(head, parent);
        return node.Header.Header.Previous == parent.Id
            ? node
            : throw new InvalidDataException($"The store's block {node.Id} at height {node.Height} does not build on {parent.Id}.");
    }

    /// <summary>Returns a block of the store as the child of another, or <c>null</c> when it was never part of the best chain.</summary>
    public BlockNode? TryFollow(BlockNode parent, BlockId id) => store?.FindHead(id) is { } head ? Read(head, parent) : null;

    private BlockNode Read(StoredHead head, BlockNode? parent)
    {
        HeaderView header = stored.Read(head);
        // Nothing compares the weight that a tree's first block adds.
        Work weight = parent is null ? Work.Zero : consensus.Rule.Weight(header, parent.RuleState);
        return new BlockNode(header, parent, weight, head.ChainWeight, spec.ReadState(head.RuleState));
    }
}
