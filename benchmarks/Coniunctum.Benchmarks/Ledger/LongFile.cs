using System.Diagnostics;
using Coniunctum.Crypto;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;
using Coniunctum.Storage.Sqlite;

namespace Coniunctum.Benchmarks.Ledger;

/// <summary>A ledger's file that is written without a node: executed blocks go straight into the store.</summary>
internal sealed class LongFile
{
    private const int EmptyBlocksACommit = 1000;
    private const int FullBlocksACommit = 16;

    // What ChainOptions.CheckpointBytes says of a node's newest checkpoint.
    private const long MostUndoBytes = 64L * 1024 * 1024;
    private const int AccountBytes = 40;

    private readonly TransferChain _chain;
    private readonly string _path;
    private readonly List<StoredBlock> _waiting = [];
    private SqliteChainStore _store;
    private Work _weight = Work.Zero;
    private int _blocksACommit = EmptyBlocksACommit;

    public LongFile(TransferChain chain, string path)
    {
        (_chain, _path) = (chain, path);
        _store = SqliteChainStore.Open(path);

        // The workload remembers tags under the key of zero bytes.
        StoredChain.Open(chain.Profile, _store, new NodeSetup { Entropy = new NoEntropy() });
    }

    /// <summary>The first full blocks, decoded and hashed anew.</summary>
    public IReadOnlyList<HashedBlock> FirstBlocks { get; private set; } = [];

    public void Open() => _store = SqliteChainStore.Open(_path);

    public void Close() => _store.Dispose();

    /// <summary>Writes blocks that hold a reward only, and at last those in which the accounts get their balances.</summary>
    public void Grow(int height, int accounts, int accountsABlock, ulong grant)
    {
        int founding = (accounts + accountsABlock - 1) / accountsABlock;
        if (height <= founding) throw new ArgumentException(Invariant($"{accounts} accounts need {founding} blocks of their own."), nameof(height));
        while (_chain.Tip.Header.Height < (ulong)(height - founding))
        {
            _chain.Next(0);
            Write();
        }

        for (int from = 1; from < accounts; from += accountsABlock)
        {
            _chain.Found(from, Math.Min(accountsABlock, accounts - from), grant);
            Write();
        }

        while (_chain.Tip.Header.Height < (ulong)height)
        {
            _chain.Next(0);
            Write();
        }

        Flush();
    }

    /// <summary>Writes full blocks.</summary>
    /// <returns>The state as old as a node's newest checkpoint is at worst, and its block.</returns>
    public (StateSnapshot Snapshot, HashedBlock Block) Fill(int blocks, int transfers, int remembered)
    {
        _blocksACommit = FullBlocksACommit;
        var first = new List<HashedBlock>();
        var snapshots = new Queue<(StateSnapshot Snapshot, HashedBlock Block, long UndoBytes)>();
        long undoBytes = 0;
        long worst = Math.Max(MostUndoBytes, (long)_chain.State.AccountCount * AccountBytes);
        for (int i = 0; i < blocks; i++)
        {
            ReadOnlyMemory<byte> encoded = _chain.Next(transfers);
            if (i < remembered)
            {
                HashedBlock.Decode(encoded, _chain.Profile.Format, _chain.Profile.Limits, _chain.Genesis.Id, out HashedBlock? block);
                first.Add(block!);
            }

            undoBytes += Write();
            if (i % 64 == 0) snapshots.Enqueue((_chain.State.Snapshot(), _chain.Tip, undoBytes));
            while (snapshots.Count > 1 && undoBytes - snapshots.ElementAt(1).UndoBytes >= worst) snapshots.Dequeue();
        }

        Flush();
        FirstBlocks = first;
        return (snapshots.Peek().Snapshot, snapshots.Peek().Block);
    }

    /// <summary>Writes a state, slice by slice.</summary>
    /// <returns>For each slice how long it took to make and to commit, in milliseconds, and the bytes of all.</returns>
    public (double[] Made, double[] Written, long Bytes) WriteCheckpoint(StateSnapshot snapshot, HashedBlock block)
    {
        List<double> made = [];
        List<double> written = [];
        long bytes = 0;
        using IEnumerator<ReadOnlyMemory<byte>> slices = StateCheckpoint.Write(snapshot).GetEnumerator();
        bool isMore = slices.MoveNext();
        while (isMore)
        {
            ReadOnlyMemory<byte> content = slices.Current;
            bytes += content.Length;
            long start = Stopwatch.GetTimestamp();
            isMore = slices.MoveNext();
            long middle = Stopwatch.GetTimestamp();
            _store.Commit(new StoreBatch { Slice = new CheckpointSlice(block.Id, block.Header.Height, made.Count, content, IsLast: !isMore) });
            made.Add(Stopwatch.GetElapsedTime(start, middle).TotalMilliseconds);
            written.Add(Stopwatch.GetElapsedTime(middle).TotalMilliseconds);
        }

        return ([.. made], [.. written], bytes);
    }

    private long Write()
    {
        HashedBlock block = _chain.Tip;
        if (!Work.TryAdd(_weight, Work.FromTarget(block.Header.Target), out _weight)) throw new InvalidOperationException("The chain weighs too much.");
        ReadOnlyMemory<byte> undo = _chain.LastDelta.Encode();
        _waiting.Add(new StoredBlock(HeadCodec.Write(block, _chain.Profile.Format, default, _weight), block.Encoded, undo));
        if (_waiting.Count >= _blocksACommit) Flush();
        return undo.Length;
    }

    private void Flush()
    {
        if (_waiting.Count > 0) _store.Commit(new StoreBatch { Connected = [.. _waiting] });
        _waiting.Clear();
    }

    private sealed class NoEntropy : IEntropySource
    {
        public void Fill(Span<byte> bytes) => bytes.Clear();
    }
}
