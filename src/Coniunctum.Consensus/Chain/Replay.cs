using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>Goes on along the store's best chain when a node is started, block by block.</summary>
internal sealed class Replay(
    ChainProfile profile,
    ConsensusParts consensus,
    BlockJudge judge,
    BlockTree tree,
    BestChain best,
    Floor floor,
    BlockShelf shelf,
    Revival revival,
    LedgerState state,
    CheckpointDesk? checkpoints)
{
    /// <summary>Takes the store's next block by executing it. Only its signatures are believed.</summary>
    public void Restore(HashedBlock block)
    {
        // The chain begins there.
        if (block.Header.Height == 0 && block.Id == best.Tip.Id) return;
        Verdict verdict = judge.Judge(block, null, out BlockNode? node);
        StateDelta? delta = null;
        var overlay = new StateOverlay(state);
        if (verdict.IsValid && ReferenceEquals(node!.Parent, best.Tip))
            verdict = BlockRules.Execute(block, profile, overlay, node.Weight, out delta);
        if (!verdict.IsValid || delta is null)
            throw new InvalidDataException($"The store's block {block.Id} at height {block.Header.Height} does not follow: {verdict}.");

        node!.SetExecuted(delta, consensus.Rule.Advance(node.Parent!.RuleState, node.Header, overlay));
        (node.IsVerified, node.IsCommitted) = (true, true);
        state.Apply(delta);
        shelf.Keep(node);
        Follow(node, delta.Encode().Length, block.Block.Certificate);
    }

    /// <summary>Takes the store's next blocks by what they changed, without looking at their bodies.</summary>
    public void Resume(ImmutableArray<ResumedBlock> blocks)
    {
        if (blocks.IsEmpty) return;
        Apply(blocks);
        foreach (ResumedBlock block in blocks)
        {
            BlockNode node = revival.Follow(best.Tip, block.Head);
            Follow(node, block.UndoBytes, consensus.Finality.UsesCertificates ? BodyOf(node).Block.Certificate : null);
        }

        BlockNode tip = best.Tip;
        if (state.Height != tip.Height || state.StateRoot != tip.Header.Header.StateRoot) throw Misfit(state.Height);
        if (profile.Format.Traits.HasExtendedHeader && !blocks[^1].Delta.HasHistoryOf(tip.Header.Header, tip.Id, tip.Weight)) throw Misfit(state.Height);
    }

    private HashedBlock BodyOf(BlockNode node) =>
        shelf.FindBlock(node) ?? throw new InvalidDataException($"The store lacks block {node.Id} at height {node.Height}.");

    private void Follow(BlockNode node, int undoBytes, ReadOnlyMemory<byte>? certificate)
    {
        tree.Add(node);
        best.Move(best.Tip, [node]);
        checkpoints?.CountReplayed(undoBytes);
        consensus.Finality.Adopted(node.Header, certificate);
        floor.Rise();
    }

    private void Apply(ImmutableArray<ResumedBlock> blocks)
    {
        try
        {
            state.Apply([.. blocks.Select(block => block.Delta)]);
        }
        catch (InvalidOperationException)
        {
            throw Misfit(state.Height + 1);
        }
    }

    private static InvalidDataException Misfit(ulong height) => new($"What undoes the store's block at height {height} belongs to another one.");
}
