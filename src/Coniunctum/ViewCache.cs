using Coniunctum.Consensus.Chain;
using Coniunctum.Consensus;
using Coniunctum.Consensus.Node;

namespace Coniunctum;

/// <summary>
/// The view that was taken last, for as long as no step changes what it shows. Guarded by the node's gate, but for
/// <see cref="Current"/>. What is not asked for again is not held: a view keeps its whole state in memory.
/// </summary>
internal sealed class ViewCache
{
    private LedgerView? _view;

    /// <summary>The view, or <c>null</c> when the node has stepped since.</summary>
    public LedgerView? Current => Volatile.Read(ref _view);

    public LedgerView Take(NodeCore<ChainCore> node, HaltReason? halted)
    {
        if (_view is { } view) return view;
        ProductionStatus production = halted is null ? node.Production : new ProductionStatus(ProductionState.Halted, halted.Text);
        var status = new LedgerStatus(node.Chain.Tip, node.Chain.State.Supply, node.Chain.PoolCount, production)
        {
            FinalHeight = node.Chain.FinalHeight,
            Halted = halted,
            UnknownRuleset = node.Chain.UnknownRuleset,
        };
        view = new LedgerView(status, node.Chain.TakeReading());
        Volatile.Write(ref _view, view);
        return view;
    }

    public void Clear() => Volatile.Write(ref _view, null);
}
