using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>The best chain's headers below the blocks in memory, read by row. The last ones that were asked for stay decoded.</summary>
internal sealed class StoredHeaders(ChainProfile profile, IChainReader? store)
{
    // More than a rule's window, and few enough that they may stay for good.
    private const int Slots = 1024;

    private readonly HeaderView[] _slots = new HeaderView[Slots];

    /// <summary>Returns the header at a height below the blocks in memory.</summary>
    public HeaderView At(ulong height)
    {
        ref HeaderView slot = ref _slots[height % Slots];
        if (slot.Header is null || slot.Height != height) slot = Read(HeadAt(height));
        return slot;
    }

    /// <summary>Returns what the store keeps of the best chain's block at a height below the blocks in memory.</summary>
    public StoredHead HeadAt(ulong height)
    {
        return Store.ReadHeads(height, 1) is [var head] ? head : throw new InvalidDataException($"The store has no block at height {height}.");
    }

    public HeaderView Read(StoredHead head)
    {
        BlockHead read = HeadCodec.Read(head, profile.Format, profile.Limits);
        return new HeaderView(read.Header, head.Id, read.Seal);
    }

    /// <summary>Forgets what is decoded: the best chain has changed below the blocks in memory.</summary>
    public void Clear() => Array.Clear(_slots);

    private IChainReader Store => store ?? throw new InvalidOperationException("A chain without a store has all its blocks in memory.");
}
