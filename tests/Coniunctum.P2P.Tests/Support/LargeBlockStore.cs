using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.P2P.Tests.Support;

/// <summary>A store whose blocks are all of the largest size to whoever asks for them.</summary>
internal sealed class LargeBlockStore(IChainReader inner) : IChainReader
{
    private static readonly ReadOnlyMemory<byte> s_block = new byte[1_048_576];

    public StoredTip? Tip => inner.Tip;

    public StoredTip? Checkpoint => inner.Checkpoint;

    public BlockId? IdAt(ulong height) => inner.IdAt(height);

    public StoredHead? FindHead(BlockId id) => inner.FindHead(id);

    public ImmutableArray<StoredHead> ReadHeads(ulong from, int count) => inner.ReadHeads(from, count);

    public ReadOnlyMemory<byte>? ReadSummits(ulong height) => inner.ReadSummits(height);

    public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to) => inner.ReadSides(from, to);

    public ReadOnlyMemory<byte>? ReadBlock(BlockId id) => s_block;

    public ReadOnlyMemory<byte>? ReadUndo(BlockId id) => inner.ReadUndo(id);

    public ReadOnlyMemory<byte>? ReadRecord(string key) => inner.ReadRecord(key);

    public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint() => inner.ReadCheckpoint();
}
