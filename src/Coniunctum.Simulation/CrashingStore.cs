using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Simulation;

/// <summary>
/// A store whose commits take time. Until a commit is durable no one can read it, and a crash loses it, or only some of the
/// commits that were under way: always the later ones.
/// </summary>
public sealed class CrashingStore : IChainStore
{
    private readonly List<StoreBatch>? _history;
    private MemoryChainStore _durable = new();
    private readonly Queue<StoreBatch> _underWay = new();

    internal CrashingStore(bool remembersCommits = false)
    {
        if (remembersCommits) _history = [];
    }

    /// <summary>How many commits were begun.</summary>
    public int Begun { get; private set; }

    /// <summary>How many commits are durable; 0 where they are not remembered.</summary>
    public int Durable => _history?.Count ?? 0;

    /// <summary>How many commits crashes have lost.</summary>
    public int Lost { get; private set; }

    /// <inheritdoc/>
    public StoredTip? Tip => _durable.Tip;

    internal int UnderWay => _underWay.Count;

    /// <summary>How many heads, blocks and undo records were read.</summary>
    internal int Reads { get; private set; }

    /// <inheritdoc/>
    public StoredTip? Checkpoint => _durable.Checkpoint;

    /// <inheritdoc/>
    public void Commit(params ReadOnlySpan<StoreBatch> batches)
    {
        if (_underWay.Count > 0) throw new InvalidOperationException("Commits that were begun are not durable yet.");
        _durable.Commit(batches);
        _history?.AddRange(batches);
    }

    /// <inheritdoc/>
    public BlockId? IdAt(ulong height) => _durable.IdAt(height);

    /// <inheritdoc/>
    public StoredHead? FindHead(BlockId id)
    {
        Reads++;
        return _durable.FindHead(id);
    }

    /// <inheritdoc/>
    public ImmutableArray<StoredHead> ReadHeads(ulong from, int count)
    {
        Reads++;
        return _durable.ReadHeads(from, count);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadSummits(ulong height) => _durable.ReadSummits(height);

    /// <inheritdoc/>
    public ImmutableArray<StoredSide> ReadSides(ulong from, ulong to) => _durable.ReadSides(from, to);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadBlock(BlockId id)
    {
        Reads++;
        return _durable.ReadBlock(id);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadUndo(BlockId id)
    {
        Reads++;
        return _durable.ReadUndo(id);
    }

    /// <inheritdoc/>
    public IEnumerable<ReadOnlyMemory<byte>> ReadCheckpoint() => _durable.ReadCheckpoint();

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? ReadRecord(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _durable.ReadRecord(key);
    }

    /// <inheritdoc/>
    public void Dispose() => _durable.Dispose();

    internal void Begin(StoreBatch batch)
    {
        Begun++;
        _underWay.Enqueue(batch);
    }

    /// <summary>Makes the oldest commits durable, as one.</summary>
    internal void EndOldest(int count)
    {
        StoreBatch[] batches = [.. Enumerable.Range(0, count).Select(_ => _underWay.Dequeue())];
        _durable.Commit(batches);
        _history?.AddRange(batches);
    }

    /// <summary>Deletes bodies below the newest checkpoint of the best chain, and what undoes them.</summary>
    internal void Prune()
    {
        if (Checkpoint is not { } checkpoint || IdAt(checkpoint.Height) != checkpoint.Id) return;
        Commit(new StoreBatch { PruneBodiesBelow = checkpoint.Height, PruneUndoBelow = checkpoint.Height });
    }

    /// <summary>Puts an old file in the place of this one: the one that the first commits had led to.</summary>
    internal void Restore(int commits)
    {
        List<StoreBatch> history = _history ?? throw new InvalidOperationException("The store does not remember its commits.");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(commits, history.Count);
        history.RemoveRange(commits, history.Count - commits);
        _durable = new MemoryChainStore();
        foreach (StoreBatch batch in history) _durable.Commit(batch);
    }

    /// <summary>Loses all commits under way but the oldest ones.</summary>
    internal void Crash(int kept)
    {
        EndOldest(kept);
        Lost += _underWay.Count;
        _underWay.Clear();
    }
}
