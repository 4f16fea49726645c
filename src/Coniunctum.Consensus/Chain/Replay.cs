using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <summary>Goes on along the store's best chain when a node is started, block by block.</summary>
internal sealed class Replay(
    ChainProfile profile,
    ConsensusParts consensus,
    BlockValidator judge,
    BestChain best,
    RetentionWindow retention,
    BlockCache cache,
    StoredBlockLoader loader,
    SideLoader sides,
    LedgerState state,
    CheckpointScheduler? checkpoints)
{
    /// <summary>Takes the store's next block by executing it. Only its signatures are believed.</summary>
    public void Restore(HashedBlock block)
    {
        // The chain begins there.
        if (block.Header.Height == 0 && block.Id == best.Tip.Id) return;
        Verdict verdict = judge.Judge(new BlockCopy(block, default), best.Tip, null, out BlockNode? node);
        StateDelta? delta = null;
        var overlay = new StateOverlay(state);
        if (verdict.IsValid && ReferenceEquals(node!.Parent, best.Tip))
            verdict = BlockRules.Execute(block, profile, overlay, node.Weight, out delta);
        if (!verdict.IsValid || delta is null)
            throw new InvalidDataException($"The store's block {block.Id} at height {block.Header.Height} does not follow: {verdict}.");

        node!.SetExecuted(delta, consensus.Rule.Advance(node.Parent!.RuleState, node.Header, overlay));
        (node.IsProven, node.IsVerified, node.IsCommitted, node.IsSettled) = (true, true, true, true);
        state.Apply(delta);
        cache.Keep(node);
        Follow(node, delta.Encode().Length, block.Block.Certificate);
    }

    /// <summary>Takes the store's next blocks by what they changed, without looking at their bodies.</summary>
    public void Resume(ImmutableArray<ReplayedBlock> blocks)
    {
        if (blocks.IsEmpty) return;
        Apply(blocks);
        foreach (ReplayedBlock block in blocks)
        {
            BlockNode node = loader.Follow(best.Tip, block.Head);
            Follow(node, block.UndoBytes, consensus.Finality.UsesCertificates ? BodyOf(node).Block.Certificate : null);
        }

        BlockNode tip = best.Tip;
        if (state.Height != tip.Height || state.StateRoot != tip.Header.Header.StateRoot) throw StateMismatch(state.Height);
        if (profile.Format.Traits.HasExtendedHeader && !blocks[^1].Delta.HasHistoryOf(tip.Header.Header, tip.Id, tip.Weight)) throw StateMismatch(state.Height);
    }

    private HashedBlock BodyOf(BlockNode node) =>
        cache.FindBlock(node) ?? throw new InvalidDataException($"The store lacks block {node.Id} at height {node.Height}.");

    private void Follow(BlockNode node, int undoBytes, ReadOnlyMemory<byte>? certificate)
    {
        sides.Follow(node);
        best.Move(best.Tip, [node]);
        checkpoints?.CountReplayed(undoBytes);
        consensus.Finality.Adopted(node.Header, certificate);
        retention.Advance();
    }

    private void Apply(ImmutableArray<ReplayedBlock> blocks)
    {
        try
        {
            state.Apply([.. blocks.Select(block => block.Delta)]);
        }
        catch (InvalidOperationException)
        {
            throw StateMismatch(state.Height + 1);
        }
    }

    private static InvalidDataException StateMismatch(ulong height) => new($"What undoes the store's block at height {height} belongs to another one.");
}
