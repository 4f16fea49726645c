namespace Coniunctum.Ledger.State;

/// <summary>The parts of a state that are single values; the trees are persistent, so that keeping an old one is free.</summary>
internal sealed record StateSummary(ulong Height, ulong Supply, StateTree Tree, HistoryTree History)
{
    public static StateSummary Empty { get; } = new(0, 0, StateTree.Empty, HistoryTree.Empty);
}
