using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus.Upgrades;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.State;

namespace Coniunctum;

/// <summary>
/// The best chain as far as it is durable, to read: headers without their bodies, blocks, and every change as a stream. Safe to
/// use from all threads; nothing here but <see cref="ReadForks"/> waits for the node. Read from the store it may throw what stores throw, such as
/// <see cref="IOException"/>, or <see cref="InvalidDataException"/> where the store is damaged.
/// </summary>
/// <example>
/// <code>
/// for (ulong height = 0; ledger.Chain.HeaderAt(height) is { } header; height++)
///     Console.WriteLine($"{height}: {header.Id}");
/// </code>
/// </example>
public sealed class LedgerChain : INodeListener
{
    private readonly NodeRunner _runner;
    private readonly DurableChain _chain;
    private readonly ViewPublisher _views;
    private readonly BlockId _chainId;
    private NodeEffect.BranchRefused? _refusedBranch;

    internal LedgerChain(NodeRunner runner, DurableChain chain, ViewPublisher views, BlockId chainId) =>
        (_runner, _chain, _views, _chainId) = (runner, chain, views, chainId);

    /// <summary>The last durable block.</summary>
    public HashedBlock Tip => _chain.Tip;

    /// <summary>The height up to which the chain is final: no block at or below it can change any more. 0 where only genesis is.</summary>
    public ulong FinalHeight => _chain.FinalHeight;

    /// <summary>
    /// The last branch that would have won and was refused, or <c>null</c>: others may have left this ledger's chain. What to do
    /// about it is the owner's decision; see <see cref="Consensus.Chain.ChainOptions.MaxReorganization"/>.
    /// </summary>
    public NodeEffect.BranchRefused? RefusedBranch => Volatile.Read(ref _refusedBranch);

    /// <summary>
    /// A chain that goes on by rules that this software does not know, or <c>null</c>. Until it is settled which chain others follow,
    /// this ledger goes on by the known rules and warns; then <see cref="LedgerHost.Halted"/> says that an upgrade is missing, also
    /// after a restart. An owner who stays with the known rules opens the ledger with
    /// <see cref="Consensus.Chain.ChainOptions.IgnoresUpgrades"/>.
    /// </summary>
    public UnknownRuleset? UnknownRuleset => _views.Status.UnknownRuleset;

    /// <summary>Returns the identity of the block at a height, or <c>null</c> above the tip.</summary>
    /// <param name="height">The height.</param>
    public BlockId? IdAt(ulong height) => _chain.IdAt(height);

    /// <summary>Returns the header of the block at a height, without reading its body; <c>null</c> above the tip.</summary>
    /// <param name="height">The height.</param>
    public HeaderView? HeaderAt(ulong height) => IdAt(height) is { } id ? FindHeader(id) : null;

    /// <summary>Returns the header of a block that is or once was part of the best chain, also where its body was pruned; <c>null</c> for any other.</summary>
    /// <param name="id">The block's identity.</param>
    public HeaderView? FindHeader(BlockId id) => _chain.FindHeader(id);

    /// <summary>Returns the block at a height, or <c>null</c> above the tip, and where only its header was kept.</summary>
    /// <param name="height">The height.</param>
    public HashedBlock? BlockAt(ulong height) => _chain.At(height);

    /// <summary>Returns a block that is or once was part of the best chain; <c>null</c> for any other, and where only its header was kept.</summary>
    /// <param name="id">The block's identity.</param>
    public HashedBlock? FindBlock(BlockId id) => _chain.Find(id);

    /// <summary>Returns how many blocks confirm a block, itself included; 0 when it is not part of the best chain.</summary>
    /// <param name="id">The block's identity.</param>
    public ulong ConfirmationsOf(BlockId id) => _chain.ConfirmationsOf(id);

    /// <summary>
    /// Proves that a block of the best chain has a certain block below it, without reading those between: two rows for each doubling
    /// of the chain.
    /// </summary>
    /// <param name="descendant">The block.</param>
    /// <param name="ancestor">The height of the block below it.</param>
    /// <returns>The proof; <c>null</c> where the block is not part of the best chain, not above the height, or its format has no history root.</returns>
    public ProofOfAncestry? ProveAncestry(BlockId descendant, ulong ancestor) => _chain.ProveAncestry(descendant, ancestor);

    /// <summary>
    /// Returns the state after a durable block, to read and to prove from, so that a proof can be had against a header that is a
    /// little older than the tip. Kept are those of the last 64 tips, and of the last 16 at multiples of 4,096; fewer where over
    /// 4,096 transactions came after them, and of before a restart only the tip's.
    /// </summary>
    /// <param name="block">The block's identity.</param>
    /// <returns>The state; <c>null</c> where it is not kept, or no longer.</returns>
    public StateReading? StateAfter(BlockId block) => _views.States.Find(block);

    /// <summary>
    /// Returns the calls that a block holds and that changed nothing but paid their fees, with applications' own turns that
    /// failed; <c>null</c> for a block that was never part of the best chain, and where this is not kept any more.
    /// </summary>
    /// <param name="block">The block's identity.</param>
    public IReadOnlyList<FailedCall>? FailedCallsOf(BlockId block) => _chain.FailedCallsOf(block);

    /// <summary>
    /// Returns the branches beside the best chain that are in memory, the highest first. Waits for the node's step; a branch that is
    /// about to win is one until its blocks are durable.
    /// </summary>
    /// <param name="limit">How many at most; at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is negative.</exception>
    public ImmutableArray<ChainFork> ReadForks(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return _runner.Read(node => node.Chain.ReadForks(limit));
    }

    /// <inheritdoc cref="ILedger.EventsAsync"/>
    public IAsyncEnumerable<LedgerEvent> EventsAsync(BlockId? after = null, CancellationToken cancellation = default) =>
        ReadEventsAsync(after, ulong.MaxValue, cancellation);

    /// <summary>
    /// Tells what <see cref="EventsAsync"/> tells, and beside it with <see cref="LedgerEvent.Finalized"/> how far what was told is
    /// final, whenever that has grown. Under rules without finality nothing but genesis ever is.
    /// </summary>
    /// <param name="after">The last block that the subscriber has seen; <c>null</c> for genesis.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public IAsyncEnumerable<LedgerEvent> EventsWithFinalityAsync(BlockId? after = null, CancellationToken cancellation = default) =>
        ReadEventsAsync(after, 0, cancellation);

    void INodeListener.Take(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.TipMoved moved:
                _chain.Move(moved);
                break;
            case NodeEffect.BranchRefused refused:
                Volatile.Write(ref _refusedBranch, refused);
                break;
            default:
                break;
        }
    }

    void INodeListener.End(LedgerHaltedException reason)
    {
        // At the owner's own end the streams end without a fault: ReadEventsAsync hears of it by the token.
        if (reason.Reason.Code != HaltCode.Stopped) _chain.End(reason);
    }

    private async IAsyncEnumerable<LedgerEvent> ReadEventsAsync(BlockId? after, ulong final, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_runner.IsEnding, typeof(LedgerHost));
        BlockId cursor = after ?? _chainId;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _runner.Stopping);
        while (true)
        {
            LedgerEvent next;
            try
            {
                next = await _chain.NextAsync(cursor, final, linked.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (_runner.IsEnding && exception is OperationCanceledException or ObjectDisposedException)
            {
                cancellation.ThrowIfCancellationRequested();
                yield break;
            }

            yield return next;
            cursor = next.Cursor;
            if (next is LedgerEvent.Finalized) final = next.Block.Header.Height;
        }
    }
}
