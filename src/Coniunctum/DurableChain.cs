using Coniunctum.Consensus;
using Coniunctum.Ledger;
using Coniunctum.Ledger.Applications;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>
/// The best chain as far as it is durable, for readers on all threads, and the signal that it has moved. Everything but the
/// last blocks is read from the store, so that neither the chain's length nor a subscriber that is slow costs memory.
/// </summary>
internal sealed class DurableChain(ChainProfile profile, BlockId chainId, IChainReader store, HashedBlock tip, ulong finalHeight)
{
    // Readers ask for these heights again and again, and need not read them from the store each time.
    private const int ReportedIds = 4096;

    private readonly Lock _gate = new();
    private readonly RecentBlocks _recent = new();
    private readonly (ulong Height, BlockId Id)[] _reported = new (ulong, BlockId)[ReportedIds];
    private HashedBlock _tip = tip;
    private ulong _finalHeight = finalHeight;
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _end;

    public HashedBlock Tip => Volatile.Read(ref _tip);

    /// <summary>The height up to which the durable chain is final.</summary>
    public ulong FinalHeight => Volatile.Read(ref _finalHeight);

    /// <summary>Returns the identity of the best chain's block at a height, or <c>null</c> above the tip.</summary>
    public BlockId? IdAt(ulong height)
    {
        lock (_gate)
        {
            if (height >= _tip.Header.Height) return height == _tip.Header.Height ? _tip.Id : null;
            (ulong Height, BlockId Id) reported = _reported[height % ReportedIds];
            if (reported.Height == height && reported.Id != default) return reported.Id;
        }

        return store.IdAt(height);
    }

    /// <summary>Returns the best chain's block at a height; <c>null</c> above the tip, and where only its header was kept.</summary>
    public HashedBlock? At(ulong height) => IdAt(height) is { } id ? Find(id) : null;

    /// <summary>Returns a block that is or was part of the best chain; <c>null</c> for others, and where only its header was kept.</summary>
    public HashedBlock? Find(BlockId id)
    {
        if (id == Tip.Id) return Tip;
        if (_recent.Find(id) is { } recent) return recent;
        if (store.ReadBlock(id) is not { } encoded) return null;
        HashedBlock block = BodyCodec.Read(encoded, id, profile, chainId);
        _recent.Add(block);
        return block;
    }

    /// <summary>Returns the header of a block that is or was part of the best chain; <c>null</c> for others.</summary>
    public HeaderView? FindHeader(BlockId id)
    {
        if (id == Tip.Id) return HeaderView.Of(Tip);
        if (_recent.Find(id) is { } recent) return HeaderView.Of(recent);
        if (store.FindHead(id) is not { } head) return null;
        BlockHead read = HeadCodec.Read(head, profile.Format, profile.Limits);
        return new HeaderView(read.Header, id, read.Seal);
    }

    /// <summary>Proves that a block of the best chain has a certain ancestor; <c>null</c> where no such proof can be given.</summary>
    public ProofOfAncestry? ProveAncestry(BlockId descendant, ulong ancestor)
    {
        if (!profile.Format.Traits.HasExtendedHeader || FindHeader(descendant) is not { } header || ancestor >= header.Height) return null;
        if (IdAt(header.Height) != descendant) return null;
        try
        {
            ProofOfAncestry proof = ProofOfAncestry.Read(store, header.Height, ancestor);
            if (proof.Verify(header.Header)) return proof;
        }
        catch (InvalidDataException) when (store.IdAt(header.Height) != descendant)
        {
            // The chain was reorganized, or got shorter, while it was read.
            return null;
        }

        return store.IdAt(header.Height) != descendant ? null : throw new InvalidDataException($"The store's history tree does not lead to what the header at height {header.Height} names.");
    }

    /// <summary>Returns how many blocks confirm a block, itself included; 0 when it is not part of the best chain.</summary>
    public ulong ConfirmationsOf(BlockId id)
    {
        ulong top = Tip.Header.Height;
        return HeightOf(id) is { } height && height <= top && IdAt(height) == id ? top - height + 1 : 0;
    }

    /// <summary>Returns the calls of a block that changed nothing; <c>null</c> where what undoes the block is not kept.</summary>
    public IReadOnlyList<FailedCall>? FailedCallsOf(BlockId id)
    {
        if (store.ReadUndo(id) is not { } encoded) return null;
        DecodeOutcome outcome = StateDelta.Decode(encoded, out StateDelta? undo);
        return undo?.FailedCalls ?? throw new InvalidDataException($"What undoes block {id} cannot be read: {outcome}");
    }

    public void Move(NodeEffect.TipMoved move)
    {
        foreach (HashedBlock block in move.Connected) _recent.Add(block);
        TaskCompletionSource moved;
        lock (_gate)
        {
            foreach (HashedBlock block in move.Connected) _reported[block.Header.Height % ReportedIds] = (block.Header.Height, block.Id);
            Volatile.Write(ref _tip, move.Tip);
            // Of blocks whose commit is still on its way the chain may know more.
            Volatile.Write(ref _finalHeight, Math.Min(move.FinalHeight, move.Tip.Header.Height));
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.TrySetResult();
    }

    /// <summary>Says that no move will follow.</summary>
    public void End(Exception reason)
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            _end ??= reason;
            moved = _moved;
        }

        // Those who wait look again, and meet the reason.
        moved.TrySetResult();
    }

    /// <summary>
    /// Returns what a subscriber at a block must hear next; at the tip it waits. Throws when there is nothing left to tell and the
    /// chain has ended.
    /// </summary>
    /// <param name="cursor">The last block that it has seen.</param>
    /// <param name="final">Up to which height it has heard what is final; the greatest number where it does not care.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<LedgerEvent> NextAsync(BlockId cursor, ulong final, CancellationToken cancellation)
    {
        while (true)
        {
            Task moved;
            Exception? end;
            lock (_gate) (moved, end) = (_moved.Task, _end);
            cancellation.ThrowIfCancellationRequested();
            if ((NextFinal(cursor, final) ?? Next(cursor)) is { } next) return next;
            if (end is not null) throw end;
#pragma warning disable VSTHRD003 // A signal, which every move sends.
            await moved.WaitAsync(cancellation).ConfigureAwait(false);
#pragma warning restore VSTHRD003
        }
    }

    private LedgerEvent? Next(BlockId cursor)
    {
        while (cursor != Tip.Id)
        {
            ulong height = HeightOf(cursor) ?? throw new ArgumentException($"No block {cursor} was ever part of the best chain.", nameof(cursor));
            if (IdAt(height) != cursor) return new LedgerEvent.Disconnected(Read(cursor, height));
            if (IdAt(height + 1) is { } above && Read(above, height + 1) is { } next && next.Header.Previous == cursor)
                return new LedgerEvent.Connected(next);

            // The chain was reorganized between the two looks.
        }

        return null;
    }

    /// <summary>Of what a subscriber has seen the highest that is final, if that is news. While it is far behind, it hears of blocks first.</summary>
    private LedgerEvent.Finalized? NextFinal(BlockId cursor, ulong final)
    {
        ulong height = FinalHeight;
        if (height <= final || HeightOf(cursor) is not { } seen || seen < height || IdAt(seen) != cursor) return null;
        return At(height) is { } block ? new LedgerEvent.Finalized(block, cursor) : null;
    }

    private ulong? HeightOf(BlockId id) => _recent.Find(id)?.Header.Height ?? store.FindHead(id)?.Height;

    private HashedBlock Read(BlockId id, ulong height) =>
        Find(id) ?? throw new InvalidOperationException($"Block {id} at height {height} was pruned: only its header is left.");
}
