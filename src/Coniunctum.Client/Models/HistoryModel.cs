namespace Coniunctum.Client.Models;

/// <summary>A page of what an address has sent and received, the newest first.</summary>
/// <param name="Address">The address.</param>
/// <param name="IndexedHeight">The height up to which history is known.</param>
/// <param name="Transactions">The page.</param>
/// <param name="Next">What asks for the next page, as <c>after</c>; <c>null</c> at the end.</param>
/// <remarks>May change in any release.</remarks>
public sealed record HistoryModel(string Address, ulong? IndexedHeight, IReadOnlyList<TransactionModel> Transactions, string? Next);
