using Coniunctum.Ledger;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Consensus.Chain;

/// <summary>
/// Which durable blocks are whole in memory: the last ones, within bounded bytes. Others are read back from the store when a
/// reorganization touches them.
/// </summary>
internal sealed class BlockCache(ChainProfile profile, BlockId chainId, IChainReader? store, long maxBytes)
{
    private readonly Queue<(BlockNode Node, int Bytes)> _kept = new();
    private long _bytes;
    private HashedBlock? _lastRead;

    /// <summary>A block has become durable: it stays in memory until there are too many behind it.</summary>
    public void Keep(BlockNode node)
    {
        if (store is null) return;
        node.IsDurable = true;
        _kept.Enqueue((node, node.Size));
        _bytes += node.Size;
        while (_bytes > maxBytes && _kept.Count > 1)
        {
            (BlockNode oldest, int bytes) = _kept.Dequeue();
            _bytes -= bytes;
            oldest.Unload();
        }
    }

    /// <summary>Returns a whole block, or <c>null</c> when no one has it any more.</summary>
    public HashedBlock? FindBlock(BlockNode node) => node.Body ?? FindBlock(node.Id);

    /// <summary>Returns a whole block of the store, or <c>null</c>.</summary>
    public HashedBlock? FindBlock(BlockId id)
    {
        if (_lastRead?.Id == id) return _lastRead;
        if (store?.ReadBlock(id) is not { } encoded) return null;
        return _lastRead = BodyCodec.Read(encoded, id, profile, chainId);
    }

    /// <summary>Returns what a block changed, or <c>null</c> when no one knows any more.</summary>
    public StateDelta? FindDelta(BlockNode node)
    {
        if (node.Delta is not null) return node.Delta;
        if (store?.ReadUndo(node.Id) is not { } encoded) return null;
        DecodeOutcome outcome = StateDelta.Decode(encoded, out StateDelta? delta);
        return delta ?? throw new InvalidDataException($"What undoes the store's block {node.Id} cannot be read: {outcome}");
    }
}
