using System.Collections.Concurrent;
using System.Diagnostics;
using Coniunctum.Ledger.Storage;
using Coniunctum.TestKit.Files;

namespace Coniunctum.Benchmarks.Latency;

/// <summary>A store that notes when each block became durable.</summary>
internal sealed class TimedStore(IChainStore inner) : PassingStore(inner)
{
    private readonly ConcurrentDictionary<ulong, long> _durable = new();

    public override void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        base.Commit(batches);
        long now = Stopwatch.GetTimestamp();
        foreach (StoreBatch batch in batches)
        {
            foreach (StoredBlock block in batch.Connected) _durable[block.Head.Height] = now;
        }
    }

    /// <summary>When the block at a height became durable, by the stopwatch.</summary>
    public long DurableAt(ulong height) => _durable[height];
}
