using System.Collections.Immutable;
using Coniunctum.Consensus.Internal;
using Coniunctum.Consensus.Pool;
using Coniunctum.Ledger;
using Coniunctum.Ledger.State;

namespace Coniunctum.Consensus.Chain;

/// <content>What can be read between two steps.</content>
public sealed partial class ChainCore
{
    /// <summary>The first block, whose identity is the chain's.</summary>
    public HashedBlock Genesis => _parts.Genesis;

    /// <summary>The tip of the best chain; its commit may still be on its way.</summary>
    public HashedBlock Tip => _parts.BlockOf(TipNode);

    /// <summary>What the rule carries on after the tip.</summary>
    public RuleState TipState => TipNode.RuleState;

    /// <summary>The weight of the best chain.</summary>
    public Work ChainWeight => TipNode.ChainWeight;

    /// <summary>The state after the tip.</summary>
    public IStateView State => _parts.State;

    /// <summary>
    /// Whether the state is the one that the tip's header names, as far as its format names one, and holds what genesis and all
    /// subsidies have created: computed anew, to be asked when a chain was replayed.
    /// </summary>
    public bool HasStateOfTip =>
        _parts.State.HasItsRoot() && _parts.State.StateRoot == TipNode.Header.Header.StateRoot && _parts.State.Supply == _parts.Profile.SupplyAt(TipNode.Height);

    /// <summary>Returns accounts, entries and locked rewards after the tip, to read from any thread while the chain moves on.</summary>
    public StateReading TakeReading() => _parts.State.TakeReading();

    /// <summary>How many transactions are in the pool, for the next block that has room.</summary>
    public int PoolCount => _parts.Pool.Count;

    /// <summary>How many transactions wait for a balance or for their window.</summary>
    public int WaitingCount => _parts.Pool.WaitingCount;

    /// <summary>Bytes of blocks that wait to be proven, to be executed on the best chain, or to become durable: what a caller who is too fast piles up.</summary>
    public long BacklogBytes => _parts.Commits.Bytes + _executor.PendingBytes + _parts.Blocks.Bytes;

    /// <summary>The height up to which the best chain can no longer change; its commit may still be on its way.</summary>
    public ulong FinalHeight => _parts.Consensus.Finality.FinalHeight;

    /// <summary>Whether the tip is durable and the best that is known: nothing is being executed or written.</summary>
    public bool IsSettled => _executor.Target is null && _parts.Blocks.IsEmpty && !_parts.Commits.HasBlocks && ReferenceEquals(_parts.Tree.Head, TipNode);

    /// <summary>How many blocks, on the best chain and beside it, are in memory, if only with their headers.</summary>
    internal int NodeCount => _parts.Tree.Count;

    /// <summary>How many blocks were executed since the start: candidates, proposals, and blocks of branches.</summary>
    internal long Executions => _parts.Prepared.Executions;

    /// <summary>How many blocks were adopted that had been executed before.</summary>
    internal long Reuses => _parts.Prepared.Reuses;

    /// <summary>Returns the best chain's block at a height, or <c>null</c> above the tip. What has left memory is read from the store.</summary>
    /// <param name="height">The height.</param>
    /// <exception cref="InvalidDataException">The store does not hold it any more, or is damaged.</exception>
    public HashedBlock? BlockAt(ulong height) => height > TipNode.Height ? null : _parts.BlockOf(_parts.Loader.NodeAt(height));

    /// <summary>Returns a block of the tree or of the store, on the best chain or beside it, or <c>null</c>.</summary>
    /// <param name="id">Its identity.</param>
    public HashedBlock? Find(BlockId id) => _parts.Tree.Find(id)?.Body ?? _parts.Cache.FindBlock(id);

    /// <summary>Returns whether a transaction is in the pool, for the next block that has room.</summary>
    /// <param name="id">Its identity.</param>
    public bool IsPooled(TransactionId id) => PlaceOf(id) == PoolStatus.Ready;

    /// <summary>Returns where the pool has a transaction: ready, waiting, or outside of it.</summary>
    /// <param name="id">Its identity.</param>
    public PoolStatus PlaceOf(TransactionId id) => _parts.Pool.PlaceOf(id);

    /// <summary>Returns a transaction that is in the pool, ready or waiting, or <c>null</c>.</summary>
    /// <param name="id">Its identity.</param>
    public HashedTransaction? FindPooled(TransactionId id) => _parts.Pool.Find(id);

    /// <summary>Returns a copy of the pool for <see cref="PoolArchive"/>: the best paying first, then those that wait, the oldest first.</summary>
    public ImmutableArray<HashedTransaction> PooledTransactions() => [.. _parts.Pool.InOrder.Select(entry => entry.Transaction), .. _parts.Pool.WaitingInOrder];

    /// <summary>Returns the first transactions of the pool: those that are ready by what they pay, then those that wait, the oldest first.</summary>
    /// <param name="limit">How many at most.</param>
    public ImmutableArray<PooledTransaction> ReadPool(int limit) =>
    [
        .. _parts.Pool.InOrder.Select(entry => new PooledTransaction(entry.Transaction, PoolStatus.Ready))
            .Concat(_parts.Pool.WaitingInOrder.Select(transaction => new PooledTransaction(transaction, PoolStatus.Waiting)))
            .Take(limit),
    ];

    /// <summary>Returns the branches beside the best chain that are in memory, the highest first. What is about to be connected to the tip is none.</summary>
    /// <param name="limit">How many at most.</param>
    public ImmutableArray<ChainFork> ReadForks(int limit) =>
    [
        .. _parts.Tree.Leaves
            .Where(leaf => !_parts.Best.Contains(leaf))
            .Select(leaf => new ChainFork(leaf.Id, leaf.Height, ForkHeightOf(leaf)))
            .Where(fork => fork.ForkHeight < TipNode.Height)
            .OrderByDescending(fork => fork.Height)
            .Take(limit),
    ];

    private ulong ForkHeightOf(BlockNode node)
    {
        // A tree that begins below the blocks in memory begins at one of the best chain.
        while (!_parts.Best.Contains(node) && node.Parent is { } parent) node = parent;
        return node.Height;
    }

    /// <summary>Returns whether a transaction is in a block of the best chain whose commit is still on its way.</summary>
    /// <param name="id">Its identity.</param>
    public bool IsBeingCommitted(TransactionId id) =>
        _parts.Commits.Blocks.SelectMany(block => block.Transactions).Any(transaction => transaction.Id == id);
}
