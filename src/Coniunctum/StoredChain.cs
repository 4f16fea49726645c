using Coniunctum.Consensus.Chain;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>Reads a chain back from its store: what every shell around a <see cref="NodeCore"/> does first.</summary>
public static class StoredChain
{
    private const string TagKeyRecord = "tag key";

    /// <summary>Makes a node that goes on where its store ends; an empty store gets the genesis block.</summary>
    /// <param name="profile">The node's profile.</param>
    /// <param name="store">Its store; read by the node from now on.</param>
    /// <param name="setup">What the node is made of; <c>null</c> for one that follows.</param>
    /// <param name="cancellation">Stops in between.</param>
    /// <exception cref="InvalidDataException">The store is damaged, or belongs to another chain.</exception>
    public static NodeCore Open(ChainProfile profile, IChainStore store, NodeSetup? setup = null, CancellationToken cancellation = default)
    {
        setup ??= new NodeSetup();
        bool isNew = store.Tip is null;
        TagKey tagKey = isNew ? TagKey.Draw(setup.Entropy) : ReadTagKey(store);
        var origin = ChainOrigin.Genesis(profile, tagKey);
        var node = new NodeCore(profile, setup.Pool, setup.Producer, setup.Chain, store, origin);
        if (isNew)
            store.Commit(First(node.Chain, profile, tagKey));
        else
            Replay(node, store, profile, setup.Progress, cancellation);
        return node;
    }

    /// <summary>What a new store gets: the first block, and the key that it keeps for ever.</summary>
    private static StoreBatch First(ChainCore chain, ChainProfile profile, TagKey tagKey)
    {
        StoredHead head = HeadCodec.Write(chain.Genesis, profile.Format, chain.TipState.Encode(), Work.Zero);
        return new StoreBatch
        {
            Connected = [new StoredBlock(head, chain.Genesis.Encoded, default)],
            Records = [new StoreBatch.Record(TagKeyRecord, tagKey.ToArray())],
        };
    }

    private static TagKey ReadTagKey(IChainStore store)
    {
        ReadOnlyMemory<byte> record = store.ReadRecord(TagKeyRecord) ?? throw new InvalidDataException("The store holds a chain, but no key of its tags.");
        return record.Length == TagKey.Size
            ? new TagKey(record.Span)
            : throw new InvalidDataException($"The store's key of tags has {record.Length} bytes, not {TagKey.Size}.");
    }

    private static void Replay(NodeCore node, IChainStore store, ChainProfile profile, IProgress<OpeningProgress>? progress, CancellationToken cancellation)
    {
        BlockId chain = store.IdAt(0) ?? throw new InvalidDataException("The store has no block at height 0.");
        if (chain != node.Chain.Genesis.Id) throw new InvalidDataException($"The store belongs to chain {chain}, the profile to chain {node.Chain.Genesis.Id}.");
        ulong tip = store.Tip!.Value.Height;
        for (ulong height = node.Chain.Tip.Header.Height + 1; height <= tip; height++)
        {
            cancellation.ThrowIfCancellationRequested();
            node.Restore(Read(store, profile, node.Chain.Genesis.Id, height));
            progress?.Report(new OpeningProgress(height, tip));
        }
    }

    private static HashedBlock Read(IChainStore store, ChainProfile profile, BlockId genesis, ulong height)
    {
        BlockId id = store.IdAt(height) ?? throw new InvalidDataException($"The store has no block at height {height}.");
        ReadOnlyMemory<byte> encoded = store.ReadBlock(id) ?? throw new InvalidDataException($"The store lacks block {id} at height {height}.");
        DecodeFault fault = HashedBlock.TryDecode(encoded, profile.Format, profile.Limits, genesis, out HashedBlock? block);
        if (block is null) throw new InvalidDataException($"The store's block at height {height} cannot be read: {fault}");
        return block.Id == id ? block : throw new InvalidDataException($"The store's block at height {height} is {block.Id}, not {id}.");
    }
}
