using Coniunctum.Crypto;
using Coniunctum.Ledger.Encoding;
using Coniunctum.Ledger.Execution;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum.Ledger.Internal;

/// <summary>
/// Reads the state after any block of a stored chain: from the newest checkpoint, or from genesis, along what the blocks
/// between have changed, backwards or forwards. No block is executed.
/// </summary>
public sealed class PastState
{
    private readonly IChainReader _chain;
    private readonly ChainProfile _profile;
    private readonly CancellationToken _cancellation;

    private PastState(IChainReader chain, ChainProfile profile, CancellationToken cancellation) =>
        (_chain, _profile, _cancellation) = (chain, profile, cancellation);

    /// <summary>Reads the state after a block.</summary>
    /// <param name="chain">The stored chain. It may grow and be reorganized meanwhile.</param>
    /// <param name="profile">The chain's profile, its genesis drawn.</param>
    /// <param name="block">The block; it is or was part of the best chain.</param>
    /// <param name="cancellation">Stops in between.</param>
    /// <exception cref="InvalidDataException">What leads there was pruned, or the store is damaged.</exception>
    public static LedgerState Read(IChainReader chain, ChainProfile profile, BlockId block, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(profile);
        return new PastState(chain, profile, cancellation).Read(block);
    }

    private LedgerState Read(BlockId block)
    {
        (LedgerState state, Place at) = Start();
        Place goal = PlaceOf(block);
        ulong height = goal.Height;
        var forward = new Stack<Place>();
        while (goal.Height > at.Height) goal = Climb(goal, forward);
        while (at.Height > goal.Height) at = Undo(state, at, height);
        while (at.Id != goal.Id)
        {
            at = Undo(state, at, height);
            goal = Climb(goal, forward);
        }

        while (forward.TryPop(out Place next)) Apply(state, DeltaOf(next, height), next);
        Hash256 root = HeaderOf(block).StateRoot;
        return state.StateRoot == root && state.HasItsRoot()
            ? state
            : throw new InvalidDataException($"The store's undo records lead to the state root {state.StateRoot} at height {height}, where the header has {root}.");
    }

    private (LedgerState State, Place At) Start()
    {
        while (_chain.Checkpoint is { } checkpoint)
        {
            CheckpointOutcome outcome = StateCheckpoint.Read(
                Watched(_chain.ReadCheckpoint()), _profile.Format.Traits, HeaderOf(checkpoint.Id).StateRoot, out LedgerState? state);

            // A newer one may have taken its place between the two looks.
            if (_chain.Checkpoint != checkpoint) continue;
            return state is not null && state.Height == checkpoint.Height
                ? (state, PlaceOf(checkpoint.Id))
                : throw new InvalidDataException($"The store's checkpoint at height {checkpoint.Height} cannot be read: {outcome}");
        }

        ReadOnlyMemory<byte>? key = _chain.ReadRecord(TagKey.RecordName);
        if (key?.Length != TagKey.Size) throw new InvalidDataException("The store holds no key of its tags.");
        var genesis = GenesisBlock.Create(_profile, new TagKey(key.Value.Span));
        var initial = new LedgerState(_profile.Format.Traits, new TagKey(key.Value.Span));
        initial.Apply(genesis.Delta);
        return (initial, PlaceOf(genesis.Block.Id));
    }

    private IEnumerable<ReadOnlyMemory<byte>> Watched(IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        foreach (ReadOnlyMemory<byte> slice in slices)
        {
            _cancellation.ThrowIfCancellationRequested();
            yield return slice;
        }
    }

    private Place Climb(in Place from, Stack<Place> forward)
    {
        forward.Push(from);
        return PlaceOf(from.Parent);
    }

    private Place Undo(LedgerState state, in Place at, ulong wanted)
    {
        Apply(state, DeltaOf(at, wanted).Reverse(), at);
        return PlaceOf(at.Parent);
    }

    private static void Apply(LedgerState state, StateDelta delta, in Place at)
    {
        try
        {
            state.Apply(delta);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"The store's undo record at height {at.Height} does not fit the state there.", exception);
        }
    }

    private StateDelta DeltaOf(in Place at, ulong wanted)
    {
        _cancellation.ThrowIfCancellationRequested();
        ReadOnlyMemory<byte> encoded = _chain.ReadUndo(at.Id)
            ?? throw new InvalidDataException($"The state at height {wanted} cannot be had: what undoes the block at height {at.Height} was pruned.");
        DecodeOutcome outcome = StateDelta.Decode(encoded, out StateDelta? delta);
        return delta ?? throw new InvalidDataException($"The store's undo record at height {at.Height} cannot be read: {outcome}");
    }

    private Place PlaceOf(BlockId id)
    {
        BlockHeader header = HeaderOf(id);
        return new Place(id, header.Height, header.Previous);
    }

    private BlockHeader HeaderOf(BlockId id)
    {
        StoredHead head = _chain.FindHead(id) ?? throw new InvalidDataException($"The store has no header of block {id}.");
        return HeadCodec.Read(head, _profile.Format, _profile.Limits).Header;
    }

    private readonly record struct Place(BlockId Id, ulong Height, BlockId Parent);
}
