using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>Reads a chain back from its store: what every shell around a <see cref="NodeCore"/> does first.</summary>
public static class StoredChain
{
    /// <summary>Gives a new node the blocks of its store's best chain; an empty store gets the genesis block.</summary>
    /// <param name="node">A node that has not started yet.</param>
    /// <param name="store">Its store.</param>
    /// <param name="profile">The node's profile.</param>
    /// <param name="cancellation">Stops in between; the node must not be used then.</param>
    /// <exception cref="InvalidDataException">The store is damaged, or belongs to another chain.</exception>
    public static void Restore(NodeCore node, IChainStore store, ChainProfile profile, CancellationToken cancellation = default)
    {
        BlockId genesis = node.Chain.Genesis.Id;
        if (store.Tip is not { } tip)
        {
            HashedBlock first = node.Chain.Genesis;
            var stored = new StoredBlock(HeadCodec.Write(first, profile.Format, default, Work.Zero), first.Encoded, default);
            store.Commit(new StoreBatch { Connected = [stored] });
            return;
        }

        BlockId chain = store.IdAt(0) ?? throw new InvalidDataException("The store has no block at height 0.");
        if (chain != genesis) throw new InvalidDataException($"The store belongs to chain {chain}, the profile to chain {genesis}.");
        for (ulong height = 1; height <= tip.Height; height++)
        {
            cancellation.ThrowIfCancellationRequested();
            BlockId id = store.IdAt(height) ?? throw new InvalidDataException($"The store has no block at height {height}.");
            ReadOnlyMemory<byte> encoded = store.ReadBlock(id) ?? throw new InvalidDataException($"The store lacks block {id} at height {height}.");
            var fault = HashedBlock.TryDecode(encoded, profile.Format, profile.Limits, genesis, out HashedBlock? block);
            if (block is null) throw new InvalidDataException($"The store's block at height {height} cannot be read: {fault}");
            if (block.Id != id) throw new InvalidDataException($"The store's block at height {height} is {block.Id}, not {id}.");
            node.Restore(block);
        }
    }
}
