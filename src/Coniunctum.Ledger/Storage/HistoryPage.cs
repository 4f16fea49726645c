using System.Collections.Immutable;

namespace Coniunctum.Ledger.Storage;

/// <summary>A piece of the history of an address.</summary>
/// <param name="Transactions">Its transactions, in the order that was asked for.</param>
/// <param name="Next">Where the next page goes on; <c>null</c> when there is none.</param>
public sealed record HistoryPage(ImmutableArray<IndexedTransaction> Transactions, HistoryCursor? Next);
