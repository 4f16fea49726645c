using System.Collections.Immutable;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>Ends the chain of a store at a lower height, so that it opens as if the blocks above had never been.</summary>
internal static class StoreRewind
{
    public static StoredTip Run(ChainProfile profile, IChainStore store, ulong height, IProgress<OpeningProgress>? progress, CancellationToken cancellation)
    {
        StoredTip tip = store.Tip ?? throw new InvalidOperationException("The store holds no block yet.");
        if (height > tip.Height) throw new InvalidOperationException(Invariant($"The chain ends at height {tip.Height}: there is no block at height {height} to go back to."));

        // What does not open is not made worse.
        ulong final = FinalHeight(profile, store, progress, cancellation);
        if (height == tip.Height) return tip;
        if (height < final) throw new InvalidOperationException(Invariant($"The chain is final up to height {final} under the rule {profile.Consensus.RuleName}: no block up to there is undone."));
        BlockId block = store.IdAt(height) ?? throw new InvalidDataException(Invariant($"The store has no block at height {height}."));
        if (store.ReadBlock(block) is null) throw new InvalidOperationException(Invariant($"Of the block at height {height} only the header was kept: the chain cannot end there."));
        ThrowUnlessReached(profile, store, block, cancellation);

        // Blocks beside the chain must not bring back what was undone: they weigh, and the chain's own are among them.
        ImmutableArray<StoreBatch.SideKey> sides = [.. store.ReadSides(height + 1, ulong.MaxValue).Select(side => new StoreBatch.SideKey(side.Id, side.Height))];
        cancellation.ThrowIfCancellationRequested();
        store.Commit(new StoreBatch { CutAbove = height, RemovedSides = sides });
        return new StoredTip(block, height);
    }

    private static ulong FinalHeight(ChainProfile profile, IChainStore store, IProgress<OpeningProgress>? progress, CancellationToken cancellation)
    {
        NodeCore<ChainCore> node = StoredChain.Open(profile, store, new NodeSetup { Progress = progress }, cancellation);
        return node.Chain.FinalHeight;
    }

    private static void ThrowUnlessReached(ChainProfile profile, IChainStore store, BlockId block, CancellationToken cancellation)
    {
        try
        {
            _ = PastState.Read(store, profile, block, cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidOperationException(exception.Message, exception);
        }
    }
}
