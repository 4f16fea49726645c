using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Tests.Support;

/// <summary>A store in memory whose commits fail and whose reads are damaged as a test wants.</summary>
internal sealed class TestStore(MemoryChainStore? memory = null) : IChainStore
{
    private readonly MemoryChainStore _memory = memory ?? new MemoryChainStore();

    /// <summary>Runs before every commit that holds blocks above genesis.</summary>
    public Action<StoreBatch> OnCommit { get; set; } = _ => { };

    public Func<BlockId, ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> OnReadBlock { get; init; } = (_, block) => block;

    public Func<string, ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?> OnReadRecord { get; init; } = (_, record) => record;

    public bool IsDisposed { get; private set; }

    public StoredTip? Tip => _memory.Tip;

    public void Commit(StoreBatch batch)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (batch.Connected.Any(block => block.Header.Height > 0)) OnCommit(batch);
        _memory.Commit(batch);
    }

    public BlockId? IdAt(ulong height) => _memory.IdAt(height);

    public ReadOnlyMemory<byte>? ReadBlock(BlockId id) => OnReadBlock(id, _memory.ReadBlock(id));

    public ReadOnlyMemory<byte>? ReadRecord(string key) => OnReadRecord(key, _memory.ReadRecord(key));

    public void Dispose() => IsDisposed = true;
}
