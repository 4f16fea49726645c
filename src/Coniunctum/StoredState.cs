using Coniunctum.Ledger;
using Coniunctum.Ledger.Internal;
using Coniunctum.Ledger.State;
using Coniunctum.Ledger.Storage;

namespace Coniunctum;

/// <summary>Reads the state at a height out of a store.</summary>
internal static class StoredState
{
    public static StateSnapshot Read(ChainProfile profile, IChainReader store, ulong? height, CancellationToken cancellation)
    {
        StateImportStore.ThrowIfUnfinished(store);
        StoredTip tip = store.Tip ?? throw new InvalidDataException("The store is empty: it holds no state.");
        BlockId block = height is { } wanted
            ? store.IdAt(wanted) ?? throw new InvalidDataException(Invariant($"There is no block at height {wanted}: the chain ends at height {tip.Height}."))
            : tip.Id;
        return PastState.Read(store, profile, block, cancellation).Snapshot();
    }
}
