using Coniunctum.Crypto;

namespace Coniunctum.Ledger.State;

/// <summary>The single values of a state: enough to tell whether a delta belongs to it.</summary>
/// <param name="Height">The height of the block after which this is the state.</param>
/// <param name="Supply">Base units in existence.</param>
/// <param name="StateRoot">The root of the state tree; zero where the format has none.</param>
/// <param name="History">The history tree; empty where the format has none.</param>
internal sealed record StateSummary(ulong Height, ulong Supply, Hash256 StateRoot, HistoryTree History)
{
    public static StateSummary Empty { get; } = new(0, 0, default, HistoryTree.Empty);
}
