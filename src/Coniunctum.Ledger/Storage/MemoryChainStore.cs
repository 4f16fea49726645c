namespace Coniunctum.Ledger.Storage;

/// <summary>A store that lives as long as the process: for tests, simulations and ledgers that nobody needs to keep.</summary>
public sealed class MemoryChainStore : IChainStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BlockId, ReadOnlyMemory<byte>> _blocks = [];
    private readonly List<BlockId> _best = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _records = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public StoredTip? Tip
    {
        get
        {
            lock (_gate) return _best.Count == 0 ? null : new StoredTip(_best[^1], (ulong)_best.Count - 1);
        }
    }

    /// <inheritdoc/>
    public void Commit(StoreBatch batch)
    {
        lock (_gate)
        {
            if (batch.Connected is [HashedBlock first, ..])
            {
                if (first.Header.Height > (ulong)_best.Count)
                    throw new ArgumentException($"The batch starts at height {first.Header.Height}, the store ends at {_best.Count}.", nameof(batch));
                _best.RemoveRange((int)first.Header.Height, _best.Count - (int)first.Header.Height);
            }

            foreach (HashedBlock block in batch.Connected)
            {
                _blocks[block.Id] = block.Encoded;
                _best.Add(block.Id);
            }

            foreach (StoreBatch.Record record in batch.Records) _records[record.Key] = record.Value.ToArray();
        }
    }

    /// <inheritdoc/>
    public BlockId? IdAt(ulong height)
    {
        lock (_gate) return height < (ulong)_best.Count ? _best[(int)height] : null;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadBlock(BlockId id)
    {
        lock (_gate) return _blocks.TryGetValue(id, out ReadOnlyMemory<byte> encoded) ? encoded : default(ReadOnlyMemory<byte>?);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadRecord(string key)
    {
        lock (_gate) return _records.TryGetValue(key, out ReadOnlyMemory<byte> value) ? value : default(ReadOnlyMemory<byte>?);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held outside of memory; a store may be opened again in the same process.
    }
}
