using Coniunctum.Consensus.Chain;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>Finds the block from which a store's chain is opened: that of its newest checkpoint, or genesis.</summary>
internal static class StoredOrigin
{
    /// <summary>Reads the newest checkpoint, and undoes what has left the best chain since.</summary>
    /// <returns>Where to begin; <c>null</c> when there is no checkpoint, or none that can be used.</returns>
    public static ChainOrigin? TryRead(
        ChainProfile profile, HashedBlock genesis, IChainReader store, IProgress<OpeningProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            if (store.Checkpoint is not { } checkpoint || store.FindHead(checkpoint.Id) is not { } head) return null;
            BlockHeader header = HeadCodec.Read(head, profile.Format, profile.Limits).Header;
            CheckpointOutcome outcome = StateCheckpoint.Read(
                Report(store.ReadCheckpoint(), progress, cancellation), profile.Format.Traits, header.StateRoot, out LedgerState? state);
            if (state is null || outcome.Fault != CheckpointFault.None || state.Height != head.Height) return null;
            for (; store.IdAt(head.Height) != head.Id; head = ParentOf(head, profile, store))
            {
                if (ReadDelta(store, head.Id) is not { Delta: { } delta }) return null;
                state.Apply(delta.Reverse());
            }

            return new ChainOrigin(genesis, state, head);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            // A damaged checkpoint is as good as none: the blocks are there.
            return null;
        }
    }

    /// <summary>Reads what a block changed; nothing when the store does not hold it any more, or not whole.</summary>
    public static (StateDelta? Delta, int Bytes) ReadDelta(IChainReader store, BlockId id)
    {
        try
        {
            if (store.ReadUndo(id) is not { } encoded) return default;
            StateDelta.Decode(encoded, out StateDelta? delta);
            return (delta, encoded.Length);
        }
        catch (InvalidDataException)
        {
            return default;
        }
    }

    private static StoredHead ParentOf(StoredHead head, ChainProfile profile, IChainReader store)
    {
        BlockId parent = HeadCodec.Read(head, profile.Format, profile.Limits).Header.Previous;
        return store.FindHead(parent) ?? throw new InvalidDataException($"The store has no header of block {parent}.");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Report(
        IEnumerable<ReadOnlyMemory<byte>> slices, IProgress<OpeningProgress>? progress, CancellationToken cancellation)
    {
        ulong done = 0;
        foreach (ReadOnlyMemory<byte> slice in slices)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return slice;
            progress?.Report(new OpeningProgress(OpeningStage.ReadingCheckpoint, ++done, 0));
        }
    }
}
