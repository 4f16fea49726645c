using Coniunctum.Crypto;
using Coniunctum.Ledger.State;

namespace Coniunctum.Ledger.Internal;

/// <summary>The history tree along a chain of which only headers are known: what their history roots are compared with.</summary>
public sealed class HistoryTrail
{
    private HistoryTree _tree = HistoryTree.Empty;

    /// <summary>The root over the blocks so far, which the next block's header should carry.</summary>
    public Hash256 Root => _tree.Root;

    /// <summary>Takes the next block, genesis first.</summary>
    /// <param name="block">Its identity.</param>
    /// <param name="weight">What it adds to the weight of the chain; zero for genesis.</param>
    public void Add(BlockId block, in Work weight) => _tree = _tree.With(block, weight);
}
