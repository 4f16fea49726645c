using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Node;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>Reads a chain back from its store: what every shell around a <see cref="NodeCore{TChain}"/> does first.</summary>
/// <remarks>May change in any release.</remarks>
public static class StoredChain
{
    // While the blocks of one group are done, all at once, those of the next one are read.
    private const int BlocksAGroup = 128;

    /// <summary>
    /// Makes a node that goes on where its store ends: from the newest checkpoint and what the blocks after it have changed. An
    /// empty store gets the genesis block.
    /// </summary>
    /// <param name="profile">The node's profile.</param>
    /// <param name="store">Its store; read by the node from now on.</param>
    /// <param name="setup">What the node is made of; <c>null</c> for one that follows.</param>
    /// <param name="cancellation">Stops in between.</param>
    /// <exception cref="LedgerOpenException">The store is damaged beyond what its blocks can mend, or an import into it was cut off.</exception>
    /// <exception cref="OtherChainException">The store holds another chain than the profile's; it says in what they differ.</exception>
    public static NodeCore<ChainCore> Open(ChainProfile profile, IChainStore store, NodeSetup? setup = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(store);
        try
        {
            return OpenSound(profile, store, setup ?? new NodeSetup(), cancellation);
        }
        catch (InvalidDataException damage)
        {
            throw LedgerOpenException.Of(damage);
        }
    }

    private static NodeCore<ChainCore> OpenSound(ChainProfile profile, IChainStore store, NodeSetup setup, CancellationToken cancellation)
    {
        StateImportStore.ThrowIfUnfinished(store);
        bool isNew = store.Tip is null;
        TagKey tagKey = isNew ? TagKey.Draw(setup.Entropy) : ReadTagKey(store);
        var origin = ChainOrigin.Genesis(profile, tagKey);
        if (!isNew)
        {
            StoredParameters.ThrowIfOther(store, profile, origin.GenesisBlock);
            origin = StoredOrigin.TryRead(profile, origin.GenesisBlock, store, setup.Progress, cancellation) ?? origin;
        }

        var node = new NodeCore<ChainCore>(new ChainCore(profile, setup.Pool, setup.Chain, store, origin), setup.Producer, setup.Entropy, setup.Peers);
        if (isNew)
            store.Commit(First(node.Chain, profile, tagKey));
        else
            Replay(node, store, profile, setup.Progress, cancellation);

        // Bodies are pruned below the tip only: one whose own body is missing is damaged, and throws here.
        _ = node.Chain.Tip;
        return node;
    }

    /// <summary>What a new store gets: the first block, and the key that it keeps for ever.</summary>
    private static StoreBatch First(ChainCore chain, ChainProfile profile, TagKey tagKey)
    {
        StoredHead head = HeadCodec.Write(chain.Genesis, profile.Format, chain.TipState.Encode(), Work.Zero);
        return new StoreBatch
        {
            Connected = [new StoredBlock(head, chain.Genesis.Encoded, default)],
            Records = [new StoreBatch.Record(TagKey.RecordName, tagKey.ToArray()), StoredParameters.RecordOf(profile)],
        };
    }

    private static TagKey ReadTagKey(IChainReader store)
    {
        ReadOnlyMemory<byte> record = store.ReadRecord(TagKey.RecordName) ?? throw new InvalidDataException("The store holds a chain, but no key of its tags.");
        return record.Length == TagKey.Size
            ? new TagKey(record.Span)
            : throw new InvalidDataException($"The store's key of tags has {record.Length} bytes, not {TagKey.Size}.");
    }

    /// <summary>Replays the blocks above where the node begins, and checks at the end that they led to the state that the tip names.</summary>
    private static void Replay(
        NodeCore<ChainCore> node, IChainReader store, ChainProfile profile, IProgress<OpeningProgress>? progress, CancellationToken cancellation)
    {
        ulong tip = store.Tip!.Value.Height;
        Replayed[] next = Read(store, node.Chain.Tip.Header.Height + 1, tip);
        while (next.Length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            Replayed[] group = next;
            ulong reached = group[^1].Head.Height;
            Both(
                () => Take(node, store, profile, group),
                () => next = Read(store, reached + 1, tip));
            progress?.Report(new OpeningProgress(OpeningStage.Replaying, reached, tip));
        }

        if (!node.Chain.HasStateOfTip)
            throw new InvalidDataException($"The store's blocks and checkpoint do not lead to the state that its tip at height {tip} names.");
    }

    private static void Both(Action first, Action second)
    {
        try
        {
            Parallel.Invoke(first, second);
        }
        catch (AggregateException exceptions)
        {
            ExceptionDispatchInfo.Throw(exceptions.InnerExceptions[0]);
        }
    }

    private static Replayed[] Read(IChainReader store, ulong from, ulong tip)
    {
        if (from > tip) return [];
        ImmutableArray<StoredHead> heads = store.ReadHeads(from, (int)Math.Min(BlocksAGroup, tip - from + 1));
        if (heads.IsEmpty) throw new InvalidDataException($"The store has no block at height {from}.");
        return [.. heads.Select(head => ReadDelta(store, head))];
    }

    private static Replayed ReadDelta(IChainReader store, StoredHead head)
    {
        (StateDelta? delta, int bytes) = StoredOrigin.ReadDelta(store, head.Id);
        return new Replayed(head, delta, bytes);
    }

    private static void Take(NodeCore<ChainCore> node, IChainReader store, ChainProfile profile, Replayed[] group)
    {
        var resumed = ImmutableArray.CreateBuilder<ReplayedBlock>();
        foreach (Replayed block in group)
        {
            if (block.Delta is { } delta)
            {
                resumed.Add(new ReplayedBlock(block.Head, delta, block.Bytes));
                continue;
            }

            node.Chain.ReplayByDelta(resumed.DrainToImmutable());
            node.Chain.ReplayByExecution(ReadBlock(store, profile, node.Chain.Genesis.Id, block.Head));
        }

        node.Chain.ReplayByDelta(resumed.DrainToImmutable());
    }

    private static HashedBlock ReadBlock(IChainReader store, ChainProfile profile, BlockId genesis, StoredHead head)
    {
        ReadOnlyMemory<byte> encoded = store.ReadBlock(head.Id) ?? throw new InvalidDataException($"The store lacks block {head.Id} at height {head.Height}.");
        return BodyCodec.Read(encoded, head.Id, profile, genesis);
    }

    private readonly record struct Replayed(StoredHead Head, StateDelta? Delta, int Bytes);
}
