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

    /// <summary>Takes the store's next block by what it changed, without looking at its body.</summary>
    public void Resume(ChainInput.Resume resume)
    {
        BlockNode node = revival.Follow(best.Tip, resume.Head);
        Apply(resume.Delta, node);
        Follow(node, resume.UndoBytes, consensus.Finality.UsesCertificates ? BodyOf(node).Block.Certificate : null);
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

    private void Apply(StateDelta delta, BlockNode node)
    {
        try
        {
            state.Apply(delta);
            if (state.Height == node.Height && state.StateRoot == node.Header.Header.StateRoot) return;
        }
        catch (InvalidOperationException)
        {
            // It does not fit the state: what is said is the same.
        }

        throw new InvalidDataException($"What undoes the store's block {node.Id} at height {node.Height} belongs to another one.");
    }
}
