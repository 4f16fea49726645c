using System.Buffers.Binary;
using System.Collections.Immutable;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Storage.Sqlite.Tests.Support;

/// <summary>
/// A long life of a store that follows from a seed: blocks of all sizes, reorganizations, checkpoints, records, pruning, grouped
/// commits. Each header starts with its parent's identity, and a record says which commit it was, so that a store can be
/// compared with what it was after that commit.
/// </summary>
internal sealed class TestRun(int seed)
{
    private const string CommitRecord = "commit";
    private const int MaxReorganization = 4;

    private readonly Random _random = new(seed);
    private readonly List<BlockId> _best = [];
    private readonly List<int> _bytes = [];
    private uint _salt;
    private int _slice;
    private int _slices;
    private int _allSlices;
    private StoredTip _sliceBlock;
    private (StoredTip Block, int Slices)? _checkpoint;
    private ulong _pruned;

    /// <summary>How many commits were made.</summary>
    public int Commits { get; private set; }

    /// <summary>The bytes of one block are below this.</summary>
    public int MaxBlockBytes { get; init; } = 20_000;

    /// <summary>Whether what old blocks held is deleted now and then.</summary>
    public bool Prunes { get; init; } = true;

    /// <summary>Whether something was pruned.</summary>
    public bool IsPruned => _pruned > 1;

    /// <summary>The row of the newest checkpoint's last slice.</summary>
    public int NewestSlice { get; private set; }

    /// <summary>Returns what the next commit writes.</summary>
    public StoreBatch[] Next()
    {
        var batches = new StoreBatch[_random.Next(6) == 0 ? 3 : 1];
        for (int i = 0; i < batches.Length; i++) batches[i] = NextBatch();
        byte[] number = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, Commits++);
        batches[^1] = batches[^1] with { Records = [new StoreBatch.Record(CommitRecord, number)] };
        return batches;
    }

    /// <summary>Makes commits without writing them, until a number was made.</summary>
    public void SkipTo(int commits)
    {
        while (Commits < commits) Next();
    }

    /// <summary>Says that the store was closed or lost: what was unfinished of a checkpoint is not continued.</summary>
    public void Reopen() => _slice = 0;

    /// <summary>Returns the number of the last commit in a store; -1 for none.</summary>
    public int CommitOf(IChainReader store) => store.ReadRecord(CommitRecord) is { } number ? BinaryPrimitives.ReadInt32BigEndian(number.Span) : -1;

    /// <summary>Reads all of a store and compares it with what it must hold after the commits that were made.</summary>
    public void AssertHeldBy(IChainReader store)
    {
        Assert.That(CommitOf(store), Is.EqualTo(Commits - 1));
        Assert.That(store.Tip?.Height, Is.EqualTo(_best.Count == 0 ? (ulong?)null : (ulong)_best.Count - 1));
        for (int height = 0; height < _best.Count; height++)
        {
            BlockId id = _best[height];
            Require(store.IdAt((ulong)height) == id, height);
            StoredHead? head = store.FindHead(id);
            Require(head?.Id == id && head.Height == (ulong)height, height);
            Require(height == 0 || head!.Header.Span.StartsWith(_best[height - 1].Value.AsSpan()), height);
            Require(IsPruned(height) || store.ReadBlock(id)?.Length == _bytes[height], height);
            Require(height == 0 || IsPruned(height) || store.ReadUndo(id)?.Length == _bytes[height] / 2, height);
        }

        Assert.That(store.Checkpoint?.Height, Is.EqualTo(_checkpoint?.Block.Height));
        if (_checkpoint is { } checkpoint) Assert.That(store.ReadCheckpoint().Count(), Is.EqualTo(checkpoint.Slices));

        bool IsPruned(int height) => height > 0 && (ulong)height < _pruned;
        void Require(bool holds, int height)
        {
            if (!holds) Assert.Fail(Invariant($"seed {seed}, commit {Commits - 1}, height {height}"));
        }
    }

    private StoreBatch NextBatch()
    {
        var batch = new StoreBatch { Connected = Blocks() };
        if (_random.Next(2) == 0) batch = batch with { Slice = Slice() };
        if (Prunes && _checkpoint is { Block: var checkpoint } && _random.Next(8) == 0 && _best[(int)checkpoint.Height] == checkpoint.Id)
        {
            // What is connected again after a reorganization below it would be written again.
            ulong below = Math.Max(_pruned, checkpoint.Height - Math.Min(checkpoint.Height, 2 * MaxReorganization));
            if (below <= checkpoint.Height)
            {
                _pruned = below;
                batch = batch with { PruneBodiesBelow = below, PruneUndoBelow = below };
            }
        }

        return batch;
    }

    private ImmutableArray<StoredBlock> Blocks()
    {
        if (_best.Count > 2 * MaxReorganization && _random.Next(5) == 0)
        {
            int kept = _best.Count - _random.Next(1, MaxReorganization);
            _best.RemoveRange(kept, _best.Count - kept);
            _bytes.RemoveRange(kept, _bytes.Count - kept);
            _salt++;
        }

        var blocks = ImmutableArray.CreateBuilder<StoredBlock>();
        for (int count = _random.Next(1, 4); count > 0; count--)
        {
            int bytes = 2 + (int)((MaxBlockBytes - 2) * Math.Pow(_random.NextDouble(), 4));
            StoredBlock block = TestBlocks.Block((ulong)_best.Count, _salt, bytes);
            byte[] parent = _best.Count > 0 ? _best[^1].Value.ToArray() : [];
            blocks.Add(block with { Head = block.Head with { Header = (byte[])[.. parent, .. block.Head.Header.Span] } });
            _best.Add(block.Head.Id);
            _bytes.Add(bytes);
        }

        return blocks.DrainToImmutable();
    }

    private CheckpointSlice Slice()
    {
        if (_slice == 0)
        {
            int height = _random.Next(_best.Count / 2, _best.Count);
            (_slices, _sliceBlock) = (_random.Next(1, 5), new StoredTip(_best[height], (ulong)height));
        }

        bool isLast = _slice == _slices - 1;
        ReadOnlyMemory<byte> content = TestBlocks.Bytes(_sliceBlock.Id, 100 + _slice, _random.Next(MaxBlockBytes));
        var slice = new CheckpointSlice(_sliceBlock.Id, _sliceBlock.Height, _slice, content, isLast);
        if (isLast) (_checkpoint, NewestSlice) = ((_sliceBlock, _slices), _allSlices);
        _allSlices++;
        _slice = isLast ? 0 : _slice + 1;
        return slice;
    }
}
